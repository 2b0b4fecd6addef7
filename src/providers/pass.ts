import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Passage, PassagePart } from '../core/passage.ts'
import { asInseamError, InseamError, InvalidRequest } from '../errors/index.ts'
import { requestIdOf } from './answer-head.ts'
import { type Authorize, secretsOfProof } from './authorize.ts'
import type { BorrowedPool } from './borrowed-pool.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { passedHead } from './passed-head.ts'
import { pathBelow } from './passed-path.ts'
import { redactError } from './redact.ts'

/** Whose API it is, and who asks. */
export interface PassOptions {
  readonly name: string
  /** The base URL. */
  readonly url: string
  /** Sent with every request, whatever the client says. Lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent where the client says nothing else. Lower case. */
  readonly defaultHeaders: Readonly<Record<string, string>>
  readonly authorize?: Authorize
  readonly signsBody?: boolean
  /** Values that must not come back in a header or an error. */
  readonly secrets: readonly string[]
}

/** A body that is signed is held whole, up to this many bytes. */
const maxSignedBytes = 10 * 1024 * 1024

/** Makes one exchange with a provider's own API, byte for byte: what {@link Provider} promises of `pass`. */
export async function* pass(
  passage: Passage,
  signal: AbortSignal,
  options: PassOptions,
  pool: BorrowedPool,
): AsyncGenerator<PassagePart, void, void> {
  const { name, authorize, signsBody = false } = options
  const base = new URL(options.url)
  const path = pathBelow(base, passage.path, passage.query)
  const asked = new URL(base.origin + path)
  const plain = { ...options.defaultHeaders, ...passage.headers, ...options.headers }
  let secrets = options.secrets
  const dispatcher = await pool.borrow()
  let exchange: Exchange | undefined
  try {
    const signed = signsBody && passage.body ? await readWhole(name, passage.body) : undefined
    const outgoing = {
      method: passage.method,
      url: asked,
      headers: single(plain),
      body: signed?.toString('utf8') ?? '',
    }
    const proof = await authorize?.(outgoing, signal)
    if (proof) secrets = [...secrets, ...secretsOfProof(proof)]
    const request = {
      method: passage.method as Dispatcher.HttpMethod,
      path,
      headers: { ...plain, ...proof },
      // undici takes any async iterable; its types know streams alone.
      body: (signed ?? passage.body ?? null) as Readable | null,
    }
    exchange = openExchange(dispatcher, request, signal, name)
    for (;;) {
      const part = await exchange.next()
      if (part.type === 'end') return
      if (part.type === 'data') yield { type: 'bytes', bytes: part.bytes }
      else if (part.type === 'connected') yield part
      else {
        const head = passedHead(part, { name, base, asked, secrets })
        yield { type: 'answered', head, requestId: requestIdOf(part, secrets) }
      }
    }
  } catch (thrown) {
    throw redactError(asInseamError(thrown), secrets)
  } finally {
    exchange?.close()
    pool.giveBack()
  }
}

/** A signature covers the body, so it is read before anything goes out. Throws for one that is too large, or no text. */
async function readWhole(name: string, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > maxSignedBytes) {
      throw new InseamError(
        'request-too-large',
        `${name} wants its requests signed, and more than 10,485,760 bytes are not.`,
        {
          fix: 'Send this body to the provider without the gateway.',
        },
      )
    }
  }
  const whole = Buffer.concat(chunks)
  if (!Buffer.from(whole.toString('utf8'), 'utf8').equals(whole)) {
    throw new InvalidRequest('', `${name} wants its requests signed, and a body that is no text is not.`)
  }
  return whole
}

function single(headers: Passage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}
