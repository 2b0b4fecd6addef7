import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import type { Comparing, Comparison } from './books/prompt-comparison.ts'
import type { InputUsage } from './books/usage.ts'
import type { Counting } from './counting.ts'
import type { JsonObject } from './json.ts'
import type { Problem } from './problem.ts'

export const dialectNames = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
] as const
export type DialectName = (typeof dialectNames)[number]

/** One provider's wire format, written against its official SDK's types and nothing of Inseam's own. */
export interface Dialect {
  readonly name: DialectName
  /** The media type of its streams. Absent: server-sent events. */
  readonly streamType?: string
  /** It gives vectors in place of answers: nothing is generated, streamed or cached, and some models do not say what they used. */
  readonly givesVectors?: { tellsUsage(model: string): boolean }
  /** What the real provider would refuse this body for; nothing where it would accept it. */
  check(body: JsonObject, model: string): Problem | undefined
  /** Reads a body that passed `check`. */
  read(body: JsonObject): Ask
  /** How it counts tokens, where it does. */
  readonly counting?: Counting
  /** How it says why the prompt cache was not read, where it does. */
  readonly comparing?: Comparing
  /** The body of a reply that is not streamed. */
  reply(material: ReplyMaterial): object
  /** The events of a streamed reply, in order. */
  frames(material: ReplyMaterial): Iterable<Frame>
  /** The error envelope. */
  errorBody(problem: Problem, requestId: string): object
  /** The error as an event within a stream. */
  errorFrame(problem: Problem, requestId: string): string | Uint8Array
  /** The status and the headers of a refusal. Absent: the status is that of the problem. */
  refusal?(problem: Problem): { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  /** An event that keeps the connection alive and says nothing. */
  readonly keepAlive: string | Uint8Array
  /** The headers every reply carries. */
  headers(requestId: string, limits: RateLimits): Record<string, string>
}

/** Everything a reply is made of. */
export interface ReplyMaterial {
  readonly requestId: string
  readonly model: string
  /** Milliseconds since 1970. */
  readonly createdAtMs: number
  readonly ask: Ask
  readonly answers: readonly Answer[]
  readonly input: InputUsage
  /** Where the request asks what changed since an earlier one. */
  readonly comparison?: Comparison
  readonly tokensPerDelta: number
  readonly omitUsage: boolean
  readonly omitEnding: boolean
}

/** One event of a stream, as it goes on the wire. */
export interface Frame {
  readonly text: string | Uint8Array
  /** `content` is what a reader waits for; `lifecycle` surrounds it; `ending` says that it is complete. */
  readonly kind: 'lifecycle' | 'content' | 'ending'
  /** Output tokens that the model produced for this event, and how many of them were reasoning. */
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Whether the final usage of the exchange is in it. */
  readonly carriesUsage: boolean
  /** Which block, item or call of the answer it is a piece of, where the dialect numbers them. */
  readonly part?: number
}

export interface RateLimits {
  readonly requests: number
  readonly remainingRequests: number
  readonly tokens: number
  readonly remainingTokens: number
  /** Milliseconds since 1970. */
  readonly resetsAtMs: number
}
