import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { EvalEnding, EvalVerdict, ScoreResult } from '../../core/eval-run.ts'
import type { JsonValue } from '../../core/json.ts'
import { wilson } from '../../core/wilson.ts'

/** One eval run in a list. */
export interface EvalRunRow {
  readonly id: string
  readonly suite: string
  readonly feature: string
  readonly model: string
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number
  readonly totalMs: number
  /** Absent while it goes on, and for ever where its process died. */
  readonly ending?: EvalEnding
  readonly verdict?: EvalVerdict
  readonly cases: number
  readonly passed: number
  readonly unclear: number
  /** Wilson 95 % of the share that passed, of those that passed or failed. */
  readonly interval: readonly [low: number, high: number]
  /** Of the cases whose cost is known. */
  readonly costNanoUsd: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly broken: number
  readonly fixed: number
}

/** One case of an eval run. */
export interface EvalCaseRow {
  readonly id: string
  readonly outcome: 'passed' | 'failed' | 'unclear'
  readonly flip?: 'broken' | 'fixed'
  readonly scores: readonly ScoreResult[]
  /** `null` where no content is kept. */
  readonly input: JsonValue
  readonly expected?: JsonValue
  readonly output?: JsonValue
  readonly error?: string
  readonly callId: string
  readonly costNanoUsd: number | null
  readonly totalMs: number
}

/** The newest eval runs first. Default: 100 at most. */
export function evalRuns(database: DatabaseSync, limit = 100): EvalRunRow[] {
  return database.prepare('SELECT * FROM eval_runs ORDER BY seq DESC LIMIT ?').all(limit).map(runOfRow)
}

/**
 * One eval run with its cases: broken, then failed, then unclear, then the rest, each as they ended. `undefined` where there is
 * none. At most `limit` cases, default 10,000.
 */
export function evalRun(
  database: DatabaseSync,
  runId: string,
  limit = 10_000,
): { readonly run: EvalRunRow; readonly cases: readonly EvalCaseRow[] } | undefined {
  const row = database.prepare('SELECT * FROM eval_runs WHERE run_id = ?').get(runId)
  if (!row) return undefined
  const cases = database.prepare(`SELECT * FROM eval_cases WHERE run_id = ? ORDER BY ${worstFirst}, seq LIMIT ?`)
  return { run: runOfRow(row), cases: cases.all(runId, limit).map(caseOfRow) }
}

const worstFirst = `CASE WHEN flip = 'broken' THEN 0 WHEN outcome = 'failed' THEN 1 WHEN outcome = 'unclear' THEN 2
  WHEN flip = 'fixed' THEN 3 ELSE 4 END`

type Row = Readonly<Record<string, SQLOutputValue>>

function runOfRow(row: Row): EvalRunRow {
  const passed = Number(row.passed)
  const judged = passed + Number(row.failed)
  return {
    id: String(row.run_id),
    suite: String(row.suite),
    feature: String(row.feature),
    model: String(row.model),
    startedAt: Number(row.started_at),
    totalMs: Number(row.total_ms),
    ...(row.ending !== null && { ending: row.ending as EvalEnding, verdict: row.verdict as EvalVerdict }),
    cases: judged + Number(row.unclear),
    passed,
    unclear: Number(row.unclear),
    interval: wilson(passed, judged),
    costNanoUsd: Number(row.cost_nano_usd ?? 0),
    p50Ms: row.p50_ms as number | null,
    p95Ms: row.p95_ms as number | null,
    broken: Number(row.broken),
    fixed: Number(row.fixed),
  }
}

function caseOfRow(row: Row): EvalCaseRow {
  const parsed = (text: SQLOutputValue | undefined): JsonValue => (typeof text === 'string' ? JSON.parse(text) : null)
  return {
    id: String(row.case_id),
    outcome: row.outcome as EvalCaseRow['outcome'],
    ...(row.flip !== null && { flip: row.flip as 'broken' | 'fixed' }),
    scores: parsed(row.scores) as unknown as readonly ScoreResult[],
    input: parsed(row.input),
    ...(row.expected !== null && { expected: parsed(row.expected) }),
    ...(row.output !== null && { output: parsed(row.output) }),
    ...(row.error_code !== null && { error: `${row.error_code}: ${row.error_message}` }),
    callId: String(row.call_id),
    costNanoUsd: row.cost_nano_usd as number | null,
    totalMs: Number(row.total_ms),
  }
}
