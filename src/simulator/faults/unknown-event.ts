import { eventFrame } from '../bedrock-converse/frames.ts'
import type { DialectName } from '../dialect.ts'

/** An event that a later version of the dialect might send, and nobody knows yet. */
export function unknownEvent(dialect: DialectName): string | Uint8Array {
  if (dialect === 'bedrock-converse') return eventFrame('novelty', { novelty: 'of a later version' })
  const [head, tail] = unknownWords(dialect)
  return `: a comment, as proxies send them\n\nid: 7\nretry: 9\nnovelty\nfield: of a later version\n${head}of a later version${tail}`
}

/** Such an event as it stands around the words that it holds. */
export function unknownWords(dialect: Exclude<DialectName, 'bedrock-converse'>): readonly [string, string] {
  return [`event: ${names[dialect]}\ndata: ${JSON.stringify(payloads[dialect]).slice(0, -1)},"novelty":"`, '"}\n\n']
}

const names = {
  'openai-chat': 'novelty',
  'openai-responses': 'response.novelty.delta',
  'anthropic-messages': 'novelty',
  gemini: 'novelty',
} as const

/** What every event of the dialect has. */
const payloads = {
  'openai-chat': {
    id: 'chatcmpl-novelty',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'sim-small',
    choices: [],
  },
  'openai-responses': { type: 'response.novelty.delta', sequence_number: 0 },
  'anthropic-messages': { type: 'novelty' },
  gemini: { modelVersion: 'sim-small' },
} as const

/** The event with a field that nobody knows. */
export function withUnknownField(text: string | Uint8Array): string | Uint8Array {
  if (typeof text !== 'string') return text
  return text.replace(/^data: \{/m, 'data: {"novelty":{"since":"a later version"},')
}
