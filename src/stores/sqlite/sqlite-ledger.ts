import { resolve } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { CurrentAccount } from '../../core/ledger.ts'
import type { InseamError } from '../../errors/index.ts'
import type { Hold } from '../ledger/books.ts'
import { type DurableLedgerOptions, openDurableLedger } from '../ledger/durable-ledger.ts'
import type { LedgerDriver } from '../ledger/ledger-driver.ts'
import type { Batch, Outcome } from '../ledger/operation.ts'
import type { StoredLedger } from '../ledger/stored-ledger.ts'
import type { FromLedgerWriter, ToLedgerWriter } from './ledger-writer.ts'
import { startWriter } from './start-writer.ts'
import { stateFile } from './state-file.ts'
import { problemWith, writerDied } from './store-problems.ts'

/** Where the ledger is, and how it behaves. */
export interface SqliteLedgerOptions extends DurableLedgerOptions {
  /** The state file; its directory is made. */
  readonly path: string
}

/**
 * Opens the ledger in the state file, which any number of processes of this machine may share: a worker thread writes it, and what was
 * asked while it wrote makes up its next transaction. What is reserved survives `kill -9` and the loss of power.
 *
 * Throws `config-invalid` where the file cannot be made or written, holds something else, or was written by a newer version.
 *
 * @example
 * ```ts no-run
 * import { openSqliteLedger } from './sqlite-ledger.ts'
 *
 * await using ledger = await openSqliteLedger({ path: '.inseam/state.db' })
 * ```
 */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<StoredLedger> {
  const path = resolve(options.path)
  const worker = await startWriter(writerUrl, path, stateFile)
  return openDurableLedger(new SqliteDriver(worker, path, options.clock ?? systemClock), options)
}

const writerUrl = new URL('./ledger-writer.ts', import.meta.url)

type Done = Extract<FromLedgerWriter, { readonly type: 'done' }>

class SqliteDriver implements LedgerDriver {
  readonly #worker: Worker
  readonly #path: string
  readonly #clock: Clock
  /** The oldest first, as they are answered. */
  readonly #waiting: { readonly resolve: (done: Done) => void; readonly reject: (problem: InseamError) => void }[] = []
  #death: InseamError | undefined

  constructor(worker: Worker, path: string, clock: Clock) {
    this.#worker = worker
    this.#path = path
    this.#clock = clock
    worker.on('message', (message: FromLedgerWriter) => this.#hear(message))
    worker.on('error', (cause) => this.#die(cause))
    worker.on('exit', () => this.#die(undefined))
    // The process stays alive for what is under way, and for nothing else.
    worker.unref()
  }

  async apply(batch: Batch): Promise<readonly Outcome[]> {
    const { outcomes = [] } = await this.#ask({ type: 'apply', batch, now: this.#clock.date() })
    return outcomes
  }

  async presumeDead(): Promise<void> {
    await this.#ask({ type: 'presume-dead', now: this.#clock.date() })
  }

  async current(): Promise<readonly CurrentAccount[]> {
    return (await this.#ask({ type: 'current', now: this.#clock.date() })).accounts ?? []
  }

  async presumed(): Promise<readonly Hold[]> {
    const { holds = [] } = await this.#ask({ type: 'presumed' })
    return holds
  }

  async leave(owner: string): Promise<void> {
    await this.#ask({ type: 'leave', owner })
  }

  async close(): Promise<void> {
    if (!this.#death) await this.#ask({ type: 'close' })
  }

  #ask(question: ToLedgerWriter): Promise<Done> {
    return new Promise((resolve, reject) => {
      if (this.#death) return reject(this.#death)
      this.#waiting.push({ resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(JSON.stringify(question))
    })
  }

  #hear(message: FromLedgerWriter): void {
    if (message.type !== 'done' && message.type !== 'failed') return
    const asked = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#worker.unref()
    if (message.type === 'done') asked?.resolve(message)
    else asked?.reject(problemWith('store-failed', message.problem))
  }

  #die(cause: unknown): void {
    this.#death ??= writerDied(this.#path, stateFile, cause)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death)
  }
}
