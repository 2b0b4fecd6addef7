import fc from 'fast-check'
import { noCost } from '../../core/cost.ts'
import type { JsonObject } from '../../core/json.ts'
import { type Block, type Message, type TextBlock, textOf } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import type { ModelRequest, ToolDefinition } from '../../core/request.ts'
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
const media = fc.oneof(
  fc.record({
    type: fc.constant('base64' as const),
    mediaType: fc.constantFrom('image/png', 'image/jpeg'),
    data: base64,
  }),
  fc.webUrl().map((url) => ({ type: 'url', url }) as const),
)
const image: fc.Arbitrary<Block> = fc.oneof(
  media.map((source) => ({ type: 'image', source }) as const),
  media.map((source) => ({ type: 'image', source, extras: { dialect, fields: { detail: 'high' } } }) as const),
)
const file: fc.Arbitrary<Block> = fc.oneof(
  base64.map((data) => ({ type: 'document', source: { type: 'base64', mediaType: 'application/pdf', data } }) as const),
  fc
    .record({ title: words, fileId: name })
    .map(({ title, fileId }) => ({ type: 'document', source: { type: 'file', fileId, dialect }, title }) as const),
)
const sound: fc.Arbitrary<Block> = base64.map((data) => ({
  type: 'opaque',
  dialect,
  value: { type: 'input_audio', input_audio: { data, format: 'wav' } },
}))
const userBlock = fc.oneof({ weight: 4, arbitrary: textBlock }, image, file, sound)
const named = name.map((said) => ({ extras: { dialect, fields: { name: said } } }) as const)
const maybeNamed = fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, named)

const system: fc.Arbitrary<Message> = fc
  .array(textBlock, { minLength: 1, maxLength: 2 })
  .map((content) => ({ role: 'system', content }))
const userWords = fc.array(userBlock, { minLength: 1, maxLength: 3 })
const user: fc.Arbitrary<Message> = fc
  .tuple(userWords, maybeNamed)
  .map(([content, extras]) => ({ role: 'user', content, ...extras }))

interface Asked {
  readonly name: string
  readonly input: string
  readonly result: readonly Block[]
}
const asked: fc.Arbitrary<Asked> = fc.record({
  name,
  input: json.map((input) => JSON.stringify(input)),
  result: fc.array(textBlock, { maxLength: 2 }),
})
const thought: fc.Arbitrary<Block> = words.map((text) => ({ type: 'thinking', text, dialect }))
const refusal: fc.Arbitrary<Block> = words.map((text) => ({ type: 'refusal', text }))
const few = (block: fc.Arbitrary<Block>, maxLength: number) => fc.array(block, { maxLength })

/** An assistant's turn and the user's answer to it: all results first, then the user's words. */
const exchange = fc
  .record({
    thoughts: few(thought, 1),
    texts: few(textBlock, 2),
    refusals: few(refusal, 1),
    calls: fc.array(asked, { maxLength: 3 }),
    reply: userWords,
  })
  .filter(({ texts, refusals, calls }) => texts.length + refusals.length + calls.length > 0)

function conversation(
  first: readonly Message[],
  turns: readonly (typeof exchange extends fc.Arbitrary<infer T> ? T : never)[],
): Message[] {
  const messages = [...first]
  let count = 0
  for (const { thoughts, texts, refusals, calls, reply } of turns) {
    const ids = calls.map(() => `call_${count++}`)
    const toolCalls = calls.map(({ name, input }, i): Block => ({ type: 'tool-call', id: ids[i]!, name, input }))
    const results = calls.map(
      ({ result }, i): Block => ({ type: 'tool-result', callId: ids[i]!, content: result, isError: false }),
    )
    messages.push({ role: 'assistant', content: [...thoughts, ...texts, ...refusals, ...toolCalls] })
    messages.push({ role: 'user', content: [...results, ...reply] })
  }
  return messages
}

const tool: fc.Arbitrary<ToolDefinition> = fc
  .tuple(fc.record({ name, inputSchema: json }), optional({ description: words, strict: fc.boolean() }))
  .map(([required, rest]) => ({ ...required, ...rest }))
const toolSettings = fc.oneof(
  fc.constant({}),
  fc
    .tuple(
      fc.record({ tools: fc.array(tool, { minLength: 1, maxLength: 2 }) }),
      optional({
        providerTools: fc.constant([{ dialect, value: { type: 'custom', custom: { name: 'patch' } } } as const]),
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
  maxOutputTokens: fc.nat(),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0),
  topP: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
  stop: fc.array(words, { minLength: 1, maxLength: 4 }),
  seed: fc.integer(),
  presencePenalty: fc.integer({ min: -2, max: 2 }),
  frequencyPenalty: fc.integer({ min: -2, max: 2 }),
  output: fc.oneof(
    fc.constant({ type: 'json' } as const),
    fc
      .tuple(json, name, optional({ description: words, strict: fc.boolean() }))
      .map(([schema, name, rest]) => ({ type: 'json', schema, name, ...rest }) as const),
  ),
  reasoning: fc
    .constantFrom('none' as const, 'minimal' as const, 'low' as const, 'xhigh' as const)
    .map((effort) => ({ effort })),
  endUser: words,
})
const ownExtensions = optional({
  n: fc.integer({ min: 1, max: 4 }),
  logprobs: fc.boolean(),
  metadata: json,
  service_tier: fc.constantFrom('auto', 'flex'),
  prediction: json,
  verbosity: fc.constant('low'),
})

/** A request that this dialect can say whole. */
export const modelRequest: fc.Arbitrary<ModelRequest> = fc
  .record({
    systems: fc.array(system, { maxLength: 2 }),
    opening: user,
    turns: fc.array(exchange, { maxLength: 3 }),
    tools: toolSettings,
    settings,
    own: ownExtensions,
    stream: fc.boolean(),
  })
  .map(({ systems, opening, turns, tools, settings, own, stream }) => {
    const fields = { ...own, ...(stream && { stream_options: { include_usage: true } }) }
    return {
      ...settings,
      ...tools,
      messages: conversation([...systems, opening], turns),
      stream,
      ...(Object.keys(fields).length > 0 && { extensions: { [dialect]: fields } }),
    }
  })

const count = fc.nat(1_000_000)

/** A usage that this dialect can say whole. */
export const usage: fc.Arbitrary<Usage> = fc
  .record({
    inputUncached: count,
    cacheRead: count,
    cacheWriteOther: count,
    audioIn: count,
    imageIn: count,
    outputText: count,
    outputReasoning: count,
    audioOut: count,
  })
  .map((parts) => ({ ...noUsage, ...parts }))

const replyContent = fc.record({
  thoughts: few(thought, 1),
  texts: few(
    words.map((text): Block => ({ type: 'text', text })),
    1,
  ),
  calls: few(
    fc
      .record({ name, input: json })
      .map(({ name, input }): Block => ({ type: 'tool-call', id: '', name, input: JSON.stringify(input) })),
    3,
  ),
})
const ends: fc.Arbitrary<readonly [Ending, string]> = fc.constantFrom(
  [{ type: 'completed', by: 'end' }, 'stop'],
  [{ type: 'truncated', by: 'max-tokens' }, 'length'],
  [{ type: 'refused', by: 'content-filter' }, 'content_filter'],
)

interface WholeReply extends ProviderReply {
  readonly content: readonly Block[]
  readonly usage: Usage
}

/** An answer that this dialect can say whole. */
export const providerReply: fc.Arbitrary<WholeReply> = fc
  .record({ id: name, model: name, content: replyContent, declined: words, isDeclined: fc.boolean(), end: ends, usage })
  .map(({ id, model, content, declined, isDeclined, end, usage }) => {
    const { thoughts, texts, calls } = content
    const toolCalls = calls.map((call, i) => ({ ...call, id: `call_${i}` }) as Block)
    if (isDeclined && calls.length === 0) {
      const refused: Block = { type: 'refusal', text: declined }
      const ending: Ending = { type: 'refused', by: 'model' }
      return { id, model, content: [...thoughts, ...texts, refused], ending, rawStop: 'stop', usage }
    }
    const [ending, rawStop] = end
    const isAsking = ending.type === 'completed' && calls.length > 0
    return {
      id,
      model,
      content: [...thoughts, ...texts, ...toolCalls],
      ending: isAsking ? { type: 'completed', by: 'tool-calls' } : ending,
      rawStop: isAsking ? 'tool_calls' : rawStop,
      usage,
    }
  })

/** What a provider replied, as the books hand it on. */
export function replied(given: Partial<ProviderReply>): Reply {
  const { content = [], usage, ...rest } = given
  return {
    id: 'r',
    model: 'm',
    ending: { type: 'completed', by: 'end' },
    rawStop: 'stop',
    ...rest,
    content,
    text: textOf(content),
    usage: usage ?? noUsage,
    source: 'provider',
    cost: noCost,
    callId: '1',
    losses: [],
  }
}
