import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block, Message } from '../core/message.ts'
import type { RepeatedPrompt } from '../core/prompt-cache.ts'
import type { ModelRequest, ToolDefinition } from '../core/request.ts'
import { estimateBlock, estimateTool } from '../models/index.ts'
import { markRepeats } from './mark-repeats.ts'

const long = 'Answer the customer in plain words. '.repeat(200)
const text = (words: string): Block => ({ type: 'text', text: words })
const system = (words: string): Message => ({ role: 'system', content: [text(words)] })
const user = (...content: readonly Block[]): Message => ({ role: 'user', content })
const tool: ToolDefinition = { name: 'look_up', inputSchema: { type: 'object' } }
const asked = (messages: readonly Message[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  messages,
  stream: false,
  ...more,
})
const target = { minTokens: 1_024, keepsEnd: false }
const mark = (request: ModelRequest, repeats: RepeatedPrompt = {}, at = target) => markRepeats(request, repeats, at, {})

/** Where the marks of a request stand. */
function marksOf({ tools = [], messages }: ModelRequest): string[] {
  const spots = messages.flatMap(({ content }, index) => content.map((block, at) => [`${index}.${at}`, block] as const))
  return [...tools.map((one, index) => [`tools.${index}`, one] as const), ...spots]
    .filter(([, { cache }]) => cache)
    .map(([place]) => place)
}

/** What stands before each mark, in tokens. */
function lengthsOf({ tools = [], messages }: ModelRequest): number[] {
  let tokens = 0
  const lengths: number[] = []
  for (const one of tools) {
    tokens += estimateTool(one)
    if (one.cache) lengths.push(tokens)
  }
  for (const block of messages.flatMap(({ content }) => content)) {
    tokens += estimateBlock(block)
    if (block.cache) lengths.push(tokens)
  }
  return lengths
}

const wordsOf = ({ messages }: ModelRequest) =>
  messages.map(({ role, content }) => [
    role,
    content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
  ])

describe('marks', () => {
  it('stand after the tools, the system prompt and the leading words, in the order of the prompt', () => {
    const request = asked([system(long), user(text(`${long}A ticket`))], {
      tools: [tool, { ...tool, name: 'long', description: long }],
    })
    const marked = mark(request, { leading: long })
    expect(marksOf(marked!)).toEqual(['tools.1', '0.0', '1.0'])
    expect(marked?.messages[1]?.content).toEqual([{ ...text(long), cache: {} }, text('A ticket')])
  })

  it('stand nowhere where the prompt is too short, by one token', () => {
    const request = asked([system(long), user(text('Hi'))])
    const length = estimateBlock(text(long))
    expect(marksOf(mark(request, {}, { ...target, minTokens: length })!)).toEqual(['0.0'])
    expect(mark(request, {}, { ...target, minTokens: length + 1 })).toBeUndefined()
  })

  it('are not added to those that the request has', () => {
    const own: Block = { ...text('Hi'), cache: {} }
    expect(mark(asked([system(long), user(own)]))).toBeUndefined()
    expect(mark(asked([system(long), user(text('Hi'))], { cache: {} }))).toBeUndefined()
    expect(mark(asked([system(long), user(text('Hi'))], { tools: [{ ...tool, cache: {} }] }))).toBeUndefined()
  })

  it('leave the last block alone where the target keeps the end by itself', () => {
    const conversation = { sentBefore: 0 }
    const request = asked([system(long), user(text('Hi'))])
    expect(marksOf(mark(request, { conversation })!)).toEqual(['0.0', '1.0'])
    expect(marksOf(mark(request, { conversation }, { ...target, keepsEnd: true })!)).toEqual(['0.0'])
  })
})

describe('in a long conversation', () => {
  const turns = (blocks: number) => [
    system(long),
    user(text('Go.')),
    { role: 'assistant' as const, content: [text('I will.')] },
    user(...Array.from({ length: blocks }, (_, index) => text(`result ${index}`))),
  ]

  it('the end of the call before is marked where it lies too far back to be found from this end', () => {
    const conversation = { sentBefore: 2 }
    expect(marksOf(mark(asked(turns(3)), { conversation })!)).toEqual(['0.0', '3.2'])
    expect(marksOf(mark(asked(turns(30)), { conversation })!)).toEqual(['0.0', '1.0', '3.29'])
  })

  it('the first of five places gives way', () => {
    const request = asked([system(long), user(text(`${long}Go.`)), ...turns(30).slice(2)], {
      tools: [{ ...tool, description: long }],
    })
    const marked = mark(request, { leading: long, conversation: { sentBefore: 2 } })
    expect(marksOf(marked!)).toEqual(['0.0', '1.0', '1.1', '3.29'])
  })
})

it('marks are never more than four, never below the least length or on empty text, and change no word', () => {
  const words = fc.oneof(fc.constantFrom('', ' ', 'a'), fc.constant(long), fc.string({ maxLength: 400 }))
  const messages = fc.array(
    fc.record({
      role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
      content: fc.array(words.map(text), { maxLength: 25 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  const tools = fc.array(
    fc.record({ name: fc.constantFrom('a', 'b'), description: words, inputSchema: fc.constant({}) }),
  )
  const minTokens = fc.constantFrom(1, 50, 1_024, 4_096)
  fc.assert(
    fc.property(messages, tools, minTokens, fc.nat(8), fc.nat(300), (said, declared, least, sentBefore, cut) => {
      const request = asked(said, { tools: declared })
      const first = said.find(({ role }) => role !== 'system')?.content[0]
      const leading = first?.type === 'text' ? first.text.slice(0, cut) : ''
      const before = { sentBefore: Math.min(sentBefore, said.length) }
      const marked = mark(request, { leading, conversation: before }, { minTokens: least, keepsEnd: false })
      if (!marked) return
      const blocks = marked.messages.flatMap(({ content }) => content).filter(({ cache }) => cache)
      expect(marksOf(marked).length).toBeLessThanOrEqual(4)
      expect(Math.min(...lengthsOf(marked))).toBeGreaterThanOrEqual(least)
      for (const block of blocks) if (block.type === 'text') expect(block.text.trim()).not.toBe('')
      expect(wordsOf(marked)).toEqual(wordsOf(request))
    }),
    { numRuns: 300 },
  )
})
