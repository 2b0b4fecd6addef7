import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OpenAttempt } from '../books/attempt-log.ts'
import type { InputUsage } from '../books/usage.ts'
import { breathe } from './wait.ts'

/** What one exchange has used so far; it is billed when the exchange ends. */
interface Meter {
  /** Nothing until the model has read the request. */
  input: InputUsage | undefined
  output: number
  reasoning: number
  /** Whether the final usage was written. */
  reported: boolean
}

/** One HTTP exchange: what is written goes through here, so that bytes, times and leaving clients are known. */
export class Exchange {
  readonly id: string
  readonly request: IncomingMessage
  readonly attempt: OpenAttempt
  /** Whether the request asked for a stream. */
  streamed = false
  /** The body of a reply that went out whole. */
  sent = ''
  readonly meter: Meter = { input: undefined, output: 0, reasoning: 0, reported: false }
  /** Aborts when the client leaves or the simulator closes. */
  readonly signal: AbortSignal
  readonly #response: ServerResponse
  readonly #now: () => number
  readonly #leave = new AbortController()
  readonly #onEnd: (exchange: Exchange) => void
  #ended = false

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    attempt: OpenAttempt,
    now: () => number,
    onEnd: (exchange: Exchange) => void,
  ) {
    this.id = attempt.id
    this.request = request
    this.attempt = attempt
    this.signal = this.#leave.signal
    this.#response = response
    this.#now = now
    this.#onEnd = onEnd
    response.on('close', () => {
      if (this.#ended) return
      attempt.cancelled = true
      this.#leave.abort()
      this.settle()
    })
    // A client that resets is noticed by the close that follows.
    response.on('error', () => {})
    request.on('error', () => {})
  }

  /** Sends status and headers at once. */
  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.signal.aborted) return
    this.attempt.status = status
    this.#response.writeHead(status, headers)
    this.#response.flushHeaders()
  }

  /** Writes a part of the body; resolves when more may be written, to false when the client is gone. */
  async write(text: string | Uint8Array): Promise<boolean> {
    if (this.signal.aborted) return false
    this.#count(text)
    if (!this.#response.write(text)) await once(this.#response, 'drain', { signal: this.signal }).catch(() => {})
    return !this.signal.aborted
  }

  /** Writes what is left of the body and ends it. The books are settled before the client can know that it ended. */
  end(text: string | Uint8Array = ''): void {
    if (this.signal.aborted) return
    this.#count(text)
    this.settle()
    this.#response.end(text)
  }

  /** A whole reply in one go. */
  send(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    if (this.signal.aborted) return
    this.sent = body
    this.attempt.status = status
    this.#count(body)
    this.settle()
    this.#response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
    this.#response.end(body)
  }

  /** A whole reply that is no text. */
  sendBytes(status: number, headers: Readonly<Record<string, string>>, body: Buffer): void {
    if (this.signal.aborted) return
    this.attempt.status = status
    this.attempt.firstByteAt ??= this.#now()
    this.attempt.bytes += body.length
    this.settle()
    this.#response.writeHead(status, { ...headers, 'content-length': String(body.length) })
    this.#response.end(body)
  }

  /** Lets what was written reach the client, then tears the connection down. */
  async cut(how: 'close' | 'reset'): Promise<void> {
    await breathe()
    if (this.#response.writableNeedDrain) await once(this.#response, 'drain', { signal: this.signal }).catch(() => {})
    await breathe()
    this.settle()
    if (how === 'reset') this.request.socket.resetAndDestroy()
    else this.request.socket.destroy()
  }

  /** Ends the exchange from the simulator's side, whatever it is doing. */
  abandon(): void {
    this.settle()
    this.#leave.abort()
  }

  /** Closes the books of this exchange; only the first call counts. */
  settle(): void {
    if (this.#ended) return
    this.#ended = true
    this.attempt.endedAt = this.#now()
    this.#onEnd(this)
  }

  #count(text: string | Uint8Array): void {
    const bytes = Buffer.byteLength(text)
    if (bytes > 0) this.attempt.firstByteAt ??= this.#now()
    this.attempt.bytes += bytes
  }
}
