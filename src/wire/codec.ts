import type { Delta } from '../core/delta.ts'
import type { ClientDialect, Dialect } from '../core/dialect.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { ProviderReply } from '../core/provider.ts'
import type { Reply } from '../core/reply.ts'
import type { Loss, ModelRequest, Operation } from '../core/request.ts'
import type { Usage } from '../core/usage.ts'
import type { InseamError, ProviderFailed } from '../errors/index.ts'
import type { SseEvent } from './sse.ts'

/** How a host differs from the dialect that it claims to speak. Every field has the dialect's own behaviour as its default. */
export interface Quirks {
  /** What ends a stream: the stop reason (default), `[DONE]` alone, or the end of the body. */
  readonly terminal?: 'stop-reason' | 'done' | 'eof'
  /** The name of the output limit. Default `max_completion_tokens` at OpenAI itself, `max_tokens` elsewhere. */
  readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens'
  /** How usage is asked for in a stream. Default `stream_options`; `unasked`: it comes by itself, and asking is an error. */
  readonly streamUsage?: 'stream_options' | 'unasked'
  /** Whether `developer` is a role. Default false outside OpenAI: the system prompt is sent as `system`. */
  readonly developerRole?: boolean
  /**
   * What the host takes as a structured-output request: a schema (default), a tool that it is made to call, JSON without a
   * schema, or nothing. The request is made of it before it is encoded.
   */
  readonly structuredOutput?: 'json_schema' | 'tool' | 'json_object' | 'none'
  /** Sampling parameters (`temperature`, `top_p`, `top_k`) that the host or model rejects: dropped, and named as a loss. */
  readonly rejectsSampling?: boolean
  /**
   * How it comes to keep the prompts that it is sent: where the request marks them, or by itself alone. Default `marked` in the dialects
   * of Anthropic and Bedrock, `automatic` in OpenAI's and Gemini's.
   */
  readonly promptCache?: 'marked' | 'automatic'
  /** The most texts in one request for vectors. Default: as the dialect has it; 0: the host gives no vectors. */
  readonly maxInputs?: number
  /** Whether it tells why its prompt cache was not read, where the message before is named. Default false. */
  readonly cacheDiagnostics?: boolean
}

/** A request in a dialect, and what the dialect could not say. */
export interface Encoded {
  readonly body: JsonObject
  readonly losses: readonly Loss[]
}

/** A client's own bytes, made ready for a target of the same dialect. */
export interface Passed {
  readonly body: string
  /** Usage was asked for on the client's behalf: its extra frame is withheld from the client. */
  readonly withholdsUsage: boolean
  /** What of it could not be passed. Absent: nothing. */
  readonly losses?: readonly Loss[]
}

/** Reads one stream. */
export interface StreamDecoder {
  /** The deltas that an event spells. Throws `ProviderFailed` for an error event and `ReplyUnreadable` for nonsense. */
  push(event: SseEvent): readonly Delta[]
  /** The terminal signal was seen. Events after it that carry no content (usage) are still read. */
  readonly complete: boolean
  /** Nothing more can come: the reader may close. */
  readonly closed: boolean
  /** The last event carried usage and nothing else. */
  readonly usageOnly: boolean
  /** The last event as it may be passed on, where it lacks the usage that clients of the dialect cannot do without. Absent: as it came. */
  readonly mended?: string | undefined
  /** Usage as far as it is known. */
  readonly usage: Usage | null
  /** The reply but for its content, which the reader has collected. Throws `StreamInterrupted` without the terminal signal. */
  finish(): Omit<ProviderReply, 'content'>
}

/** Writes one stream: each method gives the text to send, framed. */
export interface StreamEncoder {
  push(delta: Delta): string
  end(reply: Reply): string
  /**
   * The dialect's in-band error. After it nothing is sent that could be taken for success. `passed`: the provider's own frames went
   * out before it, so that the answer has begun.
   */
  fail(error: InseamError, passed?: boolean): string
  /** What the dialect could not say so far. */
  readonly losses: readonly Loss[]
}

/** What the gateway knows when it begins to answer. */
export interface AnswerContext {
  /** The call's id: the answer's id where the provider's own cannot be used. */
  readonly callId: string
  /** The model as the caller named it. */
  readonly model: string
  /** Seconds since the Unix epoch. */
  readonly created: number
  /** Whether the caller asked for usage in the stream, where the dialect has it asked for. */
  readonly includeUsage: boolean
}

/** What a decoder says of itself in its errors, and what it must forgive. */
export interface DecodeContext {
  /** `provider/model`. */
  readonly target: string
  readonly quirks: Quirks
  /** Told of what an answer says and cannot be, and what is read all the same. */
  readonly doubt?: (what: string) => void
  /** Roughly how many tokens the request has, for clients that have to be told. Default 0. */
  readonly estimateInput?: () => number
}

/** An HTTP response that is no success. Header names are lower case. */
export interface ErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/** A path below the base URL that says which model is asked, and whether for a stream. */
export interface Address {
  /** Throws `InvalidRequest` for a name that cannot stand in a path. */
  write(model: string, stream: boolean): string
  /** The path without its query; undefined for any other. Parts that were percent-encoded are decoded. */
  read(path: string): { readonly model: string; readonly stream: boolean } | undefined
}

/** A place where a dialect is asked for something, below the base URL. */
interface Place {
  /** `/chat/completions`; where `address` writes it, what stands for it. */
  readonly path: string
  /** Where model and stream stand in the path and not in the body: how they are written there, and read. */
  readonly address?: Address
}

/** Something other than an answer that a target can be asked for, at a place of its own. Pure functions, as {@link TargetCodec}. */
export interface TargetOperation extends Place {
  readonly operation: Operation
  /** The dialects of clients who say it in the same bytes; none where it has words of its own. Default: its own alone. */
  readonly sharedBy?: readonly ClientDialect[]
  /** The most messages that one request takes. `embed` only; default what the target takes. */
  readonly maxInputs?: number
  encodeRequest(request: ModelRequest, model: string, quirks: Quirks, spoken?: ClientDialect): Encoded
  /** Splices the model into the client's own bytes; all else stays as it is. */
  passRequest(body: string, model: string, request?: ModelRequest): string
  /** Throws `ReplyUnreadable` for what is no reply to the request. */
  decodeReply(body: JsonValue, context: DecodeContext, request: ModelRequest): ProviderReply
}

/** The same where clients may ask for it too. */
export interface ClientOperation extends TargetOperation {
  /** Throws `InvalidRequest`, which names the field. */
  decodeRequest(body: JsonValue): ModelRequest
  encodeReply(reply: Reply, context: AnswerContext, request: ModelRequest): Encoded
}

/** A dialect as a target is spoken to: requests written; replies, streams and errors read. Pure functions over bytes. */
export interface TargetCodec extends Place {
  readonly dialect: Dialect
  /** How a stream is framed. Default: server-sent events. */
  readonly framing?: 'event-stream'
  /** Request headers that belong to the dialect and go through to a target of the same dialect, lower case. */
  readonly passedHeaders: readonly string[]
  /** What else it can be asked for. Of several for one operation, the first is the one that is written. */
  readonly operations: readonly TargetOperation[]

  /**
   * Deterministic to the byte. `spoken` is the dialect of the caller, for the paths of losses. Throws `InvalidRequest` where the
   * request cannot be said at all.
   */
  encodeRequest(request: ModelRequest, model: string, quirks: Quirks, spoken?: ClientDialect): Encoded
  /** Splices the model (and what usage accounting needs) into the client's own bytes; all else stays as it is. */
  passRequest(body: string, model: string, request: ModelRequest, quirks: Quirks): Passed
  /** Throws `ProviderFailed` for an error in a 200 and `ReplyUnreadable` for what is no reply, a missing stop reason included. */
  decodeReply(body: JsonValue, context: DecodeContext): ProviderReply
  decodeStream(context: DecodeContext): StreamDecoder
  decodeError(response: ErrorResponse, context: DecodeContext): ProviderFailed
}

/** One dialect, in both directions: pure functions from bytes to the common form and back. */
export interface Codec extends TargetCodec {
  readonly dialect: ClientDialect
  readonly operations: readonly ClientOperation[]

  /** What a silent stream is kept open with: an event, a comment or an empty line that no client takes for content. */
  readonly ping: string
  /** What a client asks. Tolerates what it does not know (it goes to `extensions` and `extras`); throws `InvalidRequest` for wrong types. */
  decodeRequest(body: JsonValue): ModelRequest
  encodeReply(reply: Reply, context: AnswerContext): Encoded
  encodeStream(context: AnswerContext): StreamEncoder
  encodeError(error: InseamError, callId: string): JsonObject
}
