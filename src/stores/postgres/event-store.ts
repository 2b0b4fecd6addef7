import { type Clock, systemClock, type Timer } from '../../core/clock.ts'
import type { SeamEvent } from '../../core/event.ts'
import { grouped } from '../../core/figures.ts'
import type { EventSink } from '../../core/ports.ts'
import { asInseamError, type InseamError, isInseamError } from '../../errors/index.ts'
import { mostWithContent, withoutContent } from '../content-in-memory.ts'
import { recordedTooLate, tooManyWait } from '../sqlite/store-problems.ts'
import { isAway } from './database-problems.ts'
import { createIngest, type Ingest, type Prepared } from './event-ingest.ts'
import { createEventSpool, type EventSpool, type SpoolOptions } from './event-spool.ts'
import { isBack, noRoom, spoolFailed, waitsOnDisk } from './event-store-problems.ts'
import { foldRollUps } from './fold-roll-ups.ts'
import type { MigrateWhen } from './migrate.ts'
import { type Copy, openCopy } from './open-copy.ts'
import { type Database, openDatabase, type PostgresOptions } from './open-database.ts'
import { keepPartitions } from './partitions.ts'
import { prepareRecord } from './prepare-record.ts'

/** Where and how events are stored. */
export interface PostgresEventStoreOptions extends Pick<PostgresOptions, 'url' | 'schema'> {
  /** Where events wait while Postgres is away. */
  readonly spool: SpoolOptions
  /** How long events are kept at least; they go by the week. Default: for ever. In milliseconds. */
  readonly retentionMs?: number
  /** Whether the schema may be brought up to date. Default `auto`; with `never`, one that is not is refused. */
  readonly migrate?: MigrateWhen
  /** How long an event waits at most before it is sent, or put on disk, in milliseconds. Default 100. */
  readonly flushIntervalMs?: number
  /** Events that may wait in memory; beyond them new ones are dropped and counted. Default 100,000. */
  readonly maxPending?: number
  /** Hears of every loss, and of Postgres going away. Must not throw. */
  readonly onProblem?: (problem: InseamError) => void
  /** Hears that Postgres is back after it was away. Must not throw. */
  readonly onRecovery?: (message: string) => void
  readonly clock?: Clock
}

/** The account of what was recorded: `recorded` is always `stored` + `spooled` + `pending` + `dropped`. */
export interface PostgresEventStoreStatus {
  readonly recorded: number
  /** Committed to Postgres. */
  readonly stored: number
  /** On disk, on their way there. */
  readonly spooled: number
  /** Neither yet. */
  readonly pending: number
  /** Never to be found there. */
  readonly dropped: number
  /** What went wrong last, if anything did. */
  readonly problem?: string
}

/** A durable sink for events in Postgres. */
export interface PostgresEventStore extends EventSink, AsyncDisposable {
  /** Events that will never be found there. */
  readonly dropped: number
  status(): PostgresEventStoreStatus
  problems(): readonly string[]
}

/**
 * Opens the record in Postgres: written by `COPY`, in batches of one transaction each, in tables that are partitioned by the week.
 *
 * While Postgres is away, at the start too, events wait in files, and go to it in order once it is back; what a process that died left
 * there goes too. Each event is stored once, however often it is sent. `flush` resolves once everything recorded before is in Postgres
 * or on disk, and rejects where something was lost since the last one.
 *
 * Throws `config-invalid` where the URL is none or a newer version was there, `store-failed` where Postgres refuses this user, and
 * `package-missing`.
 */
export async function openPostgresEventStore(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
  // One writes; another folds roll-ups.
  const database = await openDatabase({ url: options.url, schema: options.schema, maxConnections: 2 })
  try {
    const store = new CopyingEventStore(database, await openCopy(), options)
    await store.begin()
    return store
  } catch (error) {
    await database.close()
    throw error
  }
}

/** So many are sent at once without waiting for the interval. */
const eventsToSend = 1_000
/** One transaction holds at most so many. */
const eventsPerBatch = 5_000
/** So many rows of roll-ups are folded at once, in a fraction of a second. */
const foldedAtOnce = 5_000
/** Beyond them it is not waited for the next half minute. */
const mostUnfolded = 20_000
const shortestWaitMs = 200
const longestWaitMs = 5_000
const minuteMs = 60_000

/** Events on their way, with their rows where those were made ahead. */
interface Batch {
  readonly events: readonly SeamEvent[]
  readonly rows?: Promise<Prepared>
}

class CopyingEventStore implements PostgresEventStore {
  readonly #database: Database
  readonly #ingest: Ingest
  readonly #copy: Copy
  readonly #spool: EventSpool
  readonly #options: PostgresEventStoreOptions
  readonly #clock: Clock
  #buffer: SeamEvent[] = []
  /** Its rows are made while the batch before is written. */
  #next: Batch | undefined
  #recorded = 0
  #stored = 0
  #dropped = 0
  /** What keeps Postgres from being written now. */
  #away: InseamError | undefined
  #isPrepared = false
  /** Whether nothing waits on disk: only then do events go straight to Postgres, so that their order is kept. */
  #isDrained = false
  #isDue = true
  #waitMs = shortestWaitMs
  #flushTimer: Timer | undefined
  #retryTimer: Timer | undefined
  #minuteTimer: Timer | undefined
  #mustKeepHouse = false
  /** Rows that this process added to the roll-ups since it folded last. */
  #additions = 0
  #folding: Promise<void> | undefined
  #isFull = false
  #isSpoolFull = false
  #wasLate = false
  #isOpen = true
  #lastProblem: InseamError | undefined
  #unreported: InseamError | undefined
  #running: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #waiters: { readonly upTo: number; readonly settle: (failure: InseamError | undefined) => void }[] = []

  constructor(database: Database, copy: Copy, options: PostgresEventStoreOptions) {
    this.#database = database
    this.#copy = copy
    this.#ingest = createIngest(database, copy)
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#spool = createEventSpool(options.spool)
  }

  get dropped(): number {
    return this.#dropped
  }

  async begin(): Promise<void> {
    await this.#comeBack()
    if (this.#away && !isAway(this.#away)) throw this.#away
    this.#everyMinute()
    void this.#run()
  }

  record(event: SeamEvent): void {
    this.#recorded++
    if (!this.#isOpen) {
      this.#dropped++
      this.#late()
      return
    }
    const pending = this.pending()
    if (pending > (this.#options.maxPending ?? 100_000)) {
      this.#overflow()
      return
    }
    this.#isFull = false
    this.#buffer.push(pending > mostWithContent ? withoutContent(event) : event)
    if (this.#buffer.length === eventsToSend) void this.#run()
    else this.#flushTimer ??= this.#clock.timer(this.#options.flushIntervalMs ?? 100, () => void this.#run())
  }

  flush(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (failure: InseamError | undefined) => (failure ? reject(failure) : resolve())
      this.#waiters.push({ upTo: this.#recorded, settle })
      if (this.#buffer.length > 0) void this.#run()
      this.#settleWaiters()
    })
  }

  /** Writes what is left, or puts it on disk. Never rejects: what was lost is in {@link status}. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  status(): PostgresEventStoreStatus {
    const problem = this.#lastProblem && { problem: this.#lastProblem.message }
    return {
      recorded: this.#recorded,
      stored: this.#stored,
      spooled: this.#spool.waiting,
      pending: this.pending(),
      dropped: this.#dropped,
      ...problem,
    }
  }

  pending(): number {
    return this.#recorded - this.#stored - this.#spool.waiting - this.#dropped
  }

  problems(): readonly string[] {
    const told: string[] = []
    if (this.#away) told.push(`${this.#away.message} ${grouped(this.#spool.waiting)} events wait on disk.`)
    if (this.#isSpoolFull) told.push('The spool of events is full: new ones are dropped.')
    if (this.#dropped > 0) told.push(`${grouped(this.#dropped)} events were dropped and are not on the record.`)
    return told
  }

  async #close(): Promise<void> {
    await this.flush().catch(() => {})
    this.#isOpen = false
    for (const timer of [this.#flushTimer, this.#retryTimer, this.#minuteTimer]) timer?.cancel()
    while (this.#running || this.#buffer.length > 0) await this.#run()
    await this.#folding
    await this.#spool.close().catch((error) => this.#lost(spoolFailed(this.#options.spool.path, error)))
    await this.#database.close()
  }

  /** Works until nothing waits in memory, nor on disk where Postgres is there. One at a time. */
  #run(): Promise<void> {
    this.#flushTimer?.cancel()
    this.#flushTimer = undefined
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
      // What came after the last look.
      if (this.#buffer.length > 0) void this.#run()
    })
    return this.#running
  }

  async #work(): Promise<void> {
    for (;;) {
      if (this.#away && this.#isDue) await this.#comeBack()
      if (this.#mustKeepHouse && !this.#away) await this.#keepHouse()
      const batch = this.#take()
      const goesStraight = this.#isDrained && !this.#away
      if (batch.events.length > 0) await (goesStraight ? this.#write(batch) : this.#putAside(batch.events))
      this.#settleWaiters()
      // Whoever closes does not wait for what is safe on disk.
      if (!this.#away && !this.#isDrained && this.#isOpen) await this.#drain()
      const isDone = this.#away !== undefined || this.#isDrained || !this.#isOpen
      if (this.#buffer.length === 0 && !this.#next && isDone) return
    }
  }

  #take(): Batch {
    const batch = this.#next ?? { events: this.#buffer.splice(0, eventsPerBatch) }
    this.#next = undefined
    return batch
  }

  async #write({ events, rows = this.#ingest.prepare(events) }: Batch): Promise<void> {
    try {
      const writing = this.#ingest.write(await rows)
      if (this.#buffer.length >= eventsToSend) {
        const next = this.#buffer.splice(0, eventsPerBatch)
        this.#next = { events: next, rows: this.#ingest.prepare(next) }
      }
      const { dropped, problem, additions } = await writing
      this.#dropped += dropped
      this.#stored += events.length - dropped
      if (problem) this.#lost(problem)
      this.#added(additions)
    } catch (error) {
      this.#lose(asInseamError(error))
      await this.#putAside(events)
    }
  }

  async #putAside(batch: readonly SeamEvent[]): Promise<void> {
    this.#isDrained = false
    const { path, maxBytes } = this.#options.spool
    try {
      const kept = await this.#spool.append(batch)
      this.#dropped += batch.length - kept
      if (kept < batch.length && !this.#isSpoolFull) this.#lost(noRoom(path, maxBytes))
      this.#isSpoolFull = kept < batch.length
    } catch (error) {
      this.#dropped += batch.length
      this.#lost(spoolFailed(path, error))
    }
  }

  /** Sends the oldest file. */
  async #drain(): Promise<void> {
    const before = this.#spool.waiting
    try {
      const file = await this.#spool.next()
      // Somebody else may have sent what this process wrote.
      this.#stored += before - this.#spool.waiting
      if (!file) {
        this.#isDrained = true
        this.#isSpoolFull = false
        return
      }
      for (let from = 0; from < file.events.length; from += eventsPerBatch) {
        const rows = await this.#ingest.prepare(file.events.slice(from, from + eventsPerBatch))
        const { dropped, problem, additions } = await this.#ingest.write(rows)
        this.#added(additions)
        if (!file.isInherited) this.#dropped += dropped
        if (!file.isInherited) this.#stored -= dropped
        if (problem) this.#lost(problem)
      }
      const left = this.#spool.waiting
      await file.remove()
      this.#stored += left - this.#spool.waiting
      this.#isSpoolFull = false
    } catch (error) {
      this.#lose(isInseamError(error) ? error : spoolFailed(this.#options.spool.path, error))
    }
  }

  async #comeBack(): Promise<void> {
    this.#isDue = false
    try {
      await (this.#isPrepared ? this.#database.query('SELECT 1') : prepareRecord(this.#database, this.#options.migrate))
      this.#isPrepared = true
      if (this.#away) this.#options.onRecovery?.(isBack(this.#database.name, this.#spool.waiting))
      this.#away = undefined
      this.#waitMs = shortestWaitMs
      await this.#keepHouse()
    } catch (error) {
      this.#lose(asInseamError(error))
    }
  }

  /** Partitions for what comes, and none for what is too old. */
  async #keepHouse(): Promise<void> {
    this.#mustKeepHouse = false
    try {
      await keepPartitions(this.#database, this.#clock.date(), this.#options.retentionMs)
      this.#foldSoon()
    } catch (error) {
      this.#lose(asInseamError(error))
    }
  }

  #added(rows: number): void {
    this.#additions += rows
    if (this.#additions >= mostUnfolded) this.#foldSoon()
  }

  /** Beside the writing, on a connection of its own. What is not folded is read as it is. */
  #foldSoon(): void {
    this.#folding ??= this.#fold().finally(() => {
      this.#folding = undefined
    })
  }

  async #fold(): Promise<void> {
    this.#additions = 0
    try {
      while (this.#isOpen && (await foldRollUps(this.#database, this.#copy, foldedAtOnce)) === foldedAtOnce);
    } catch (error) {
      // Nothing is lost by it, and whoever is next tries again; that Postgres is away is found out by the writing.
      if (!isAway(error)) this.#tell(asInseamError(error))
    }
  }

  #everyMinute(): void {
    this.#minuteTimer = this.#clock.timer(minuteMs / 2, () => {
      this.#mustKeepHouse = true
      // A process that died may have left something by now.
      this.#isDrained = false
      void this.#spool.touch().then(() => this.#run())
      this.#everyMinute()
    })
  }

  /** Postgres cannot be written. Asked again soon, and ever less often. */
  #lose(problem: InseamError): void {
    const isNew = this.#away === undefined
    this.#away = problem
    this.#lastProblem = problem
    this.#isDrained = false
    this.#retryTimer?.cancel()
    this.#retryTimer = this.#clock.timer(this.#waitMs, () => {
      this.#isDue = true
      void this.#run()
    })
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs)
    if (isNew) this.#options.onProblem?.(waitsOnDisk(problem, this.#options.spool.path))
  }

  #settleWaiters(): void {
    const settled = this.#recorded - this.pending()
    const due = this.#waiters.filter(({ upTo }) => upTo <= settled)
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
    this.#lost(tooManyWait(this.#options.maxPending ?? 100_000, this.#database.name))
  }

  #late(): void {
    if (this.#wasLate) return
    this.#wasLate = true
    this.#lastProblem = recordedTooLate(this.#database.name)
    this.#options.onProblem?.(this.#lastProblem)
  }

  #lost(problem: InseamError): void {
    this.#unreported = problem
    this.#tell(problem)
  }

  #tell(problem: InseamError): void {
    this.#lastProblem = problem
    this.#options.onProblem?.(problem)
  }
}
