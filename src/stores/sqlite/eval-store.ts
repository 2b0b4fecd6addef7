import { resolve } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { addCost, noCost } from '../../core/cost.ts'
import type { CaseContent, CaseResult, EvalRecord, EvalRunBegun, EvalRunEnded } from '../../core/eval-run.ts'
import type { InseamError } from '../../errors/index.ts'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { eventFile } from './event-file.ts'
import { openToWrite, problemOf } from './open-to-write.ts'
import { problemWith } from './store-problems.ts'

/** Where eval runs are kept. */
export interface EvalStoreOptions {
  /** The file of events; it and its directory are made where they are not there. */
  readonly path: string
  /** Cases that are written together, in one transaction. Default 200. What waits is lost where the process is killed. */
  readonly batchSize?: number
  /** Hears, once, that a run cannot be kept; the run itself goes on. Must not throw. */
  readonly onProblem?: (problem: InseamError) => void
}

/** Keeps eval runs beside the events of their calls. */
export interface EvalStore extends EvalRecord, Disposable {
  /** Writes what waits and closes the file. */
  close(): void
}

/**
 * Opens the file of events to keep eval runs in it; a gateway may write its events to it at the same time. A run is on the
 * record from its beginning on, with the sums of the cases that were written so far: one that was cut off has no ending.
 * Throws `config-invalid` where the file cannot be made or written, holds something else, or was written by a newer version.
 */
export function openEvalStore({ path, batchSize = 200, onProblem = () => undefined }: EvalStoreOptions): EvalStore {
  const file = resolve(path)
  const database = openToWrite(file, eventFile)
  if (!(database instanceof DatabaseSync)) throw problemWith('config-invalid', database)
  return new SqliteEvalStore(database, file, batchSize, onProblem)
}

/** The sums of a run under way, and its cases that wait to be written. */
interface Open {
  readonly begun: EvalRunBegun
  readonly counts: { passed: number; failed: number; unclear: number }
  readonly flips: { broken: number; fixed: number }
  cost: CaseResult['cost']
  lastAt: number
  waiting: { readonly result: CaseResult; readonly content?: CaseContent }[]
}

class SqliteEvalStore implements EvalStore {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #batchSize: number
  readonly #onProblem: (problem: InseamError) => void
  readonly #insertCase: StatementSync
  readonly #sum: StatementSync
  readonly #runs = new Map<string, Open>()
  #isBroken = false

  constructor(database: DatabaseSync, path: string, batchSize: number, onProblem: (problem: InseamError) => void) {
    this.#database = database
    this.#path = path
    this.#batchSize = batchSize
    this.#onProblem = onProblem
    this.#insertCase = database.prepare(insertCase)
    this.#sum = database.prepare(sumUp)
  }

  begin(begun: EvalRunBegun): void {
    this.#runs.set(begun.runId, {
      begun,
      counts: { passed: 0, failed: 0, unclear: 0 },
      flips: { broken: 0, fixed: 0 },
      cost: noCost,
      lastAt: begun.startedAt,
      waiting: [],
    })
    const { runId, suite, feature, model, startedAt } = begun
    this.#write(() => this.#database.prepare(insertRun).run(runId, suite, feature, model, startedAt))
  }

  add(runId: string, result: CaseResult, content?: CaseContent): void {
    const run = this.#runs.get(runId)
    if (!run) return
    run.counts[result.outcome]++
    if (result.flip) run.flips[result.flip]++
    run.cost = addCost(run.cost, result.cost)
    run.lastAt = Math.max(run.lastAt, result.startedAt + result.totalMs)
    run.waiting.push({ result, content })
    if (run.waiting.length >= this.#batchSize) this.#writeCases(run)
  }

  end(runId: string, { ending, verdict, totalMs, skipped, promptHash, p50Ms, p95Ms }: EvalRunEnded): void {
    const run = this.#runs.get(runId)
    if (!run) return
    this.#writeCases(run)
    this.#write(() =>
      this.#database
        .prepare(endRun)
        .run(ending, verdict, totalMs, skipped ?? null, promptHash ?? null, p50Ms, p95Ms, runId),
    )
    this.#runs.delete(runId)
  }

  close(): void {
    if (!this.#database.isOpen) return
    for (const run of this.#runs.values()) this.#writeCases(run)
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #writeCases(run: Open): void {
    const cases = run.waiting
    run.waiting = []
    const { begun, counts, flips, cost, lastAt } = run
    this.#write(() => {
      for (const { result, content } of cases) this.#insertCase.run(...caseCells(begun.runId, result, content))
      const { passed, failed, unclear } = counts
      const { nanoUsd, status } = cost
      const totalMs = lastAt - begun.startedAt
      this.#sum.run(passed, failed, unclear, flips.broken, flips.fixed, nanoUsd, status, totalMs, begun.runId)
    })
  }

  /** The first failure is told, and nothing is tried after it: half a run would look like a whole one. */
  #write(work: () => void): void {
    if (this.#isBroken) return
    try {
      inTransaction(this.#database, work)
    } catch (cause) {
      this.#isBroken = true
      this.#onProblem(problemWith('store-failed', problemOf(cause, this.#path, eventFile)))
    }
  }
}

const insertRun = `INSERT INTO eval_runs
  (run_id, suite, feature, model, started_at, total_ms, passed, failed, unclear, broken, fixed, cost_nano_usd, cost_status)
  VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 'priced')`

const insertCase = `INSERT INTO eval_cases
  (run_id, case_id, outcome, flip, scores, error_code, error_message, call_id, decided_by, started_at, total_ms,
   cost_nano_usd, cost_status, input, expected, output)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const sumUp = `UPDATE eval_runs SET passed = ?, failed = ?, unclear = ?, broken = ?, fixed = ?,
  cost_nano_usd = ?, cost_status = ?, total_ms = ? WHERE run_id = ?`

const endRun = `UPDATE eval_runs SET ending = ?, verdict = ?, total_ms = ?, skipped = ?, prompt_hash = ?,
  p50_ms = ?, p95_ms = ? WHERE run_id = ?`

function caseCells(runId: string, result: CaseResult, content: CaseContent | undefined) {
  const { id, outcome, flip, scores, error, callId, decidedBy, startedAt, totalMs, cost } = result
  return [
    runId,
    id,
    outcome,
    flip ?? null,
    JSON.stringify(scores),
    error?.code ?? null,
    error?.message ?? null,
    callId,
    decidedBy ?? null,
    startedAt,
    totalMs,
    cost.nanoUsd,
    cost.status,
    content?.input ?? null,
    content?.expected ?? null,
    content?.output ?? null,
  ]
}
