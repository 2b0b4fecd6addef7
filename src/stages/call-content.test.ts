import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block, Message } from '../core/message.ts'
import { callContent, maxContentBytes } from './call-content.ts'

const plain = (text: string) => text
const user = (...content: Block[]): Message => ({ role: 'user', content })
const text = (words: string): Block => ({ type: 'text', text: words })
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

describe('the content of a call', () => {
  it('is what was asked and answered', () => {
    const messages = [{ role: 'system', content: [text('Be brief.')] } as const, user(text('Hello.'))]
    const answer: Block[] = [text('Hi.'), { type: 'tool-call', id: 't1', name: 'find', input: '{"q":1}' }]
    expect(callContent({ messages, answer, redact: plain })).toEqual({ messages, answer, isCut: false })
  })

  it('has a note of the type and the size in place of what is no text', () => {
    const { messages } = callContent({
      messages: [
        user(
          { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'A'.repeat(4_000) } },
          { type: 'document', title: 'Terms', source: { type: 'base64', mediaType: 'application/pdf', data: 'QUJD' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'url', url: `data:image/png,${'A'.repeat(100)}` } },
          { type: 'document', source: { type: 'file', fileId: 'f1', dialect: 'openai-chat' } },
          { type: 'opaque', dialect: 'openai-chat', value: { audio: 'QUJD' } },
        ),
      ],
      redact: plain,
    })
    expect(messages[0]?.content.map((block) => (block.type === 'text' ? block.text : block.type))).toEqual([
      '[image: image/png, 3,000 bytes]',
      '[document "Terms": application/pdf, 3 bytes]',
      '[image: https://example.com/a.png]',
      '[image: in its address, 115 bytes]',
      '[document: file f1]',
      '[a block of openai-chat, 16 bytes]',
    ])
  })

  it('keeps the last messages, and half of the room for the answer, where it is too much', () => {
    const long = 'x'.repeat(40 * 1024)
    const content = callContent({
      messages: [user(text(`first ${long}`)), user(text(`last ${long}`))],
      answer: [text(`answer ${long}`)],
      redact: plain,
    })
    expect(content.isCut).toBe(true)
    const [answer] = content.answer ?? []
    expect(answer).toMatchObject({ text: expect.stringMatching(/^answer x+…$/) })
    expect(bytesOf(answer)).toBeLessThanOrEqual(maxContentBytes / 2)
    expect(content.messages.at(-1)?.content).toMatchObject([{ text: expect.stringMatching(/^last x+…$/) }])
    expect(bytesOf(content)).toBeLessThanOrEqual(maxContentBytes)
    expect(bytesOf(content)).toBeGreaterThan(maxContentBytes * 0.95)
  })

  it('is never larger than its room, whatever is in it, and says when something is missing', () => {
    const words = fc.oneof(
      fc.string({ maxLength: 50 }),
      fc
        .tuple(fc.constantFrom('x', '"', '\u0000', '日', '😀', '\ud800', '…'), fc.integer({ max: 90_000, min: 0 }))
        .map(([unit, times]) => unit.repeat(times)),
    )
    const block: fc.Arbitrary<Block> = fc.oneof(
      words.map(text),
      words.map((input): Block => ({ type: 'tool-call', id: input, name: input, input })),
      words.map((said): Block => ({ type: 'tool-result', callId: said, isError: false, content: [text(said)] })),
      words.map((url): Block => ({ type: 'image', source: { type: 'url', url } })),
    )
    const blocks = fc.array(block, { maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(
          blocks.map((content) => user(...content)),
          { maxLength: 4 },
        ),
        fc.option(blocks),
        (messages, answer) => {
          const content = callContent({ messages, ...(answer && { answer }), redact: plain })
          expect(bytesOf(content)).toBeLessThanOrEqual(maxContentBytes)
          const isAll = messages.flatMap(wordsOf).join() === content.messages.flatMap(wordsOf).join()
          if (!isAll) expect(content.isCut).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('holds as many messages as there is room for, however many there are', () => {
    const messages = Array.from({ length: 20_000 }, (_, number) => user(text(String(number))))
    const content = callContent({ messages, redact: plain })
    expect(content.isCut).toBe(true)
    expect(bytesOf(content)).toBeLessThanOrEqual(maxContentBytes)
    expect(content.messages.at(-1)).toEqual(messages.at(-1))
    expect(content.messages.length).toBeGreaterThan(500)
  })
})

/** Texts that stay as they are in any content. */
function wordsOf({ content }: Message): string[] {
  return content.flatMap((block) => (block.type === 'text' && !block.text.startsWith('[image') ? [block.text] : []))
}
