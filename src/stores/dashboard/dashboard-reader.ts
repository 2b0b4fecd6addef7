import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Clock, systemClock, type Timer } from '../../core/clock.ts'
import { milliseconds } from '../../core/figures.ts'
import { InseamError } from '../../errors/index.ts'
import type { Answer, QueryName, Question } from './dashboard-queries.ts'
import type { DashboardWorkerData, FromDashboardWorker, RecordPlace, ToDashboardWorker } from './dashboard-worker.ts'

/** Where the page's questions are answered from, and how long one may take. */
export interface DashboardReaderOptions {
  /** Where the record is. A file need not be there yet. */
  readonly at: RecordPlace
  /** How long one question may take, in milliseconds. Default 10,000. */
  readonly limitMs?: number
  /** Questions that may wait; beyond them new ones are refused. Default 32. */
  readonly maxWaiting?: number
  readonly clock?: Clock
}

/** Answers the page's questions about the record, away from the event loop that serves calls. */
export interface DashboardReader extends AsyncDisposable {
  /**
   * Throws `not-found` where there is no file, `timed-out` where the answer takes too long, `busy` where too many wait, and
   * `store-failed` where the file cannot be read.
   */
  ask<Name extends QueryName>(name: Name, question: Question<Name>): Promise<Answer<Name>>
  /** Ends the worker. What is asked and not answered is refused. */
  close(): Promise<void>
}

/** Makes a reader. Its worker thread starts with the first question, and again where one was given up. */
export function createDashboardReader(options: DashboardReaderOptions): DashboardReader {
  return new WorkerDashboardReader(options)
}

interface Waiting {
  readonly name: QueryName
  readonly question: unknown
  /** The same question asked twice is answered once. */
  readonly key: string
  readonly promise: Promise<unknown>
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: InseamError) => void
}

/** Memory of the worker: more is a defect, and must not take the gateway with it. */
const workerMegabytes = 1_024
/** A scan looks at its time by itself; only one that a database does not come back from is ended from here, a little later. */
const graceMs = 1_000

class WorkerDashboardReader implements DashboardReader {
  readonly #at: RecordPlace
  readonly #limitMs: number
  readonly #maxWaiting: number
  readonly #clock: Clock
  #worker: Worker | undefined
  #waiting: Waiting[] = []
  #asked: Waiting | undefined
  #timer: Timer | undefined
  #id = 0
  #isClosed = false

  constructor({ at, limitMs = 10_000, maxWaiting = 32, clock = systemClock }: DashboardReaderOptions) {
    this.#at = 'path' in at ? { path: resolve(at.path) } : at
    this.#limitMs = limitMs
    this.#maxWaiting = maxWaiting
    this.#clock = clock
  }

  ask<Name extends QueryName>(name: Name, question: Question<Name>): Promise<Answer<Name>> {
    return this.#ask(name, question) as Promise<Answer<Name>>
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const left = [...(this.#asked ? [this.#asked] : []), ...this.#waiting]
    this.#waiting = []
    const worker = this.#giveUp()
    for (const { reject } of left) reject(closed())
    await worker?.terminate()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #ask(name: QueryName, question: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(closed())
    const key = `${name} ${JSON.stringify(question)}`
    const same = this.#waiting.find((other) => other.key === key)
    if (same) return same.promise
    if (this.#waiting.length >= this.#maxWaiting) return Promise.reject(tooMany(this.#maxWaiting))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.push({ name, question, key, promise, resolve, reject })
    this.#next()
    return promise
  }

  /** One at a time: the worker can do no more, and so each has its whole time. */
  #next(): void {
    if (this.#asked || this.#isClosed) return
    const next = this.#waiting.shift()
    if (!next) return
    this.#asked = next
    this.#worker ??= this.#start()
    this.#timer = this.#clock.timer(this.#limitMs + graceMs, () => this.#fail(tooLong(next.name, this.#limitMs)))
    const message: ToDashboardWorker = { id: ++this.#id, name: next.name, question: next.question }
    this.#worker.postMessage(message)
  }

  #start(): Worker {
    const workerData: DashboardWorkerData = { at: this.#at, limitMs: this.#limitMs }
    const worker = new Worker(workerUrl, {
      workerData,
      // The process's own flags may not suit a worker; Node 22 warns of its SQLite, which helps nobody here.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      name: 'inseam-dashboard',
      resourceLimits: { maxOldGenerationSizeMb: workerMegabytes },
    })
    const died = (cause?: unknown) => {
      if (worker === this.#worker) this.#fail(workerDied(cause))
    }
    worker.on('message', (message: FromDashboardWorker) => this.#hear(message))
    worker.on('error', died)
    worker.on('exit', () => died())
    worker.unref()
    return worker
  }

  #hear(message: FromDashboardWorker): void {
    // What was given up may still answer.
    if (message.id !== this.#id || !this.#asked) return
    const { resolve, reject } = this.#asked
    this.#settle()
    if ('answer' in message) resolve(message.answer)
    else reject(new InseamError(message.failure.code, message.failure.message, { fix: message.failure.fix }))
    this.#next()
  }

  /** The worker is of no more use; the next question gets another one. */
  #fail(error: InseamError): void {
    const asked = this.#asked
    void this.#giveUp()?.terminate()
    asked?.reject(error)
    this.#next()
  }

  #giveUp(): Worker | undefined {
    const worker = this.#worker
    this.#worker = undefined
    this.#settle()
    return worker
  }

  #settle(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#asked = undefined
  }
}

const workerUrl = new URL('./dashboard-worker.ts', import.meta.url)

function closed(): InseamError {
  return new InseamError('shutting-down', 'The reader of the record is closed.', { fix: 'Start Inseam again.' })
}

function tooMany(maxWaiting: number): InseamError {
  return new InseamError('busy', `${maxWaiting} questions wait for the record already.`, {
    fix: 'Ask again in a moment, and close pages that nobody looks at.',
  })
}

function tooLong(name: QueryName, limitMs: number): InseamError {
  return new InseamError('timed-out', `The record did not answer "${name}" within ${milliseconds(limitMs)}.`, {
    fix: 'Ask for less: a shorter span of time, or more filters.',
  })
}

function workerDied(cause: unknown): InseamError {
  const said = cause instanceof Error ? `: ${cause.message}` : ''
  return new InseamError('store-failed', `The reader of the record died${said}.`, {
    fix: 'Ask again, for less: it is started anew.',
    cause,
  })
}
