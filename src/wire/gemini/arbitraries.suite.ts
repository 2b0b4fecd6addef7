import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { type Block, type Message, textOf } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import type { ModelRequest, Reasoning } from '../../core/request.ts'
import { noUsage, type Usage } from '../../core/usage.ts'

/** Canonical requests and replies that this dialect can say in full, so that reading what was written gives them back. */

const dialect = 'gemini' as const

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
const json = fc.json({ maxDepth: 2 }).map((written): JsonValue => JSON.parse(written))
const object = fc.dictionary(fc.string({ maxLength: 6 }), json, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>
const some = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>
const joined = <A extends object, B extends object>(
  left: fc.Arbitrary<A>,
  right: fc.Arbitrary<B>,
): fc.Arbitrary<A & B> => fc.tuple(left, right).map(([one, other]) => ({ ...one, ...other }))
const extras = (...fields: readonly JsonObject[]) =>
  some({ extras: fc.record({ dialect: fc.constant(dialect), fields: fc.constantFrom(...fields) }) })
const signed = extras({ thoughtSignature: 'c2lnbmVk' }, { thoughtSignature: 'AA==', partMetadata: { a: 1 } })
const marked = extras({ mediaResolution: { level: 'HIGH' } })

const bytes = fc.record({
  type: fc.constant('base64' as const),
  mediaType: fc.constant('image/png'),
  data: fc.base64String({ minLength: 4 }),
})
const pdf = fc.record({
  type: fc.constant('base64' as const),
  mediaType: fc.constant('application/pdf'),
  data: fc.base64String({ minLength: 4 }),
})
const plain = fc.record({ type: fc.constant('text' as const), mediaType: fc.constant('text/plain'), text })
const stored = fc.record({
  type: fc.constant('file' as const),
  fileId: fc.constant('gs://a/b'),
  dialect: fc.constant(dialect),
})
const linked = fc.record({ type: fc.constant('url' as const), url: fc.constant('https://example.com/a.png') })

const textBlock: fc.Arbitrary<Block> = joined(fc.record({ type: fc.constant('text' as const), text }), signed)
const image: fc.Arbitrary<Block> = fc.oneof(
  joined(fc.record({ type: fc.constant('image' as const), source: bytes }), marked),
  fc.record({
    type: fc.constant('image' as const),
    source: fc.oneof(stored, linked),
    extras: fc.constant({ dialect, fields: { mimeType: 'image/png' } }),
  }),
)
const document: fc.Arbitrary<Block> = joined(
  fc.record({ type: fc.constant('document' as const), source: fc.oneof(pdf, plain) }),
  some({ title: text }),
)
const input = object.map((value) => JSON.stringify(JSON.parse(JSON.stringify(value))))
const toolCall = (id: string, name: fc.Arbitrary<string> = word): fc.Arbitrary<Block> =>
  joined(fc.record({ type: fc.constant('tool-call' as const), id: fc.constant(id), name, input }), signed)
const said = fc.oneof(
  text,
  input,
  fc.constantFrom('{"output":"x"}', '{"error":"x"}', '{"output":{"a":1}}', '{ "a": 1 }', '{"a":1,"a":2}'),
)
const toolResult = (callId: string): fc.Arbitrary<Block> =>
  fc.record({
    type: fc.constant('tool-result' as const),
    callId: fc.constant(callId),
    content: fc
      .tuple(said, fc.array(image, { maxLength: 1 }))
      .map(([words, media]): Block[] => [{ type: 'text', text: words }, ...media]),
    isError: fc.boolean(),
  })
const thinking: fc.Arbitrary<Block> = joined(
  fc.record({ type: fc.constant('thinking' as const), text, dialect: fc.constant(dialect) }),
  some({ signature: text }),
)
const opaque: fc.Arbitrary<Block> = fc.constant({
  type: 'opaque',
  dialect,
  value: { executableCode: { language: 'PYTHON', code: 'print(1)' } },
})

/** What the model says, which calls it makes, and the next question, which brings the results. */
const turn = (first: number): fc.Arbitrary<Message[]> =>
  fc.tuple(fc.boolean(), fc.constantFrom('given', 'call_gemini_')).chain(([calls, prefix]) => {
    const ids = calls ? [0, 1].map((nth) => `${prefix}${first + nth}`) : []
    return fc
      .tuple(
        fc.array(fc.oneof(textBlock, thinking, opaque), { minLength: 1, maxLength: 3 }),
        fc.tuple(...ids.map((id) => toolCall(id))),
        fc.tuple(...ids.map(toolResult)),
        textBlock,
      )
      .map(([spoken, tools, results, next]): Message[] => [
        { role: 'assistant', content: [...spoken, ...tools] },
        { role: 'user', content: [...results, next] },
      ])
  })

const messages = fc
  .tuple(
    fc.array(textBlock, { maxLength: 2 }),
    fc.array(fc.oneof(textBlock, image, document), { minLength: 1, maxLength: 2 }),
    turn(0),
  )
  .chain(([system, question, spoken]) => {
    const calls = spoken[0]!.content.filter(({ type }) => type === 'tool-call').length
    return turn(calls).map((more): Message[] => [
      ...(system.length > 0 ? [{ role: 'system' as const, content: system }] : []),
      { role: 'user', content: question },
      ...spoken,
      ...more,
    ])
  })

const tool = joined(
  joined(fc.record({ name: word, inputSchema: object }), some({ description: fc.string() })),
  extras({ behavior: 'NON_BLOCKING' }),
)
const tools = fc.oneof(
  fc.constant<Partial<ModelRequest>>({}),
  joined(
    fc.record({ tools: fc.array(tool, { minLength: 1, maxLength: 2 }) }),
    some({
      toolChoice: fc.oneof(
        fc.record({ type: fc.constantFrom('auto' as const, 'required' as const, 'none' as const) }),
        fc.record({ type: fc.constant('tool' as const), name: word }),
      ),
    }),
  ) as fc.Arbitrary<Partial<ModelRequest>>,
  fc.constant<Partial<ModelRequest>>({ providerTools: [{ dialect, value: { googleSearch: {} } }] }),
)
const show = fc.constantFrom('none' as const, 'summary' as const)
const reasoning = fc.oneof<fc.Arbitrary<Reasoning>[]>(
  fc.record({ mode: fc.constantFrom('adaptive' as const, 'off' as const) }),
  fc.record({ mode: fc.constant('adaptive' as const), show }),
  fc.record({ budgetTokens: fc.integer({ min: 1, max: 9999 }) }),
  fc.record({ budgetTokens: fc.integer({ min: 1, max: 9999 }), show }),
  fc.record({ effort: fc.constantFrom('minimal' as const, 'low' as const, 'high' as const) }),
  fc.record({ effort: fc.constant('medium' as const), show }),
  fc.record({ show }),
)
const number = fc.double({ min: 0.1, max: 2, noNaN: true })
const settings = some({
  maxOutputTokens: fc.nat(100_000),
  temperature: number,
  topP: number,
  topK: fc.nat(),
  seed: fc.nat(),
  presencePenalty: number,
  frequencyPenalty: number,
  stop: fc.array(text, { minLength: 1, maxLength: 2 }),
  output: fc.oneof(
    fc.constant({ type: 'json' as const }),
    object.map((schema) => ({ type: 'json' as const, schema })),
  ),
  reasoning,
  extensions: fc.constantFrom<NonNullable<ModelRequest['extensions']>>(
    { [dialect]: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] } },
    { [dialect]: { cachedContent: 'cachedContents/1', 'generationConfig.candidateCount': 2 } },
    { [dialect]: { 'toolConfig.retrievalConfig': { languageCode: 'de' }, labels: { team: 'a' } } },
  ),
})

/** Requests. */
export const requests: fc.Arbitrary<ModelRequest> = fc
  .tuple(messages, tools, settings)
  .map(([spoken, withTools, others]) => ({ messages: spoken, stream: false, ...withTools, ...others }))

const citation = { startIndex: 0, endIndex: 1, uri: 'https://example.com' }
const grounding = { groundingChunks: [{ web: { uri: 'https://example.com' } }] }
const answerBlocks = fc.array(fc.oneof(textBlock, thinking, opaque, toolCall('fc1'), toolCall('call_gemini_r1_0')), {
  maxLength: 5,
})

/** What flows into one block when it is streamed stands in one; calls are numbered by their order. */
const content = answerBlocks.map((blocks) => {
  let calls = 0
  const apart: Block[] = []
  for (const block of blocks) {
    const last = apart.at(-1)
    const flows = (one: Block | undefined) =>
      one && !one.extras && (one.type === 'text' || (one.type === 'thinking' && !one.signature))
    if (flows(block) && flows(last) && last?.type === block.type) continue
    if (block.type !== 'tool-call') apart.push(block)
    else apart.push({ ...block, id: block.id.startsWith('call_') ? `call_gemini_r1_${calls}` : `fc${calls}` })
    if (block.type === 'tool-call') calls++
  }
  return apart
})
const endings = (blocks: readonly Block[]): fc.Arbitrary<Ending> =>
  fc.oneof(
    fc.constant<Ending>({
      type: 'completed',
      by: blocks.some(({ type }) => type === 'tool-call') ? 'tool-calls' : 'end',
    }),
    fc.constant<Ending>({ type: 'truncated', by: 'max-tokens' }),
    fc.constantFrom<Ending[]>(
      { type: 'refused', by: 'content-filter', details: { finishReason: 'SAFETY' } },
      { type: 'refused', by: 'content-filter', details: { finishReason: 'RECITATION', finishMessage: 'Quoted.' } },
    ),
  )
const tokens = fc.nat(1_000_000)
const usages: fc.Arbitrary<Usage> = fc
  .record({
    inputUncached: tokens,
    cacheRead: tokens,
    audioIn: tokens,
    imageIn: tokens,
    outputText: tokens,
    outputReasoning: tokens,
    audioOut: tokens,
    imageOut: tokens,
  })
  .map((usage) => ({ ...noUsage, ...usage }))

/** Replies, with all that this dialect says of them; what is said of words stands with the last ones. */
export const replies: fc.Arbitrary<Reply> = fc
  .tuple(
    content,
    usages,
    fc.constantFrom<JsonObject>({}, { citations: [citation, citation] }, { groundingMetadata: [grounding] }),
  )
  .chain(([blocks, usage, fields]) => {
    const last = blocks.findLastIndex(({ type }) => type === 'text')
    const words = blocks[last]
    const told =
      words && Object.keys(fields).length > 0
        ? blocks.with(last, { ...words, extras: { dialect, fields: { ...words.extras?.fields, ...fields } } })
        : blocks
    return endings(told).map(
      (ending): Reply => ({
        id: 'r1',
        model: 'gemini-3.8-flash',
        rawStop: '',
        source: 'provider',
        cost: { nanoUsd: 0, status: 'priced' },
        callId: 'r1',
        losses: [],
        text: textOf(told),
        content: told,
        ending,
        usage,
      }),
    )
  })
