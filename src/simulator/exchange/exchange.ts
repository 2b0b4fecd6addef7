import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { credentialLabel, type OpenAttempt } from '../books/attempt-log.ts'
import type { InputUsage } from '../books/usage.ts'
import type { SpellAnswer } from '../faults/raw-answer.ts'
import { SpeltAnswer } from './spelt-answer.ts'
import { breathe, wait } from './wait.ts'

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
  /** The credential that the request showed. */
  key = ''
  /** The body of a reply that went out whole. */
  sent = ''
  readonly meter: Meter = { input: undefined, output: 0, reasoning: 0, reported: false }
  /** Aborts when the client leaves or the simulator closes. */
  readonly signal: AbortSignal
  readonly #response: ServerResponse
  readonly #now: () => number
  readonly #leave = new AbortController()
  #spelt: SpeltAnswer | undefined
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
      attempt.cancelledIn = attempt.firstByteAt === null ? 'before-first-byte' : 'body'
      this.#leave.abort()
      this.settle()
    })
    // A client that resets is noticed by the close that follows.
    response.on('error', () => {})
    request.on('error', () => {})
  }

  /** The credential that the request showed: the log has its label. */
  showKey(key: string): void {
    this.key = key
    this.attempt.credential = credentialLabel(key)
  }

  /** A fault spells the answer: it is held until it is whole, and goes on the socket without the ServerResponse. */
  spell(spelling: SpellAnswer): void {
    this.#spelt = new SpeltAnswer(spelling)
  }

  /** Says something before the answer: 103, after 100 where that is wanted. */
  inform(continues: boolean): void {
    if (continues) this.#response.writeContinue()
    this.#response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
  }

  /** Sends status and headers at once. */
  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.signal.aborted) return
    this.attempt.status = status
    if (this.#spelt) {
      this.#spelt.head(status, headers)
      return
    }
    this.#response.writeHead(status, headers)
    this.#response.flushHeaders()
  }

  /** Writes a part of the body; resolves when more may be written, to false when the client is gone. */
  async write(text: string | Uint8Array): Promise<boolean> {
    if (this.signal.aborted) return false
    if (this.#spelt) {
      this.#spelt.write(text)
      return true
    }
    this.#count(text)
    if (!this.#response.write(text)) await once(this.#response, 'drain', { signal: this.signal }).catch(() => {})
    return !this.signal.aborted
  }

  /** Writes what is left of the body and ends it. The books are settled before the client can know that it ended. */
  end(...pieces: readonly (string | Uint8Array)[]): void | Promise<void> {
    if (this.signal.aborted) return
    if (this.#spelt) return this.#endSpelt(this.#spelt, pieces)
    for (const piece of pieces) this.#count(piece)
    this.settle()
    for (const piece of pieces.slice(0, -1)) if (piece.length > 0) this.#response.write(piece)
    this.#response.end(pieces.at(-1))
  }

  /** A whole reply in one go. */
  send(status: number, headers: Readonly<Record<string, string>>, body: string): void | Promise<void> {
    if (this.signal.aborted) return
    this.sent = body
    if (this.#spelt) {
      this.head(status, headers)
      return this.end(body)
    }
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

  async #endSpelt(spelt: SpeltAnswer, pieces: readonly (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) spelt.write(piece)
    const { head, parts, closes, headByteMs, bytes, isWhole } = spelt.spell()
    const { socket } = this.request
    for (const byte of headByteMs > 0 ? head : '') {
      socket.write(byte)
      if (!(await wait(headByteMs, this.signal))) return
    }
    this.attempt.firstByteAt ??= this.#now()
    this.attempt.bytes += bytes
    if (!isWhole) this.meter.reported = false
    this.settle()
    socket.write(Buffer.concat([headByteMs > 0 ? '' : head, ...parts].map((part) => Buffer.from(part))))
    if (closes) socket.end()
  }

  #count(text: string | Uint8Array): void {
    const bytes = Buffer.byteLength(text)
    if (bytes > 0) this.attempt.firstByteAt ??= this.#now()
    this.attempt.bytes += bytes
  }
}
