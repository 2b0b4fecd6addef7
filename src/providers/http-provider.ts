import type { Pool } from 'undici'
import type { JsonValue } from '../core/json.ts'
import type { Provider } from '../core/provider.ts'
import { asInseamError } from '../errors/index.ts'
import type { DecodeContext, Quirks, TargetCodec } from '../wire/codec.ts'
import { header, refuseEncoded, requestIdOf } from './answer-head.ts'
import { type Authorize, secretsOfProof } from './authorize.ts'
import { borrowedPool } from './borrowed-pool.ts'
import { estimateCount } from './estimate-count.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { once } from './once.ts'
import { passedHeaders, prepareRequest } from './prepare-request.ts'
import { readFailure } from './read-failure.ts'
import { readStream } from './read-stream.ts'
import { readWhole } from './read-whole.ts'
import { redactError } from './redact.ts'

/** A provider that is reached over HTTP. */
export interface HttpProviderOptions {
  readonly name: string
  /** Called with the first call. */
  readonly codec: () => Promise<TargetCodec>
  /** The dialect in which the host counts tokens, where `codec` has no word for that. Default: counts are estimated. */
  readonly countingCodec?: () => Promise<TargetCodec>
  /** The base URL: `https://api.openai.com/v1`. */
  readonly url: string
  /** Sent with every request: the credential, and what the provider wants to see. Lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent where neither the caller nor the operator says otherwise. Lower case. */
  readonly defaultHeaders: Readonly<Record<string, string>>
  readonly quirks: Quirks
  /** Makes what proves who asks, where it has to be made anew: a token that expires, a signature of the request. */
  readonly authorize?: Authorize
  /** Whether that covers the body, which then has to be held whole. Default false. */
  readonly signsBody?: boolean
  /** Values that must not appear in anything the provider is quoted with. */
  readonly secrets: readonly string[]
  /** Sockets to this provider at most. Default: as many as there are requests. */
  readonly maxConnections?: number
}

/**
 * Speaks a dialect over HTTP. Where the caller speaks the same one, its bytes go out with only model and credential
 * changed, and the answer's bytes come back as they are; else the request is encoded and the answer decoded. Redirects are
 * refused, for they could carry the credential elsewhere. undici is loaded with the first call.
 */
export function httpProvider(options: HttpProviderOptions): Provider {
  const { name, quirks, authorize } = options
  const base = new URL(options.url)
  const below = base.pathname.replace(/\/$/, '')
  const ownHeaders = { 'content-type': 'application/json', 'accept-encoding': 'identity', ...options.headers }
  const headersAlone = { ...options.defaultHeaders, ...ownHeaders }
  const load = once(options.codec)
  const loadCounting = options.countingCodec && once(options.countingCodec)
  const pool = borrowedPool(() => openPool(base.origin, options.maxConnections))

  return {
    name,
    async *run(call) {
      const context: DecodeContext = { target: call.target.name, quirks }
      let codec = await load()
      if (call.request.operation === 'count-tokens' && !canCount(codec)) {
        if (!loadCounting) return estimateCount(call, codec, quirks)
        codec = await loadCounting()
      }
      const { body, passes, withholdsUsage, operation, ...place } = prepareRequest(call, codec, quirks)
      const path = below + place.path
      const plain = passes ? { ...options.defaultHeaders, ...passedHeaders(call, codec), ...ownHeaders } : headersAlone
      let secrets = options.secrets
      const dispatcher = await pool.borrow()
      let exchange: Exchange | undefined
      try {
        let headers: Readonly<Record<string, string>> = plain
        if (authorize) {
          const proof = await authorize({ method: 'POST', url: new URL(path, base), headers, body }, call.signal)
          secrets = [...secrets, ...secretsOfProof(proof)]
          headers = { ...plain, ...proof }
        }
        exchange = openExchange(dispatcher, { method: 'POST', path, headers, body }, call.signal, context.target)
        let head = await exchange.next()
        while (head.type !== 'answered') {
          if (head.type === 'connected') yield head
          head = await exchange.next()
        }
        yield { type: 'answered', status: head.status, requestId: requestIdOf(head, secrets) }
        if (head.status >= 300) throw await readFailure(head, exchange, codec, context, secrets)
        refuseEncoded(head, context.target)
        const isStream = call.request.stream && !/json|html/i.test(header(head, 'content-type') ?? '')
        if (isStream) return yield* readStream(exchange, { codec, context, passes, withholdsUsage })
        const decode = (body: JsonValue) =>
          operation ? operation.decodeReply(body, context, call.request) : codec.decodeReply(body, context)
        const { reply, bytes } = await readWhole(head, exchange, context, decode)
        const dialect = passes && !call.request.stream ? call.wire?.dialect : undefined
        return dialect ? { ...reply, wire: { dialect, body: bytes } } : reply
      } catch (thrown) {
        throw redactError(asInseamError(thrown), secrets)
      } finally {
        exchange?.close()
        pool.giveBack()
      }
    },
    async *pass(passage, signal) {
      const { pass } = await import('./pass.ts')
      return yield* pass(passage, signal, options, pool)
    },
    close: () => pool.close(),
  }
}

const canCount = ({ operations }: TargetCodec): boolean =>
  operations.some(({ operation }) => operation === 'count-tokens')

/** A connection that has not come about is given up, in milliseconds: whoever wanted it has long gone by its own clock. */
const forgottenMs = 60_000

async function openPool(origin: string, connections: number | undefined): Promise<Pool> {
  const { Pool } = await import('undici')
  return new Pool(origin, {
    connections: connections ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
    // HTTP/2 would hold all requests back until the first handshake is over, which may be never.
    allowH2: false,
    connect: { timeout: forgottenMs },
    maxHeaderSize: 16 * 1024,
  })
}
