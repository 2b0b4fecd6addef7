import type { ClientDialect } from '../../src/core/dialect.ts'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { type Block, textOf } from '../../src/core/message.ts'
import type { ProviderReply } from '../../src/core/provider.ts'
import type { Reply } from '../../src/core/reply.ts'
import { noUsage } from '../../src/core/usage.ts'
import { isInseamError } from '../../src/errors/index.ts'
import type { Quirks } from '../../src/wire/codec.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { spellLosses } from '../../src/wire/spell-losses.ts'

// biome-ignore lint/suspicious/noExplicitAny: what goes over the wire is compared, not typed.
export type Json = any

/** A body as a target gets it, and what was lost: `path;effect`. */
export interface Translated {
  readonly sent: Json
  readonly losses: readonly string[]
}

export interface Route {
  readonly from: ClientDialect
  readonly to: ClientDialect
  readonly model?: string
  readonly quirks?: Quirks
}

/** What a client of one dialect asks, as a target of another gets it. */
export function translate({ from, to, model = 'm', quirks = {} }: Route, body: Json): Translated {
  const request = codecs[from].decodeRequest(body as JsonValue)
  const encoded = codecs[to].encodeRequest(request, model, quirks, from)
  const losses = spellLosses(encoded.losses, from).map(({ path, effect }) => `${path};${effect}`)
  return { sent: JSON.parse(JSON.stringify(encoded.body)), losses }
}

/** The field that a request is refused for; undefined where it is not. Throws what is no refusal. */
export function refusedField(route: Route, body: Json): string | undefined {
  try {
    translate(route, body)
    return undefined
  } catch (thrown) {
    if (isInseamError(thrown) && thrown.status === 400 && 'path' in thrown) return String(thrown.path)
    throw thrown
  }
}

/** A request that every dialect takes, with these fields. */
export const asks: Readonly<Record<ClientDialect, (fields?: Json) => JsonObject>> = {
  'openai-chat': (fields) => ({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 100, ...fields }),
  'openai-responses': (fields) => ({ model: 'm', input: 'Hi', max_output_tokens: 100, ...fields }),
  'anthropic-messages': (fields) => ({
    model: 'm',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
    ...fields,
  }),
  gemini: ({ generationConfig, ...fields }: Json = {}) => ({
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    generationConfig: { maxOutputTokens: 100, ...generationConfig },
    ...fields,
  }),
}

const context = { target: 'lab/m', quirks: {} }
const answer = { callId: 'call_01', model: 'm', created: 0, includeUsage: true }

/** A target's reply as a seam has it. */
export function replyOf({ content = [], ...reply }: ProviderReply): Reply {
  return {
    ...reply,
    content,
    text: textOf(content),
    usage: reply.usage ?? { ...noUsage, source: 'measured' },
    source: 'provider',
    cost: { nanoUsd: 0, status: 'priced' },
    callId: 'call_01',
    losses: [],
  }
}

/** What a target of one dialect answers, as a client of another gets it, whole. */
export function answerAs(to: ClientDialect, from: ClientDialect, body: Json): Translated {
  const { body: sent, losses } = codecs[to].encodeReply(replyOf(codecs[from].decodeReply(body, context)), answer)
  return { sent: JSON.parse(JSON.stringify(sent)), losses: losses.map(({ path, effect }) => `${path};${effect}`) }
}

/** What a client of a dialect sends that was answered so, and asks on. */
export function sentBack(dialect: ClientDialect, answered: Json): JsonObject {
  switch (dialect) {
    case 'openai-chat':
      return asks[dialect]({ messages: [user, answered.choices[0].message, user] })
    case 'openai-responses':
      return asks[dialect]({ input: [user, ...answered.output, user] })
    case 'anthropic-messages':
      return asks[dialect]({ messages: [user, { role: 'assistant', content: answered.content }, user] })
    case 'gemini': {
      const parts = [{ text: 'Hi' }]
      return asks[dialect]({ contents: [{ parts }, answered.candidates[0].content, { parts }] })
    }
  }
}

const user = { role: 'user', content: 'Hi' }

/** What proves the thoughts of an answer to the provider that had them, in their order. A part of Gemini's is signed itself. */
export function proofs(content: readonly Block[]): readonly Json[] {
  return content.flatMap((block) => {
    const signed = block.extras?.dialect === 'gemini' ? block.extras.fields.thoughtSignature : undefined
    if (block.type !== 'thinking') return typeof signed === 'string' ? [['gemini', '', signed]] : []
    const { dialect, text, signature, redacted } = block
    if (text === '' && !signature && redacted === undefined) return []
    return [[dialect, text, signature ?? redacted]]
  })
}
