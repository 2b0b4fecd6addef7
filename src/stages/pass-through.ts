import type { Call } from '../core/call.ts'
import { type Cost, noCost } from '../core/cost.ts'
import { close, type Handler } from '../core/handler.ts'
import type { Passage, PassageSink, PassedHead } from '../core/passage.ts'
import type { Books } from '../core/ports.ts'
import type { Provider, ProviderReply } from '../core/provider.ts'
import type { Target } from '../core/target.ts'
import { noUsage } from '../core/usage.ts'
import { asInseamError, CallAborted, type ErrorCode, InseamError, ProviderFailed } from '../errors/index.ts'
import { passageTooLarge } from '../errors/passage-too-large.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'
import { type AttemptRecordOptions, beginRecord } from './attempt-record.ts'
import { startPassageClock } from './passage-clock.ts'

/** What passing through needs. */
export interface PassThroughOptions extends Omit<AttemptRecordOptions, 'books'> {
  /** The provider of this name and what it speaks. Throws `not-found`. */
  readonly findProvider: (name: string) => { readonly provider: Provider; readonly dialect: Target['dialect'] }
  readonly sink: PassageSink
}

/**
 * Passes the call's request to its provider and the answer to the sink, byte for byte and at the pace of whoever is slower, and
 * writes its line in the books. One attempt: what has been streamed cannot be sent again, and neither breakers nor budgets of
 * calls have a say. An answer with an error status is passed on whole before it is thrown, so that the record tells it.
 */
export function passThrough({ findProvider, sink, ...options }: PassThroughOptions): Handler {
  const { clock } = options
  return async function* passThrough(call) {
    const passage = passageOf(call)
    if (call.signal.aborted) throw reasonToLeave(call.signal)
    const { provider, dialect } = findProvider(passage.provider)
    if (!provider.pass) throw noApi(passage.provider)
    const target: Target = {
      name: provider.name,
      provider: provider.name,
      model: '',
      dialect,
      credential: 'default',
      weight: 1,
    }
    const controller = new AbortController()
    const stop = (reason: unknown) => controller.abort(reason)
    const leave = () => stop(reasonToLeave(call.signal))
    let isBilled = false
    const record = beginRecord(call, target, { ...options, books: booksOf(() => isBilled) })
    const time = startPassageClock(clock, passage.limits, { provider: provider.name, expire: stop })
    const body = passage.body && metered(passage.body, passage, stop, time)
    const parts = provider.pass({ ...passage, ...(body && { body }) }, controller.signal)
    call.signal.addEventListener('abort', leave, { once: true })
    let head: PassedHead | undefined
    try {
      for await (const part of parts) {
        if (controller.signal.aborted) throw controller.signal.reason
        switch (part.type) {
          case 'connected':
            record.see(part)
            time.connected(body === undefined)
            break
          case 'answered':
            head = part.head
            isBilled = head.status < 300
            record.see({ type: 'answered', status: head.status, requestId: part.requestId })
            time.answered()
            sink.head(head)
            break
          case 'bytes': {
            passage.bytes.out += part.bytes.byteLength
            const taken = sink.write(part.bytes)
            if (taken) {
              time.pause()
              await taken
            }
            time.moved()
          }
        }
      }
      if (controller.signal.aborted) throw controller.signal.reason
      time.stop()
      sink.end()
      const failure = head && failureOf(head.status, passage)
      if (failure) throw failure
      return record.succeed(passedReply(head?.status ?? 0))
    } catch (thrown) {
      throw record.fail(asInseamError(controller.signal.aborted ? controller.signal.reason : thrown))
    } finally {
      time.stop()
      call.signal.removeEventListener('abort', leave)
      if (!record.isSettled) record.fail(new CallAborted())
      if (!controller.signal.aborted) stop(new CallAborted())
      await close(parts)
    }
  }
}

/** The body, counted, under its limit and on the clock. What ends it early ends the exchange, for the reason that it had. */
async function* metered(
  body: AsyncIterable<Uint8Array>,
  { bytes, limits }: Passage,
  stop: (reason: unknown) => void,
  time: { moved(): void; asked(): void },
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of body) {
      bytes.in += chunk.byteLength
      if (bytes.in > limits.maxBodyBytes) throw passageTooLarge(limits.maxBodyBytes)
      time.moved()
      yield chunk
    }
    time.asked()
  } catch (thrown) {
    stop(thrown instanceof InseamError ? thrown : new CallAborted(thrown))
    throw thrown
  }
}

function passageOf({ passage }: Call): Passage {
  if (passage) return passage
  throw new TypeError('A call without a passage was passed through.')
}

function noApi(name: string): InseamError {
  return new InseamError(
    'operation-unsupported',
    `The provider "${name}" is no host: nothing can be passed through to it.`,
    {
      fix: 'Name a provider of the configuration.',
    },
  )
}

/** What was passed on is not read, so it has no price; what no provider began to answer, or refused, has none to have. */
function booksOf(isBilled: () => boolean): Pick<Books, 'price' | 'estimate'> {
  const unpriced: Cost = { nanoUsd: null, status: 'unpriced' }
  return { price: () => (isBilled() ? unpriced : noCost), estimate: () => noUsage }
}

function passedReply(status: number): ProviderReply {
  return {
    id: '',
    model: '',
    content: [],
    ending: { type: 'completed', by: 'end' },
    rawStop: String(status),
    usage: noUsage,
  }
}

/** What a status says, where the words that came with it are the client's to read. */
function failureOf(status: number, { provider, method, path }: Passage): InseamError | undefined {
  if (status < 400) return undefined
  return new ProviderFailed({
    code: codeOf(status),
    said: `its answer to ${method} ${path.slice(0, 200)}, which the client has`,
    target: provider,
    providerStatus: status,
    fix: 'The answer was passed on as it is: it says why.',
  })
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'credential-rejected'
  if (status === 429) return 'rate-limited'
  if (status === 503 || status === 529) return 'overloaded'
  if (status === 413) return 'request-too-large'
  return status >= 500 ? 'server-error' : 'request-rejected'
}
