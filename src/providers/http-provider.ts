import type { Pool } from 'undici'
import type { Provider } from '../core/provider.ts'
import { asInseamError } from '../errors/index.ts'
import type { Codec, DecodeContext, Quirks } from '../wire/codec.ts'
import { header, refuseEncoded } from './answer-head.ts'
import { borrowedPool } from './borrowed-pool.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { passedHeaders, prepareRequest } from './prepare-request.ts'
import { readFailure } from './read-failure.ts'
import { readStream } from './read-stream.ts'
import { readWhole } from './read-whole.ts'
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

/**
 * Speaks a dialect over HTTP. Where the caller speaks the same one, its bytes go out with only model and credential
 * changed, and the answer's bytes come back as they are; else the request is encoded and the answer decoded. Redirects are
 * refused, for they could carry the credential elsewhere. undici is loaded with the first call.
 */
export function httpProvider(options: HttpProviderOptions): Provider {
  const { name, codec, quirks, secrets } = options
  const base = new URL(options.url)
  const below = base.pathname.replace(/\/$/, '')
  const ownHeaders = { 'content-type': 'application/json', 'accept-encoding': 'identity', ...options.headers }
  const headersAlone = { ...options.defaultHeaders, ...ownHeaders }
  const pool = borrowedPool(() => openPool(base.origin, options.maxConnections))

  return {
    name,
    async *run(call) {
      const context: DecodeContext = { target: call.target.name, quirks }
      const { body, passes, withholdsUsage } = prepareRequest(call, codec, quirks)
      const path = below + (codec.address?.write(call.target.model, call.request.stream) ?? codec.path)
      const headers = passes
        ? { ...options.defaultHeaders, ...passedHeaders(call, codec), ...ownHeaders }
        : headersAlone
      const dispatcher = await pool.borrow()
      let exchange: Exchange | undefined
      try {
        exchange = openExchange(dispatcher, { method: 'POST', path, headers, body }, call.signal, context.target)
        let head = await exchange.next()
        while (head.type !== 'answered') {
          if (head.type === 'connected') yield head
          head = await exchange.next()
        }
        const requestId = header(head, 'x-request-id') ?? header(head, 'request-id')
        yield { type: 'answered', status: head.status, requestId: requestId && redact(requestId, secrets) }
        if (head.status >= 300) throw await readFailure(head, exchange, codec, context, secrets)
        refuseEncoded(head, context.target)
        const isStream = call.request.stream && !/json|html/i.test(header(head, 'content-type') ?? '')
        if (isStream) return yield* readStream(exchange, { codec, context, passes, withholdsUsage })
        const { reply, bytes } = await readWhole(head, exchange, codec, context)
        return passes && !call.request.stream ? { ...reply, wire: { dialect: codec.dialect, body: bytes } } : reply
      } catch (thrown) {
        throw redactError(asInseamError(thrown), secrets)
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
