import type { DatabaseSync } from 'node:sqlite'
import type { Cost } from '../../core/cost.ts'
import type { AttemptEvent } from '../../core/event.ts'
import { InseamError } from '../../errors/index.ts'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { eventFile } from './event-file.ts'
import { attemptOfRow } from './events-of-rows.ts'
import { openReadOnly } from './open-read-only.ts'
import { openToWrite } from './open-to-write.ts'

/** Which attempts to look at. */
export interface StoredCostsOptions {
  /** The file of events. */
  readonly path: string
  /** Milliseconds since the epoch; attempts from then on. */
  readonly since: number
  /** `provider/model` or a model; default every one. */
  readonly model?: string
}

/** Attempts that were priced by the token, a batch at a time, oldest first: neither counts of tokens nor what was passed through. */
export function* storedAttempts({ path, since, model }: StoredCostsOptions): Generator<AttemptEvent[], void, void> {
  const database = openReadOnly(path)
  try {
    yield* batches(database, since, model)
  } finally {
    database.close()
  }
}

function* batches(database: DatabaseSync, since: number, model: string | undefined): Generator<AttemptEvent[]> {
  const start = database.prepare('SELECT min(seq) AS seq FROM attempts WHERE started_at >= ?').get(since)?.seq
  if (typeof start !== 'number') return
  const next = database.prepare(`
SELECT attempts.* FROM attempts LEFT JOIN calls USING (call_id)
WHERE attempts.seq > :after AND attempts.started_at >= :since AND attempts.model <> ''
  AND coalesce(calls.operation, '') NOT IN ('count-tokens', 'pass-through')
  AND (:model IS NULL OR attempts.model = :model OR attempts.provider || '/' || attempts.model = :model)
ORDER BY attempts.seq LIMIT ${batchSize}`)
  for (let after = start - 1; ; ) {
    const rows = next.all({ after, since, model: model ?? null })
    if (rows.length > 0) yield rows.map(attemptOfRow)
    if (rows.length < batchSize) return
    after = Number(rows.at(-1)?.seq)
  }
}

const batchSize = 500

/** A cost that another book has another figure for. */
export interface CostCorrection {
  readonly attemptId: string
  readonly callId: string
  readonly before: Cost
  readonly after: Cost & { readonly nanoUsd: number }
}

/** Puts the costs of attempts right, with those of their calls and runs. */
export interface CostCorrector extends Disposable {
  /**
   * All of them or none, in one transaction; the old figure stays in `cost_corrections`. One whose cost is no longer `before` is left
   * alone, so that the same correction twice is one. Gives how many were made.
   */
  correct(corrections: readonly CostCorrection[], at: number): number
}

/** Opens the record to put costs right, also while a gateway writes to it. Throws `store-failed`. */
export function openCostCorrector({ path }: { readonly path: string }): CostCorrector {
  const database = openToWrite(path, eventFile)
  if ('fix' in database) throw new InseamError('store-failed', database.message, { fix: database.fix })
  const note = database.prepare(`
INSERT INTO cost_corrections (attempt_id, call_id, corrected_at, old_nano_usd, old_status, old_price_version, new_nano_usd, new_status, new_price_version)
SELECT attempt_id, call_id, :at, cost_nano_usd, cost_status, price_version, :nano, :status, :version
FROM attempts WHERE attempt_id = :id AND cost_nano_usd IS :old AND cost_status = :oldStatus`)
  const change = database.prepare(
    'UPDATE attempts SET cost_nano_usd = ?, cost_status = ?, price_version = ? WHERE attempt_id = ?',
  )
  const addTo = (table: 'calls' | 'runs', key: 'call_id' | 'run_id') =>
    database.prepare(
      `UPDATE ${table} SET cost_nano_usd = cost_nano_usd + ?, price_version = ? WHERE ${key} = ? AND cost_nano_usd IS NOT NULL`,
    )
  const addToCall = addTo('calls', 'call_id')
  const addToRun = addTo('runs', 'run_id')
  // What was unknown as a whole is known once each of its parts is.
  const completeCall = database.prepare(`
UPDATE calls SET (cost_nano_usd, cost_status, price_version) = (
  SELECT sum(cost_nano_usd), iif(max(cost_status = 'estimated'), 'estimated', 'priced'), :version FROM attempts WHERE call_id = :id)
WHERE call_id = :id AND cost_nano_usd IS NULL
  AND NOT EXISTS (SELECT 1 FROM attempts WHERE call_id = :id AND cost_nano_usd IS NULL)`)
  const completeRun = database.prepare(`
UPDATE runs SET (cost_nano_usd, cost_status, price_version) = (
  SELECT sum(cost_nano_usd), iif(max(cost_status = 'estimated'), 'estimated', 'priced'), :version FROM calls WHERE run_id = :id)
WHERE run_id = :id AND cost_nano_usd IS NULL
  AND NOT EXISTS (SELECT 1 FROM calls WHERE run_id = :id AND cost_nano_usd IS NULL)`)
  const runOf = database.prepare('SELECT run_id FROM calls WHERE call_id = ?')

  const one = ({ attemptId, callId, before, after }: CostCorrection, at: number): boolean => {
    const { nanoUsd: nano, status, priceVersion: version = '' } = after
    const noted = note.run({ at, nano, status, version, id: attemptId, old: before.nanoUsd, oldStatus: before.status })
    if (noted.changes === 0) return false
    change.run(nano, status, version, attemptId)
    const runId = runOf.get(callId)?.run_id
    if (before.nanoUsd === null) {
      completeCall.run({ version, id: callId })
      if (typeof runId === 'string') completeRun.run({ version, id: runId })
      return true
    }
    const difference = nano - before.nanoUsd
    addToCall.run(difference, version, callId)
    if (typeof runId === 'string') addToRun.run(difference, version, runId)
    return true
  }
  return {
    correct: (corrections, at) =>
      inTransaction(database, () => corrections.reduce((made, correction) => made + Number(one(correction, at)), 0)),
    [Symbol.dispose]: () => database.close(),
  }
}
