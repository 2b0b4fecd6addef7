import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Block, CacheMark, MediaSource, Message } from '../core/message.ts'
import { collectLosses } from './loss-list.ts'
import { readPrompt } from './read-prompt.ts'
import { writePrompt } from './write-prompt.ts'
import { asPromptV3 } from './write-prompt-v3.ts'

const word = fc.stringMatching(/^[a-z_]{1,8}$/)
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
const extras = fc.option(
  fc.constantFrom(
    { dialect: 'ai-sdk' as const, fields: { providerOptions: [{ openai: { imageDetail: 'low' } }] } },
    { dialect: 'ai-sdk' as const, fields: { providerOptions: [{ anthropic: { a: 1 }, google: { b: [null, 'c'] } }] } },
  ),
  { nil: undefined },
)
const marks = fc.option(fc.constantFrom<CacheMark[]>({}, { ttl: '1h' }), { nil: undefined })
const marked = <B extends Block>(block: fc.Arbitrary<B>) =>
  fc
    .tuple(block, extras, marks)
    .map(([one, also, cache]): Block => ({ ...one, ...(also && { extras: also }), ...(cache && { cache }) }))

const base64 = (mediaType: string): fc.Arbitrary<MediaSource> =>
  fc.record({ type: fc.constant('base64' as const), mediaType: fc.constant(mediaType), data: fc.base64String() })
const url: fc.Arbitrary<MediaSource> = fc.record({ type: fc.constant('url' as const), url: fc.webUrl() })
const file: fc.Arbitrary<MediaSource> = fc.oneof(
  fc.record({
    type: fc.constant('file' as const),
    fileId: word,
    dialect: fc.constantFrom('openai-chat' as const, 'anthropic-messages' as const),
  }),
  fc.record({
    type: fc.constant('file' as const),
    fileId: word.map((id) => JSON.stringify({ google: id, openai: id })),
    dialect: fc.constant('ai-sdk' as const),
  }),
)
const plain: fc.Arbitrary<MediaSource> = fc.record({
  type: fc.constant('text' as const),
  mediaType: fc.constantFrom('text/plain', 'text/csv'),
  text: fc.string(),
})

const textBlock = marked(fc.record({ type: fc.constant('text' as const), text }))
const image = (...sources: fc.Arbitrary<MediaSource>[]) =>
  marked(fc.record({ type: fc.constant('image' as const), source: fc.oneof(base64('image/png'), ...sources) }))
const document = (...sources: fc.Arbitrary<MediaSource>[]) =>
  marked(
    fc.record(
      {
        type: fc.constant('document' as const),
        source: fc.oneof(base64('application/pdf'), ...sources),
        title: fc.string({ minLength: 1 }),
      },
      { requiredKeys: ['type', 'source'] },
    ),
  )
const toolCall = (id: string) =>
  marked(
    fc.record({
      type: fc.constant('tool-call' as const),
      id: fc.constant(id),
      name: word,
      input: fc.dictionary(word, fc.jsonValue({ maxDepth: 2 })).map((input) => JSON.stringify(input)),
    }),
  )
/** A tool that failed and answered with more than plain words is approximated, and reported: it is not of the round trip. */
const toolResult = (id: string, part: fc.Arbitrary<Block>) =>
  marked(
    fc
      .record({
        type: fc.constant('tool-result' as const),
        callId: fc.constant(id),
        content: fc.array(part, { maxLength: 3 }),
        isError: fc.boolean(),
      })
      .map((result) => ({
        ...result,
        isError:
          result.isError &&
          result.content.every((one) => one.type === 'text' && !one.extras && !one.cache) &&
          result.content.length < 2,
      })),
  )
const thinking: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    type: fc.constant('thinking' as const),
    text,
    dialect: fc.constant('anthropic-messages' as const),
    signature: text,
  }),
  fc.record({
    type: fc.constant('thinking' as const),
    text: fc.constant(''),
    dialect: fc.constant('anthropic-messages' as const),
    redacted: text,
  }),
  fc.record({
    type: fc.constant('thinking' as const),
    text,
    dialect: fc.constant('ai-sdk' as const),
    extras: fc.constant({ dialect: 'ai-sdk' as const, fields: { providerOptions: [{ openai: { itemId: 'rs_1' } }] } }),
  }),
)

const conversation = (...sources: fc.Arbitrary<MediaSource>[]): fc.Arbitrary<Message[]> => {
  const said = fc.oneof(textBlock, image(...sources.filter((source) => source !== plain)), document(...sources))
  return fc
    .record({
      system: text,
      user: fc.array(said, { minLength: 1, maxLength: 4 }),
      spoken: fc.array(fc.oneof(thinking, textBlock), { maxLength: 3 }),
      calls: fc.tuple(toolCall('one'), toolCall('two')),
      results: fc.tuple(toolResult('one', said), toolResult('two', said)),
    })
    .map(({ system, user, spoken, calls, results }): Message[] => [
      { role: 'system', content: [{ type: 'text', text: system }] },
      { role: 'user', content: user },
      { role: 'assistant', content: [...spoken, ...calls] },
      { role: 'user', content: results },
    ])
}

test('a conversation goes into a prompt of spec v4 and comes back as it was, with nothing lost', () => {
  fc.assert(
    fc.property(conversation(url, file, plain), (messages) => {
      const losses = collectLosses()
      expect(readPrompt(writePrompt(messages, losses))).toEqual(messages)
      expect(losses.list).toEqual([])
    }),
  )
})

test('a conversation whose files are bytes survives a prompt of spec v3, too', () => {
  fc.assert(
    fc.property(conversation(), (messages) => {
      const losses = collectLosses()
      expect(readPrompt(asPromptV3(writePrompt(messages, losses), losses))).toEqual(messages)
      expect(losses.list).toEqual([])
    }),
  )
})

test('what a prompt cannot say is listed with its place', () => {
  const losses = collectLosses()
  const prompt = writePrompt(
    [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', text: 'Hm.', dialect: 'openai-chat' },
          { type: 'opaque', dialect: 'anthropic-messages', value: { type: 'server_tool_use' } },
          { type: 'text', text: 'Yes.', extras: { dialect: 'anthropic-messages', fields: { citations: [] } } },
        ],
      },
    ],
    losses,
  )
  expect(prompt).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] }])
  expect(losses.list.map(({ path }) => path)).toEqual([
    'messages[0].content[0]',
    'messages[0].content[1]',
    'messages[0].content[2].citations',
  ])
})

test('a result without its call, and a call whose input is no JSON, are refused by name', () => {
  const write = (message: Message) => () => writePrompt([message], collectLosses())
  const orphan: Message = {
    role: 'user',
    content: [{ type: 'tool-result', callId: 'x', content: [], isError: false }],
  }
  const broken: Message = { role: 'assistant', content: [{ type: 'tool-call', id: 'x', name: 'y', input: '{"a":' }] }
  expect(write(orphan)).toThrow('messages[0].content[0]: no tool call "x" comes before this result of it.')
  expect(write(broken)).toThrow('messages[0].content[0]: the input of this tool call is no valid JSON')
})
