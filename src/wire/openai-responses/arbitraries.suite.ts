import fc from 'fast-check'
import { noCost } from '../../core/cost.ts'
import type { JsonObject } from '../../core/json.ts'
import { type Block, type BlockExtras, type Message, type TextBlock, textOf } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import type { ModelRequest, Reasoning, ToolDefinition } from '../../core/request.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { dialect } from './types.ts'

/** What this dialect can say, in the one form in which it is read back. */

const words = fc.string({ minLength: 1, unit: 'grapheme' })
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/)
const json = fc
  .dictionary(name, fc.jsonValue(), { maxKeys: 3 })
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)))

/** Each field may be absent. */
function optional<T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(shape, { requiredKeys: [] as never[] }) as unknown as fc.Arbitrary<Partial<T>>
}

const extras = (fields: JsonObject): { extras?: BlockExtras } =>
  Object.keys(fields).length > 0 ? { extras: { dialect, fields } } : {}
const marks = fc.constantFrom<Partial<TextBlock>[]>(
  { cache: {} },
  { cache: { ttl: '12h' } },
  { cache: { ttl: '30m' }, extras: { dialect, fields: { prompt_cache_breakpoint: { x_new: 1 } } } },
  { extras: { dialect, fields: { prompt_cache_breakpoint: { mode: 'x_new' } } } },
)
const textBlock: fc.Arbitrary<Block> = fc.oneof(
  { weight: 4, arbitrary: words.map((text) => ({ type: 'text', text }) as const) },
  fc.tuple(words, marks).map(([text, mark]) => ({ type: 'text', text, ...mark }) as const),
)
const base64 = fc.base64String({ minLength: 4, maxLength: 24 })
const image: fc.Arbitrary<Block> = fc
  .tuple(
    fc.oneof(
      base64.map((data) => ({ type: 'base64', mediaType: 'image/png', data }) as const),
      fc.webUrl().map((url) => ({ type: 'url', url }) as const),
      name.map((fileId) => ({ type: 'file', fileId, dialect }) as const),
    ),
    fc.constantFrom({}, extras({ detail: 'high' })),
  )
  .map(([source, rest]) => ({ type: 'image', source, ...rest }))
const file: fc.Arbitrary<Block> = fc
  .tuple(
    fc.oneof(
      base64.map((data) => ({ type: 'base64', mediaType: 'application/pdf', data }) as const),
      fc.webUrl().map((url) => ({ type: 'url', url }) as const),
      name.map((fileId) => ({ type: 'file', fileId, dialect }) as const),
    ),
    optional({ title: name }),
  )
  .map(([source, rest]) => ({ type: 'document', source, ...rest }))
const userBlock = fc.oneof({ weight: 4, arbitrary: textBlock }, image, file)
const userWords = fc.array(userBlock, { minLength: 1, maxLength: 3 })
const user: fc.Arbitrary<Message> = fc
  .tuple(userWords, fc.constantFrom({}, extras({ item: 'msg_user' })))
  .map(([content, rest]) => ({ role: 'user', content, ...rest }))
const instructions: fc.Arbitrary<Message> = words.map((text) => ({ role: 'system', content: [{ type: 'text', text }] }))
const placed: fc.Arbitrary<Message> = fc
  .tuple(fc.array(textBlock, { minLength: 1, maxLength: 2 }), fc.constantFrom('system', 'developer'))
  .map(([content, role]) => ({ role: 'system', content, ...extras({ role }) }))

/** What an assistant says in one item, but for the item's id. */
interface Item {
  readonly prefix: string
  readonly write: (id: string) => readonly Block[]
}

const phases = fc.constantFrom<JsonObject>({}, { phase: 'commentary' }, { phase: 'final_answer' })
const part = (cites: boolean) =>
  fc.record({ text: words, refuses: fc.boolean(), cites: cites ? fc.boolean() : fc.constant(false) })
const annotation = { type: 'url_citation', start_index: 0, end_index: 1, title: 'a', url: 'https://a.example' }
const message = (refuses: boolean): fc.Arbitrary<Item> =>
  fc.tuple(fc.array(part(true), { minLength: 1, maxLength: 2 }), phases).map(([parts, phase]) => ({
    prefix: 'msg',
    write: (item) =>
      parts.map(({ text, refuses: isRefusal, cites }): Block => {
        const own = { ...(item !== '' && { item }), ...phase }
        if (isRefusal && refuses) return { type: 'refusal', text, ...extras(own) }
        return { type: 'text', text, ...extras({ ...own, ...(cites && { annotations: [annotation] }) }) }
      }),
  }))
const reasoning: fc.Arbitrary<Item> = fc
  .record({ summary: fc.array(words, { maxLength: 2 }), raw: fc.array(words, { maxLength: 1 }), proof: name })
  .map(({ summary, raw, proof }) => ({
    prefix: 'rs',
    write: (item) => {
      const shown = [
        ...summary.map((text) => ({ text, fields: {} })),
        ...raw.map((text) => ({ text, fields: { part: 'reasoning_text' } })),
      ]
      if (shown.length === 0) return [{ type: 'thinking', text: '', dialect, redacted: proof, ...extras({ item }) }]
      return shown.map(({ text, fields }, i) => ({
        type: 'thinking',
        text,
        dialect,
        ...(i === shown.length - 1 && { signature: proof }),
        ...extras({ item, ...fields }),
      }))
    },
  }))
const search: fc.Arbitrary<Item> = name.map((query) => ({
  prefix: 'ws',
  write: (id) => [
    { type: 'opaque', dialect, value: { type: 'web_search_call', id, action: { query }, status: 'completed' } },
  ],
}))
const call: fc.Arbitrary<Item> = fc.record({ name, input: json }).map(({ name, input }) => ({
  prefix: 'fc',
  write: (item) => [{ type: 'tool-call', id: '', name, input: JSON.stringify(input), ...extras({ item }) }],
}))

/** The blocks of items, each under its own id, each call under another. */
function spoken(items: readonly Item[], start: number): Block[] {
  return items.flatMap((item, i) =>
    item.write(`${item.prefix}_${start}_${i}`).map((block): Block => {
      return block.type === 'tool-call' ? { ...block, id: `call_${start}_${i}` } : block
    }),
  )
}

const said = fc.array(fc.oneof(message(true), reasoning, search, call), { minLength: 1, maxLength: 4 })
const exchange = fc.record({ said, results: fc.array(userWords, { maxLength: 4 }), reply: user })

function conversation(
  first: readonly Message[],
  turns: readonly (typeof exchange extends fc.Arbitrary<infer T> ? T : never)[],
): Message[] {
  const messages = [...first]
  for (const [t, { said, results, reply }] of turns.entries()) {
    const content = spoken(said, t)
    const answers = content
      .filter((block) => block.type === 'tool-call')
      .map(({ id }, i): Block => ({ type: 'tool-result', callId: id, content: results[i] ?? [], isError: false }))
    messages.push({ role: 'assistant', content }, { ...reply, content: [...answers, ...reply.content] })
  }
  return messages
}

const tool: fc.Arbitrary<ToolDefinition> = fc
  .tuple(fc.record({ name, inputSchema: json, strict: fc.boolean() }), optional({ description: words }))
  .map(([required, rest]) => ({ ...required, ...rest }))
const toolSettings = fc.oneof(
  fc.constant({}),
  fc
    .tuple(
      fc.record({ tools: fc.array(tool, { minLength: 1, maxLength: 2 }) }),
      optional({
        providerTools: fc.constant([{ dialect, value: { type: 'web_search' } } as const]),
        toolChoice: fc.oneof(
          fc.constantFrom({ type: 'auto' } as const, { type: 'none' } as const, { type: 'required' } as const),
          name.map((name) => ({ type: 'tool', name }) as const),
        ),
        parallelToolCalls: fc.boolean(),
      }),
    )
    .map(([tools, rest]) => ({ ...tools, ...rest })),
)
const settings = optional<Omit<ModelRequest, 'messages' | 'stream'>>({
  maxOutputTokens: fc.integer({ min: 16, max: 1_000_000 }),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
  topP: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
  output: fc.oneof(
    fc.constant({ type: 'json' } as const),
    fc
      .tuple(json, name, optional({ description: words, strict: fc.boolean() }))
      .map(([schema, name, rest]) => ({ type: 'json', schema, name, ...rest }) as const),
  ),
  reasoning: fc
    .record({
      effort: fc.constantFrom(undefined, 'none' as const, 'minimal' as const, 'low' as const, 'xhigh' as const),
      show: fc.constantFrom(undefined, 'summary' as const, 'concise' as const, 'detailed' as const),
    })
    .filter(({ effort, show }) => effort !== undefined || show !== undefined)
    .map(({ effort, show }): Reasoning => ({ ...(effort && { effort }), ...(show && { show }) })),
  endUser: words,
})
const ownExtensions = optional({
  previous_response_id: name,
  include: fc.constant(['reasoning.encrypted_content']),
  metadata: json,
  truncation: fc.constantFrom('auto', 'disabled'),
  reasoning: fc.constantFrom({ summary: 'beyond' }, { effort: 'beyond' }),
  text: fc.constant({ verbosity: 'low' }),
  background: fc.boolean(),
})

/** A request that this dialect can say whole. */
export const modelRequest: fc.Arbitrary<ModelRequest> = fc
  .record({
    instructions: fc.option(instructions, { nil: undefined }),
    systems: fc.array(placed, { maxLength: 2 }),
    opening: user,
    turns: fc.array(exchange, { maxLength: 3 }),
    tools: toolSettings,
    settings,
    own: ownExtensions,
    store: fc.boolean(),
    stream: fc.boolean(),
  })
  .map(({ instructions, systems, opening, turns, tools, settings, own, store, stream }) => {
    const { reasoning: _, ...rest } = settings
    return {
      ...(own.reasoning ? rest : settings),
      ...tools,
      messages: conversation([...(instructions ? [instructions] : []), ...systems, opening], turns),
      stream,
      extensions: { [dialect]: { ...own, store } },
    }
  })

const count = fc.nat(1_000_000)

/** A usage that this dialect can say whole. */
export const usage: fc.Arbitrary<Usage> = fc
  .tuple(
    fc.record({
      inputUncached: count,
      cacheRead: count,
      cacheWriteOther: count,
      outputText: count,
      outputReasoning: count,
    }),
    optional({ serverToolCalls: fc.record({ web_search: fc.integer({ min: 1, max: 9 }) }) }),
  )
  .map(([parts, calls]) => ({ ...noUsage, ...parts, ...calls }))

const ends: fc.Arbitrary<readonly [Ending, string]> = fc.constantFrom(
  [{ type: 'completed', by: 'end' }, 'completed'],
  [{ type: 'truncated', by: 'max-tokens' }, 'max_output_tokens'],
  [{ type: 'refused', by: 'content-filter' }, 'content_filter'],
)

/** An answer that this dialect can say whole. */
export const reply: fc.Arbitrary<Reply> = fc
  .record({
    id: name.map((id) => `resp_${id}`),
    model: name,
    said: fc.array(fc.oneof(message(true), reasoning, search, call), { maxLength: 4 }),
    end: ends,
    usage,
  })
  .map(({ id, model, said, end: [stated, word], usage }): Reply => {
    const content = spoken(said, 0)
    const isRefusal = stated.type === 'completed' && content.some(({ type }) => type === 'refusal')
    const isAsking = stated.type === 'completed' && content.some(({ type }) => type === 'tool-call')
    const ending: Ending = isRefusal
      ? { type: 'refused', by: 'model' }
      : isAsking
        ? { type: 'completed', by: 'tool-calls' }
        : stated
    const facts = { source: 'provider', cost: noCost, callId: '1', losses: [] } satisfies Partial<Reply>
    return { id, model, content, text: textOf(content), ending, rawStop: word, usage, ...facts }
  })
