import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { type Block, type Message, textOf } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import type { ModelRequest, Reasoning } from '../../core/request.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { marked, markings } from '../marks.suite.ts'
import { canHold } from './encode-content.ts'

/** Canonical requests and replies that this dialect can say in full, so that reading what was written gives them back. */

const dialect = 'anthropic-messages' as const

const word = fc.stringMatching(/^[a-z_]{1,8}$/)
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((value) => value.trim() !== '')
const json = fc.json({ maxDepth: 2 }).map((written): JsonValue => JSON.parse(written))
const object = fc.dictionary(fc.string({ maxLength: 6 }), json, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>
const some = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>
const joined = <A extends object, B extends object>(
  left: fc.Arbitrary<A>,
  right: fc.Arbitrary<B>,
): fc.Arbitrary<A & B> => fc.tuple(left, right).map(([one, other]) => ({ ...one, ...other }))
const extras = some({
  extras: fc.record({
    dialect: fc.constant(dialect),
    fields: fc.constantFrom<JsonObject>(
      { citations: [{ type: 'char_location', cited_text: 'a' }] },
      { x_new: 0, cache_control: { scope: 'team' } },
    ),
  }),
})
const carrying = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  joined(fc.record(record) as fc.Arbitrary<T>, extras)

const media = fc.oneof(
  fc.record({
    type: fc.constant('base64' as const),
    mediaType: fc.constant('image/png'),
    data: fc.base64String({ minLength: 4 }),
  }),
  fc.record({ type: fc.constant('url' as const), url: fc.webUrl() }),
  fc.record({ type: fc.constant('file' as const), fileId: word, dialect: fc.constant(dialect) }),
)
const plainText = fc.record({
  type: fc.constant('text' as const),
  mediaType: fc.constant('text/plain'),
  text: fc.string(),
})

const textBlock = carrying({ type: fc.constant('text' as const), text })
/** Bytes of a document are those of a PDF. */
const pages = media.map((source) => (source.type === 'base64' ? { ...source, mediaType: 'application/pdf' } : source))
const image = carrying({ type: fc.constant('image' as const), source: media })
const document = joined(
  carrying({ type: fc.constant('document' as const), source: fc.oneof(pages, plainText) }),
  some({ title: fc.string() }),
)
const toolCall = (id: string): fc.Arbitrary<Block> =>
  carrying({ type: fc.constant('tool-call' as const), id: fc.constant(id), name: word, input: object.map(normalJson) })
const toolResult = (callId: string): fc.Arbitrary<Block> =>
  carrying({
    type: fc.constant('tool-result' as const),
    callId: fc.constant(callId),
    content: fc.array(fc.oneof(textBlock, image, document), { maxLength: 2 }) as fc.Arbitrary<readonly Block[]>,
    isError: fc.boolean(),
  })
const thinking: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    type: fc.constant('thinking' as const),
    text: fc.string(),
    dialect: fc.constant(dialect),
    signature: text,
  }),
  fc.record({
    type: fc.constant('thinking' as const),
    text: fc.constant(''),
    dialect: fc.constant(dialect),
    redacted: fc.string(),
  }),
)
const opaque: fc.Arbitrary<Block> = fc.record({
  type: fc.constant('opaque' as const),
  dialect: fc.constant(dialect),
  value: object.map((value) => ({ ...value, type: 'server_tool_use' })),
})

/** The text that reading and writing JSON makes of a value: keys in their final order. */
function normalJson(value: JsonValue): string {
  return JSON.stringify(JSON.parse(JSON.stringify(value)))
}

const id = (turn: number, call: number) => `toolu_${turn}_${call}`

/** A question, the answer to it, and which tools it calls; the next question brings the results. */
const turn = (index: number): fc.Arbitrary<Message[]> =>
  fc.nat(2).chain((calls) => {
    const ids = Array.from({ length: calls }, (_, call) => id(index, call))
    const asked = fc.tuple(...ids.map(toolCall))
    const answered = fc.tuple(...ids.map(toolResult))
    return fc
      .tuple(
        fc.array(fc.oneof(textBlock, thinking, opaque), { minLength: 1, maxLength: 3 }),
        asked,
        answered,
        textBlock,
      )
      .map(([said, tools, results, next]): Message[] => [
        { role: 'assistant', content: [...said, ...tools] },
        { role: 'user', content: [...results, next] },
      ])
  })

const placedSystem: fc.Arbitrary<Message[]> = fc.oneof(
  fc.constant<Message[]>([]),
  textBlock.map((block): Message[] => [
    { role: 'system', content: [block], extras: { dialect, fields: { role: 'system' } } },
  ]),
)
const messages = fc
  .tuple(
    fc.array(textBlock, { maxLength: 2 }),
    fc.array(fc.oneof(textBlock, image, document), { minLength: 1, maxLength: 2 }),
    turn(0),
    placedSystem,
    turn(1),
  )
  .map(([system, question, first, placed, second]): Message[] => [
    ...(system.length > 0 ? [{ role: 'system' as const, content: system }] : []),
    { role: 'user', content: question },
    ...first,
    ...placed,
    ...second,
  ])

const tool = joined(
  carrying({ name: word, inputSchema: object.map((schema) => ({ ...schema, type: 'object' })) }),
  some({ description: fc.string(), strict: fc.boolean() }),
)
const tools = fc.oneof(
  fc.constant<Partial<ModelRequest>>({}),
  joined(
    fc.record({ tools: fc.array(tool, { minLength: 1, maxLength: 2 }) }),
    fc.oneof(
      some({ toolChoice: fc.constant({ type: 'none' as const }) }),
      joined(
        fc.record({
          toolChoice: fc.oneof(
            fc.record({ type: fc.constantFrom('auto' as const, 'required' as const) }),
            fc.record({ type: fc.constant('tool' as const), name: word }),
          ),
        }),
        some({ parallelToolCalls: fc.constant(false) }),
      ),
    ),
  ) as fc.Arbitrary<Partial<ModelRequest>>,
  fc.constant<Partial<ModelRequest>>({
    providerTools: [{ dialect, value: { type: 'web_search_20260318', name: 'web_search' } }],
  }),
)
const show = fc.constantFrom('none' as const, 'summary' as const)
const reasoning = fc.oneof<fc.Arbitrary<Reasoning>[]>(
  fc.record({ mode: fc.constantFrom('adaptive' as const, 'off' as const) }),
  fc.record({ mode: fc.constant('on' as const), budgetTokens: fc.nat() }),
  fc.record({ mode: fc.constant('adaptive' as const), show }),
  fc.record({ mode: fc.constant('on' as const), budgetTokens: fc.nat(), show }),
  fc.record({ effort: fc.constantFrom('low' as const, 'high' as const, 'max' as const) }),
  fc.record({ effort: fc.constant('xhigh' as const), mode: fc.constant('adaptive' as const) }),
)
const settings = some({
  temperature: fc.double({ min: 0.1, max: 1, noNaN: true }),
  topP: fc.double({ min: 0.1, max: 1, noNaN: true }),
  topK: fc.nat(),
  stop: fc.array(text, { minLength: 1, maxLength: 2 }),
  output: object.map((schema) => ({ type: 'json' as const, schema })),
  reasoning,
  endUser: fc.string(),
  extensions: fc.constantFrom<NonNullable<ModelRequest['extensions']>>(
    { [dialect]: { service_tier: 'auto', mcp_servers: [{ name: 'x' }] } },
    { [dialect]: { metadata: { x: 1 }, output_config: { task_budget: { total: 3 } } } },
    { [dialect]: { cache_control: { scope: 'team' } } },
  ),
})

/** Requests. */
export const requests: fc.Arbitrary<ModelRequest> = fc
  .tuple(messages, fc.nat(100_000), fc.boolean(), tools, settings, markings({ ttl: '1h' }, { ttl: '5m' }), fc.boolean())
  .map(([said, maxOutputTokens, stream, withTools, others, marking, marksEnd]) => {
    const request = { messages: said, maxOutputTokens, stream, ...withTools, ...others }
    return { ...marked(request, marking, canHold), ...(marksEnd && marking.holders.length < 4 && { cache: {} }) }
  })

const citation = { type: 'web_search_result_location', cited_text: 'a', url: 'https://example.com' }
const answerText: fc.Arbitrary<Block> = joined(
  fc.record({ type: fc.constant('text' as const), text }),
  some({ extras: fc.constant({ dialect, fields: { citations: [citation, citation] } }) }),
)
const content: fc.Arbitrary<Block[]> = fc
  .array(fc.oneof(answerText, thinking, opaque, toolCall('toolu_1')), { maxLength: 5 })
  .map((blocks) => blocks.map(({ ...block }) => block))
const endings: fc.Arbitrary<Ending> = fc.oneof(
  fc.record({ type: fc.constant('completed' as const), by: fc.constantFrom('end' as const, 'tool-calls' as const) }),
  joined(
    fc.record({ type: fc.constant('completed' as const), by: fc.constant('stop-sequence' as const) }),
    some({ stopSequence: text }),
  ),
  fc.record({
    type: fc.constant('truncated' as const),
    by: fc.constantFrom('max-tokens' as const, 'context-window' as const),
  }),
  fc.record({
    type: fc.constant('refused' as const),
    by: fc.constant('model' as const),
    details: fc.constant({ type: 'refusal', category: 'cyber', explanation: 'no' }),
  }),
  fc.constant({ type: 'paused' as const }),
)
const tokens = fc.nat(1_000_000)
const usages: fc.Arbitrary<Usage> = joined(
  fc.record({
    inputUncached: tokens,
    cacheRead: tokens,
    cacheWrite5m: tokens,
    cacheWrite1h: tokens,
    cacheWriteOther: tokens,
    outputText: tokens,
    outputReasoning: tokens,
  }),
  some({ serverToolCalls: fc.record({ web_search: fc.integer({ min: 1, max: 9 }) }) }),
).map((usage) => ({ ...noUsage, ...usage }))

/** Replies, with all that this dialect says of them. */
export const replies: fc.Arbitrary<Reply> = fc.record({ content, ending: endings, usage: usages }).map((reply) => ({
  id: 'msg_01',
  model: 'claude-opus-5-5',
  rawStop: '',
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced' },
  callId: 'call_01',
  losses: [],
  text: textOf(reply.content),
  ...reply,
}))
