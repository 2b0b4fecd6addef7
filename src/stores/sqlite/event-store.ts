import { resolve } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { type Clock, systemClock, type Timer } from '../../core/clock.ts'
import type { SeamEvent } from '../../core/event.ts'
import { grouped } from '../../core/figures.ts'
import type { EventSink } from '../../core/ports.ts'
import type { InseamError } from '../../errors/index.ts'
import { mostWithContent, withoutContent } from '../content-in-memory.ts'
import { eventFile } from './event-file.ts'
import { type EventReader, openEventReader } from './event-reader.ts'
import { addRows, type Table } from './event-rows.ts'
import type { FromWriter, ToWriter } from './event-writer.ts'
import { startWriter } from './start-writer.ts'
import { notWritable, problemWith, recordedTooLate, tooManyWait, writerDied } from './store-problems.ts'

/** Where and how events are stored. */
export interface EventStoreOptions {
  /** The file; its directory is made. */
  readonly path: string
  /** How long an event waits at most before it is sent to be written, in milliseconds. Default 100. */
  readonly flushIntervalMs?: number
  /**
   * Events that may wait for a slow disk; beyond them new ones are dropped and counted. Default 100,000. Where 1,000 wait, new ones are
   * kept without their content.
   */
  readonly maxPending?: number
  /** Hears of every loss: a batch that could not be written, a full buffer. Must not throw. */
  readonly onProblem?: (problem: InseamError) => void
  /** Hears how many calls are not in the roll-ups yet, after each step: a large file of an older version takes a while. */
  readonly onRollingUp?: (left: number) => void
  readonly clock?: Clock
}

/** The account of what was recorded: `recorded` is always `stored` + `pending` + `dropped`. */
export interface EventStoreStatus {
  readonly recorded: number
  /** Committed to the file. */
  readonly stored: number
  /** Not yet committed. */
  readonly pending: number
  /** Never to be found in the file. */
  readonly dropped: number
  /** What went wrong last, if anything did. */
  readonly problem?: string
}

/** A durable sink for events that can be asked about them. */
export interface EventStore extends EventSink, Pick<EventReader, 'query' | 'tail' | 'story'>, AsyncDisposable {
  /** Events that will never be found in the file. */
  readonly dropped: number
  status(): EventStoreStatus
}

/**
 * Opens the event store: one SQLite file in WAL mode, written by a worker thread in batches of one transaction each.
 *
 * `flush` resolves once everything recorded before is committed. What is committed survives `kill -9` of the process; with
 * `synchronous = NORMAL`, a power cut may take the last transactions, never the file. `flush` rejects where something was lost
 * since the last one. Recording again what is stored already changes nothing.
 *
 * Throws `config-invalid` where the file cannot be made or written, holds something else, or was written by a newer version.
 *
 * @example
 * ```ts no-run
 * import { openEventStore } from './event-store.ts'
 *
 * await using store = await openEventStore({ path: '.inseam/events.db' })
 * const { rows } = store.query('select feature, sum(cost_usd) as usd from v_calls group by feature')
 * ```
 */
export async function openEventStore(options: EventStoreOptions): Promise<EventStore> {
  const path = resolve(options.path)
  return new SqliteEventStore(await startWriter(writerUrl, path, eventFile), path, options)
}

const writerUrl = new URL('./event-writer.ts', import.meta.url)

/** Main-thread work is done this many events at a time, well under a millisecond. */
const eventsPerBatch = 250

class SqliteEventStore implements EventStore {
  readonly #worker: Worker
  readonly #path: string
  readonly #flushIntervalMs: number
  readonly #maxPending: number
  readonly #onProblem: (problem: InseamError) => void
  readonly #onRollingUp: (left: number) => void
  readonly #clock: Clock
  #buffer: SeamEvent[] = []
  #timer: Timer | undefined
  #recorded = 0
  #stored = 0
  #dropped = 0
  /** Sizes of the batches that the worker has not acknowledged, oldest first; the first is numbered `#acknowledged + 1`. */
  readonly #inFlight: number[] = []
  #acknowledged = 0
  #isFull = false
  #wasLate = false
  #isOpen = true
  #isDead = false
  #lastProblem: InseamError | undefined
  /** Whether what was recorded last could not be kept. */
  #isLosing = false
  #unreported: InseamError | undefined
  #waiters: { readonly batch: number; readonly settle: (failure: InseamError | undefined) => void }[] = []
  #closing: Promise<void> | undefined
  #closed: () => void = () => {}
  #reader: EventReader | undefined

  constructor(worker: Worker, path: string, options: EventStoreOptions) {
    const {
      flushIntervalMs = 100,
      maxPending = 100_000,
      onProblem = () => {},
      onRollingUp = () => {},
      clock = systemClock,
    } = options
    this.#worker = worker
    this.#path = path
    this.#flushIntervalMs = flushIntervalMs
    this.#maxPending = maxPending
    this.#onProblem = onProblem
    this.#onRollingUp = onRollingUp
    this.#clock = clock
    worker.on('message', (message: FromWriter) => this.#hear(message))
    worker.on('error', (cause) => this.#die(cause))
    worker.on('exit', () => this.#die(undefined))
    // The process stays alive for what is not yet written, and for nothing else.
    worker.unref()
  }

  get dropped(): number {
    return this.#dropped
  }

  record(event: SeamEvent): void {
    this.#recorded++
    if (!this.#isOpen || this.#isDead) {
      this.#dropped++
      if (this.#closing) this.#late()
      return
    }
    if (this.#pending() > this.#maxPending) {
      this.#overflow()
      return
    }
    this.#isFull = false
    this.#buffer.push(this.#pending() > mostWithContent ? withoutContent(event) : event)
    if (this.#buffer.length >= eventsPerBatch) this.#send()
    else this.#timer ??= this.#clock.timer(this.#flushIntervalMs, () => this.#send())
  }

  flush(): Promise<void> {
    this.#send()
    return new Promise((resolve, reject) => {
      const settle = (failure: InseamError | undefined) => (failure ? reject(failure) : resolve())
      this.#waiters.push({ batch: this.#acknowledged + this.#inFlight.length, settle })
      this.#settleWaiters()
    })
  }

  /** Writes what is left and closes the file. Never rejects: what was lost is in {@link status}. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#send()
      this.#isOpen = false
      this.#reader?.close()
      this.#closed = resolve
      if (this.#isDead) return resolve()
      this.#worker.ref()
      this.#worker.postMessage({ type: 'close' } satisfies ToWriter)
    })
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  status(): EventStoreStatus {
    const problem = this.#lastProblem && { problem: this.#lastProblem.message }
    return {
      recorded: this.#recorded,
      stored: this.#stored,
      pending: this.#pending(),
      dropped: this.#dropped,
      ...problem,
    }
  }

  pending(): number {
    return this.#pending()
  }

  problems(): readonly string[] {
    if (!this.#isLosing) return []
    return [`Events not on the record: ${grouped(this.#dropped)}. ${this.#lastProblem?.message ?? ''}`]
  }

  query: EventReader['query'] = (...asked) => this.#read().query(...asked)
  tail: EventReader['tail'] = (...asked) => this.#read().tail(...asked)
  story: EventReader['story'] = (...asked) => this.#read().story(...asked)

  #read(): EventReader {
    this.#reader ??= openEventReader({ path: this.#path })
    return this.#reader
  }

  #pending(): number {
    return this.#recorded - this.#stored - this.#dropped
  }

  #send(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const events = this.#buffer
    if (events.length === 0) return
    this.#buffer = []
    const tables: Record<Table, unknown[]> = { calls: [], attempts: [], contents: [], runs: [], steps: [] }
    let size = 0
    for (const event of events) {
      try {
        addRows(tables, event)
        size++
      } catch (cause) {
        this.#dropped++
        this.#report(notWritable(event, cause))
      }
    }
    this.#inFlight.push(size)
    this.#worker.ref()
    const batch = this.#acknowledged + this.#inFlight.length
    const rows = JSON.stringify(tables)
    this.#worker.postMessage({ type: 'write', batch, rows } satisfies ToWriter)
  }

  #hear(message: FromWriter): void {
    if (message.type === 'closed') {
      this.#closed()
      return
    }
    if (message.type === 'rolled-up') {
      if (message.problem) this.#report(problemWith('store-failed', message.problem))
      this.#onRollingUp(message.left)
      return
    }
    if (message.type !== 'written') return
    const size = this.#inFlight.shift() ?? 0
    this.#acknowledged = message.batch
    this.#dropped += message.dropped
    this.#stored += size - message.dropped
    this.#isLosing = message.dropped > 0 || this.#isFull
    if (message.problem) this.#report(problemWith('store-failed', message.problem))
    if (this.#inFlight.length === 0 && this.#isOpen) this.#worker.unref()
    this.#settleWaiters()
  }

  #settleWaiters(): void {
    const due = this.#waiters.filter(({ batch }) => this.#isDead || batch <= this.#acknowledged)
    if (due.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter))
    const failure = this.#unreported
    this.#unreported = undefined
    for (const { settle } of due) settle(failure)
  }

  #overflow(): void {
    this.#dropped++
    if (this.#isFull) return
    this.#isFull = true
    this.#isLosing = true
    this.#report(tooManyWait(this.#maxPending, this.#path))
  }

  #late(): void {
    if (this.#wasLate) return
    this.#wasLate = true
    this.#lastProblem = recordedTooLate(this.#path)
    this.#onProblem(this.#lastProblem)
  }

  #die(cause: unknown): void {
    if (this.#isDead) return
    this.#isDead = true
    this.#isLosing = true
    const lost = this.#pending()
    this.#dropped += lost
    this.#buffer = []
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#isOpen || lost > 0) this.#report(writerDied(this.#path, eventFile, cause))
    this.#settleWaiters()
    this.#closed()
  }

  #report(problem: InseamError): void {
    this.#lastProblem = problem
    this.#unreported = problem
    this.#onProblem(problem)
  }
}
