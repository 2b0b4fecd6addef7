import { Worker } from 'node:worker_threads'
import { InseamError } from '../errors/index.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'
import type {
  FoundPassage,
  FromIndexWorker,
  IndexProgress,
  IndexWorkerData,
  SearchWork,
  ToIndexWorker,
  UpdateResult,
  UpdateWork,
} from './index-messages.ts'
import { errorOf } from './index-problem.ts'

/** An open index file: all that is done with it is done by a worker thread of its own. */
export interface IndexFile {
  /** False once its worker has died: it must be opened anew. */
  readonly isAlive: boolean
  update(work: UpdateWork): Promise<UpdateResult>
  search(work: SearchWork, signal: AbortSignal): Promise<readonly FoundPassage[]>
  close(): Promise<void>
}

/** Opens an index file, or makes it. Throws `index-failed` where it cannot. */
export async function openIndexFile(path: string, onProgress: (progress: IndexProgress) => void): Promise<IndexFile> {
  const file = new WorkerIndexFile(path, onProgress)
  await file.ready
  return file
}

const workerUrl = new URL('./index-worker.ts', import.meta.url)

interface Waiting {
  settle(message: FromIndexWorker): void
  fail(error: unknown): void
}

class WorkerIndexFile implements IndexFile {
  readonly ready: Promise<unknown>
  readonly #worker: Worker
  readonly #path: string
  readonly #closing = new SharedArrayBuffer(4)
  readonly #onProgress: (progress: IndexProgress) => void
  readonly #waiting = new Map<number, Waiting>()
  readonly #exited: Promise<void>
  #jobs = 0
  #isAlive = true

  constructor(path: string, onProgress: (progress: IndexProgress) => void) {
    this.#path = path
    this.#onProgress = onProgress
    const workerData: IndexWorkerData = { path, closing: this.#closing }
    // The process's own flags may not suit a worker (`--input-type`); Node 22 warns of its SQLite, which helps nobody here.
    const execArgv = ['--disable-warning=ExperimentalWarning']
    this.#worker = new Worker(workerUrl, { workerData, execArgv, name: 'inseam-documents' })
    this.ready = this.#wait(0)
    this.#worker.on('message', (message: FromIndexWorker) => this.#hear(message))
    this.#worker.on('error', (cause) => this.#die(cause))
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#die(undefined)
        resolve()
      })
    })
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  async update(work: UpdateWork): Promise<UpdateResult> {
    const message = await this.#ask((job) => ({ type: 'update', job, work }))
    if (message.type !== 'updated') throw new TypeError(`An update was answered with "${message.type}".`)
    return message.result
  }

  async search(work: SearchWork, signal: AbortSignal): Promise<readonly FoundPassage[]> {
    const message = await this.#ask((job) => ({ type: 'search', job, work }), signal)
    if (message.type !== 'found') throw new TypeError(`A search was answered with "${message.type}".`)
    return message.passages
  }

  async close(): Promise<void> {
    if (this.#isAlive) {
      Atomics.store(new Int32Array(this.#closing), 0, 1)
      this.#worker.ref()
      this.#worker.postMessage({ type: 'close' } satisfies ToIndexWorker)
    }
    await this.#exited
  }

  #ask(message: (job: number) => ToIndexWorker, signal?: AbortSignal): Promise<FromIndexWorker> {
    if (!this.#isAlive) return Promise.reject(this.#died(undefined))
    const job = ++this.#jobs
    const answer = this.#wait(job, signal)
    this.#worker.postMessage(message(job))
    return answer
  }

  /** The process stays alive for what is asked, and for nothing else. */
  #wait(job: number, signal?: AbortSignal): Promise<FromIndexWorker> {
    return new Promise((resolve, reject) => {
      const leave = () => end(() => reject(reasonToLeave(signal)))
      const end = (settle: () => void) => {
        signal?.removeEventListener('abort', leave)
        this.#waiting.delete(job)
        if (this.#waiting.size === 0) this.#worker.unref()
        settle()
      }
      if (signal?.aborted) return reject(reasonToLeave(signal))
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.set(job, {
        settle: (message) => end(() => resolve(message)),
        fail: (error) => end(() => reject(error)),
      })
      this.#worker.ref()
    })
  }

  #hear(message: FromIndexWorker): void {
    switch (message.type) {
      case 'progress':
        this.#onProgress(message.progress)
        break
      case 'ready':
        this.#waiting.get(0)?.settle(message)
        break
      case 'unusable':
        this.#isAlive = false
        this.#waiting.get(0)?.fail(errorOf(message.problem))
        break
      case 'failed':
        this.#waiting.get(message.job)?.fail(errorOf(message.problem))
        break
      default:
        this.#waiting.get(message.job)?.settle(message)
    }
  }

  #die(cause: unknown): void {
    this.#isAlive = false
    for (const { fail } of [...this.#waiting.values()]) fail(this.#died(cause))
  }

  #died(cause: unknown): InseamError {
    const said = cause instanceof Error ? `: ${cause.message}` : ''
    return new InseamError('index-failed', `The worker of the index ${this.#path} has ended${said}.`, {
      fix: 'Ask again; what was committed is safe.',
      cause,
    })
  }
}
