import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'undici'
import { addDelta, type Delta, type ProviderPart } from '../core/delta.ts'
import type { JsonValue } from '../core/json.ts'
import type { Provider, ProviderReply, RoutedCall } from '../core/provider.ts'
import { isInseamError, ProviderFailed, ReplyUnreadable, StreamInterrupted } from '../errors/index.ts'
import { excerpt } from '../wire/classify.ts'
import type { Codec, DecodeContext, Quirks } from '../wire/codec.ts'
import { parseJson } from '../wire/parse-json.ts'
import { readSse } from '../wire/sse.ts'
import { borrowedPool } from './borrowed-pool.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { redact, redactError } from './redact.ts'

/** A provider that is reached over HTTP. */
export interface HttpProviderOptions {
  readonly name: string
  readonly codec: Codec
  /** The base URL: `https://api.openai.com/v1`. */
  readonly url: string
  /** Sent with every request: the credential, and what the provider wants to see. Lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent where neither the caller nor the operator says otherwise. Lower case. */
  readonly defaultHeaders: Readonly<Record<string, string>>
  readonly quirks: Quirks
  /** Values that must not appear in anything the provider is quoted with. */
  readonly secrets: readonly string[]
  /** Sockets to this provider at most. Default: as many as there are requests. */
  readonly maxConnections?: number
}

/** A whole body may have this many bytes, an error body this many. */
const maxBodyBytes = 32 * 1024 * 1024
const maxErrorBytes = 64 * 1024

/**
 * Speaks a dialect over HTTP. Where the caller speaks the same one, its bytes go out with only model and credential
 * changed, and the answer's bytes come back as they are; else the request is encoded and the answer decoded. Redirects are
 * refused, for they could carry the credential elsewhere. undici is loaded with the first call.
 */
export function httpProvider(options: HttpProviderOptions): Provider {
  const { name, codec, quirks, secrets } = options
  const base = new URL(options.url)
  const path = base.pathname.replace(/\/$/, '') + codec.path
  const ownHeaders = { 'content-type': 'application/json', 'accept-encoding': 'identity', ...options.headers }
  const headersAlone = { ...options.defaultHeaders, ...ownHeaders }
  const pool = borrowedPool(() => openPool(base.origin, options.maxConnections))

  return {
    name,
    async *run(call) {
      const context: DecodeContext = { target: call.target.name, quirks }
      const { body, passes, withholdsUsage } = prepare(call, codec, quirks)
      const headers = passes
        ? { ...options.defaultHeaders, ...passedHeaders(call, codec), ...ownHeaders }
        : headersAlone
      const dispatcher = await pool.borrow()
      let exchange: Exchange | undefined
      let hasAnswered = false
      try {
        exchange = openExchange(dispatcher, { method: 'POST', path, headers, body }, call.signal)
        let part = await exchange.next()
        while (part.type !== 'answered') {
          if (part.type === 'connected') yield part
          part = await exchange.next()
        }
        const answer: Head = part
        const requestId = text(part.headers['x-request-id'] ?? part.headers['request-id'])
        yield { type: 'answered', status: part.status, requestId: requestId && redact(requestId, secrets) }
        hasAnswered = true
        const isStream = call.request.stream && !/json|html/i.test(text(answer.headers['content-type']) ?? '')
        if (answer.status >= 300) await refuseFailures(answer, exchange, codec, context, secrets)
        refuseEncoded(answer, context)
        if (isStream) return yield* readStream(exchange, { codec, context, passes, withholdsUsage })
        const { reply, bytes } = await readWhole(answer, exchange, codec, context)
        return passes && !call.request.stream ? { ...reply, wire: { dialect: codec.dialect, body: bytes } } : reply
      } catch (thrown) {
        const error = isInseamError(thrown) ? thrown : brokenConnection(thrown, call.target.name, hasAnswered)
        throw redactError(error, secrets)
      } finally {
        exchange?.close()
        pool.giveBack()
      }
    },
    close: () => pool.close(),
  }
}

async function openPool(origin: string, connections: number | undefined): Promise<Pool> {
  const { Pool } = await import('undici')
  return new Pool(origin, {
    connections: connections ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 0 },
    maxHeaderSize: 16 * 1024,
  })
}

function prepare(call: RoutedCall, codec: Codec, quirks: Quirks) {
  const { request, target, wire, story } = call
  if (wire?.dialect === codec.dialect)
    return { ...codec.passRequest(wire.body, target.model, request, quirks), passes: true }
  refuseHeldConversation(call)
  const { body, losses } = codec.encodeRequest(request, target.model, quirks)
  story.lose(losses)
  return { body: JSON.stringify(body), withholdsUsage: false, passes: false }
}

/**
 * Anthropic can hold a conversation between its turns (`thread`). Left out as a loss, the next turn would be answered without
 * all that was said before it; refused by this name, Anthropic's client sends the whole conversation instead.
 */
function refuseHeldConversation({ request, target }: RoutedCall): void {
  const thread = request.extensions?.['anthropic-messages']?.thread
  if (thread === undefined || thread === null) return
  throw new ProviderFailed({
    code: 'request-rejected',
    said: 'it holds no conversation between its turns (`thread`)',
    target: target.name,
    providerCode: 'thread_unsupported_request',
    fix: 'Send the whole conversation without `thread`.',
  })
}

function passedHeaders({ wire }: RoutedCall, codec: Codec): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of codec.passedHeaders) {
    const value = wire?.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return headers
}

interface Head {
  readonly status: number
  readonly headers: IncomingHttpHeaders
}

async function refuseFailures(
  { status, headers }: Head,
  exchange: Exchange,
  codec: Codec,
  context: DecodeContext,
  secrets: readonly string[],
): Promise<void> {
  if (status < 400) {
    throw new ProviderFailed({
      code: 'redirect-refused',
      said: `a redirect to ${originOf(text(headers.location))}`,
      target: context.target,
      providerStatus: status,
    })
  }
  const body = (await readBytes(exchange, maxErrorBytes, 'cut')).toString('utf8')
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)]))
  throw codec.decodeError({ status, headers: flat, body: redact(body, secrets) }, context)
}

async function readWhole(
  { headers }: Head,
  exchange: Exchange,
  codec: Codec,
  context: DecodeContext,
): Promise<{ readonly reply: ProviderReply; readonly bytes: Uint8Array }> {
  const bytes = await readBytes(exchange, maxBodyBytes, context.target)
  if (bytes.length === 0) throw new ReplyUnreadable(context.target, 'an empty body')
  const type = text(headers['content-type']) ?? 'no content type'
  if (/html/i.test(type)) throw new ReplyUnreadable(context.target, 'an HTML page')
  let body: JsonValue
  try {
    body = parseJson(utf8.decode(bytes))
  } catch (cause) {
    throw new ReplyUnreadable(context.target, `broken JSON (${type}, ${bytes.length} bytes)`, cause)
  }
  return { reply: codec.decodeReply(body, context), bytes }
}

/** Takes a byte order mark off, and throws a `TypeError` for what is no UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** `identity` was asked for. What is encoded all the same would have to be decoded without bound, or passed on as garbage. */
function refuseEncoded({ headers }: Head, { target }: DecodeContext): void {
  const encoding = text(headers['content-encoding']) || 'identity'
  if (encoding.toLowerCase() === 'identity') return
  throw new ReplyUnreadable(target, `a body encoded as ${excerpt(encoding, 40)}, which was not asked for`)
}

interface StreamOptions {
  readonly codec: Codec
  readonly context: DecodeContext
  readonly passes: boolean
  readonly withholdsUsage: boolean
}

/** How long an answer that is complete may still bring its usage before it is taken as it is, in milliseconds. */
const lateMs = 500

async function* readStream(
  exchange: Exchange,
  { codec, context, passes, withholdsUsage }: StreamOptions,
): AsyncGenerator<ProviderPart, ProviderReply, void> {
  const decoder = codec.decodeStream(context)
  const sse = readSse(context.target)
  let usage = decoder.usage
  let late: Promise<void> | undefined
  while (!decoder.closed) {
    if (decoder.complete) late ??= sleep(lateMs, undefined, { ref: false })
    const part = await (late ? Promise.race([exchange.next(), late]).catch(() => undefined) : exchange.next())
    if (part?.type !== 'data') break
    const frames: Uint8Array[] = []
    const deltas: Delta[] = []
    let failure: unknown
    try {
      for (const event of sse.push(part.bytes)) {
        const spelt = decoder.push(event)
        if (decoder.closed && !decoder.complete) break
        if (passes && !(withholdsUsage && decoder.usageOnly)) frames.push(event.raw)
        for (const delta of spelt) addDelta(deltas, delta)
      }
    } catch (error) {
      failure = error
    }
    if (passes) {
      if (frames.length > 0) yield { type: 'frames', bytes: join(frames), deltas }
    } else yield* deltas
    if (decoder.usage && decoder.usage !== usage) {
      usage = decoder.usage
      yield { type: 'usage', usage }
    }
    if (failure) throw failure
  }
  if (sse.midEvent() && !decoder.complete)
    throw new StreamInterrupted(context.target, 'the stream ended in the middle of an event')
  const reply = decoder.finish()
  exchange.release()
  return reply
}

const join = (frames: readonly Uint8Array[]) => (frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames))

/** The rest of the body; past the limit it is cut, or, with a target to blame, refused. */
async function readBytes(exchange: Exchange, limit: number, target: string | 'cut'): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for (;;) {
    const part = await exchange.next()
    if (part.type === 'end') break
    if (part.type !== 'data') continue
    chunks.push(part.bytes)
    size += part.bytes.length
    if (size <= limit) continue
    if (target === 'cut') break
    throw new ReplyUnreadable(target, `a body of more than ${limit.toLocaleString('en-US')} bytes`)
  }
  return Buffer.concat(chunks).subarray(0, limit)
}

function brokenConnection(thrown: unknown, target: string, hasAnswered: boolean): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  const said = (error.message || 'the connection failed') + code
  if (hasAnswered) return new StreamInterrupted(target, said, thrown)
  return new ProviderFailed({ code: 'connection-failed', said, target, cause: thrown })
}

function originOf(location: string | undefined): string {
  if (location === undefined) return 'nowhere'
  return URL.parse(location)?.origin ?? 'a relative address'
}

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)
