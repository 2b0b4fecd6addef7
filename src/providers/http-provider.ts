import type { JsonValue } from '../core/json.ts'
import type { Provider } from '../core/provider.ts'
import { inputTokens } from '../core/usage.ts'
import { asInseamError, ReplyUnreadable } from '../errors/index.ts'
import { estimateUsage } from '../models/estimate-usage.ts'
import type { DecodeContext, Quirks, TargetCodec } from '../wire/codec.ts'
import { encodingOf, rateLimitsOf, requestIdOf } from './answer-head.ts'
import { type Authorize, secretsOfProof } from './authorize.ts'
import { borrowedPool } from './borrowed-pool.ts'
import { believed, tellDoubt } from './doubts.ts'
import { estimateCount } from './estimate-count.ts'
import { type Exchange, type ExchangePart, openExchange } from './exchange.ts'
import { kindOfAnswer } from './kind-of-answer.ts'
import { once } from './once.ts'
import { openConnection, openPool } from './open-pool.ts'
import { passedHeaders, prepareRequest } from './prepare-request.ts'
import { readFailure } from './read-failure.ts'
import { readStream } from './read-stream.ts'
import { readWhole } from './read-whole.ts'
import { redactError } from './redact.ts'
import { metClosedConnection } from './reused-connection.ts'

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
  /** The headers with a key that a caller brought, in the place of the operator's credential. Absent: none is taken. */
  readonly credentialOf?: (key: string) => Readonly<Record<string, string>>
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
  /** The certificates, in PEM, of the authorities that are trusted in place of those that Node knows. */
  readonly ca?: string
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
  const host = { origin: base.origin, maxConnections: options.maxConnections, ca: options.ca }
  const pool = borrowedPool(() => openPool(host))

  return {
    name,
    async *run(call) {
      const doubts = new Set<string>()
      const context: DecodeContext = {
        target: call.target.name,
        quirks,
        doubt: (what) => void doubts.add(what),
        estimateInput: () => inputTokens(estimateUsage(call.request, [])),
      }
      let codec = await load()
      if (call.request.operation === 'count-tokens' && !canCount(codec)) {
        if (!loadCounting) return estimateCount(call, codec, quirks)
        codec = await loadCounting()
      }
      const { body, passes, withholdsUsage, operation, ...place } = prepareRequest(call, codec, quirks)
      const path = below + place.path
      const usual = passes ? { ...options.defaultHeaders, ...passedHeaders(call, codec), ...ownHeaders } : headersAlone
      const brought = call.ownKeys?.get(name)?.reveal()
      const plain = brought === undefined ? usual : withKey(usual, brought, options)
      let secrets = brought === undefined ? options.secrets : [brought, ...options.secrets]
      const dispatcher = await pool.borrow()
      let exchange: Exchange | undefined
      try {
        let headers: Readonly<Record<string, string>> = plain
        if (authorize) {
          const proof = await authorize({ method: 'POST', url: new URL(path, base), headers, body }, call.signal)
          secrets = [...secrets, ...secretsOfProof(proof)]
          headers = { ...plain, ...proof }
        }
        const request = { method: 'POST', path, headers, body } as const
        exchange = openExchange(dispatcher, request, call.signal, context.target)
        let isFresh = false
        let head: ExchangePart | undefined
        while (head?.type !== 'answered') {
          if (head?.type === 'connected') yield head
          try {
            head = await exchange.next()
          } catch (thrown) {
            // What is sent twice may be billed twice, and once is all that was set aside.
            if (isFresh || call.reservation || !metClosedConnection(thrown)) throw thrown
            // The host cannot be blamed for what lay idle too long: once more, where nothing has been before.
            isFresh = true
            const connection = await openConnection(host)
            exchange = openExchange(connection, request, call.signal, context.target)
            void connection.close()
          }
        }
        const { status } = head
        yield { type: 'answered', status, requestId: requestIdOf(head, secrets), limits: rateLimitsOf(head) }
        const encoding = encodingOf(head)
        if (encoding) exchange = (await import('./decompress.ts')).decompress(exchange, encoding, context.target)
        if (status === 204 || status === 205)
          throw new ReplyUnreadable(context.target, `status ${status}, and so nothing`)
        if (status >= 300) throw await readFailure(head, exchange, codec, context, secrets)
        const kind = await kindOfAnswer(exchange, head, call.request.stream)
        exchange = kind.exchange
        if (kind.doubt) tellDoubt(call, kind.doubt)
        if (kind.isStream) {
          return believed(yield* readStream(exchange, { codec, context, passes, withholdsUsage }), doubts, call)
        }
        const decode = (body: JsonValue) =>
          operation ? operation.decodeReply(body, context, call.request) : codec.decodeReply(body, context)
        const { reply, bytes } = await readWhole(head, exchange, context, decode)
        const dialect = passes && !call.request.stream ? call.wire?.dialect : undefined
        return believed(dialect ? { ...reply, wire: { dialect, body: bytes } } : reply, doubts, call)
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

/** The account that the operator names is not the caller's. */
function withKey(
  { 'openai-organization': _organization, 'openai-project': _project, ...headers }: Readonly<Record<string, string>>,
  key: string,
  { credentialOf, name }: Pick<HttpProviderOptions, 'credentialOf' | 'name'>,
): Readonly<Record<string, string>> {
  if (credentialOf) return { ...headers, ...credentialOf(key) }
  throw new TypeError(`The provider "${name}" takes no keys of callers.`)
}

const canCount = ({ operations }: TargetCodec): boolean =>
  operations.some(({ operation }) => operation === 'count-tokens')
