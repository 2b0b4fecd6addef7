import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { CaseResult } from '../../core/eval-run.ts'
import { isInseamError } from '../../errors/index.ts'
import { evalRun, evalRuns } from './eval-reader.ts'
import { openEvalStore } from './eval-store.ts'
import { openEventReader } from './event-reader.ts'
import { openReadOnly } from './open-read-only.ts'

const place = () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'inseam-evals-'))
  return { path: join(folder.path, 'deep', 'events.db'), [Symbol.dispose]: () => folder.remove() }
}

const begun = (runId: string) => ({ runId, suite: 'triage', feature: 'triage-ticket', model: 'fast', startedAt: 1_000 })

const result = (id: string, change: Partial<CaseResult> = {}): CaseResult => ({
  id,
  outcome: 'passed',
  scores: [{ scorer: 'exact', outcome: 'passed' }],
  callId: `call_${id}`,
  decidedBy: 'model',
  startedAt: 1_000,
  totalMs: 10,
  cost: { nanoUsd: 7, status: 'priced' },
  ...change,
})

const ended = { ending: 'finished', verdict: 'failed', totalMs: 99, skipped: 0, p50Ms: 10, p95Ms: 12 } as const

it('keeps runs and their cases: sums, flips, scores, errors and content', () => {
  using at = place()
  const store = openEvalStore(at)
  store.begin(begun('eval_1'))
  store.add('eval_1', result('a'), { input: '{"x":1}', expected: '"y"', output: '"y"' })
  const scores = [{ scorer: 'exact', outcome: 'failed', detail: 'expected "y"', value: 3 }] as const
  store.add('eval_1', result('b', { outcome: 'failed', flip: 'broken', scores }))
  const error = { code: 'overloaded', message: 'No capacity.' }
  store.add('eval_1', result('c', { outcome: 'unclear', scores: [], error, decidedBy: undefined }))
  store.end('eval_1', { ...ended, promptHash: 'abc' })
  store.begin(begun('eval_2'))
  store.close()

  using database = openReadOnly(at.path)
  const [second, first] = evalRuns(database)
  expect(second).toMatchObject({ id: 'eval_2', cases: 0, interval: [0, 1], p50Ms: null })
  expect(second).not.toHaveProperty('ending')
  expect(first).toMatchObject({
    id: 'eval_1',
    suite: 'triage',
    ending: 'finished',
    verdict: 'failed',
    cases: 3,
    passed: 1,
    unclear: 1,
    broken: 1,
    fixed: 0,
    costNanoUsd: 21,
    totalMs: 99,
    p95Ms: 12,
  })
  expect(evalRun(database, 'eval_1')?.cases).toEqual([
    { id: 'b', outcome: 'failed', flip: 'broken', scores, input: null, callId: 'call_b', costNanoUsd: 7, totalMs: 10 },
    {
      id: 'c',
      outcome: 'unclear',
      scores: [],
      error: 'overloaded: No capacity.',
      input: null,
      callId: 'call_c',
      costNanoUsd: 7,
      totalMs: 10,
    },
    {
      id: 'a',
      outcome: 'passed',
      scores: result('a').scores,
      input: { x: 1 },
      expected: 'y',
      output: 'y',
      callId: 'call_a',
      costNanoUsd: 7,
      totalMs: 10,
    },
  ])
  expect(evalRun(database, 'eval_3')).toBeUndefined()
})

it('shows a run that was cut off as such, with the sums of the cases that were written', () => {
  using at = place()
  using store = openEvalStore({ ...at, batchSize: 2 })
  store.begin(begun('eval_1'))
  for (const id of ['a', 'b', 'c']) store.add('eval_1', result(id, { startedAt: 5_000 }))
  using database = openReadOnly(at.path)
  expect(evalRuns(database)[0]).toMatchObject({ cases: 2, passed: 2, costNanoUsd: 14, totalMs: 4_010 })
  expect(evalRun(database, 'eval_1')?.cases.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(evalRuns(database)[0]).not.toHaveProperty('ending')
})

it('answers SQL in the documented views', () => {
  using at = place()
  const store = openEvalStore(at)
  store.begin(begun('eval_1'))
  store.add('eval_1', result('a', { cost: { nanoUsd: null, status: 'unpriced' } }))
  store.end('eval_1', ended)
  store.close()
  using reader = openEventReader(at)
  expect(reader.query('select suite, cases, cost_usd, cost_status from v_eval_runs').rows).toEqual([
    { suite: 'triage', cases: 1, cost_usd: null, cost_status: 'unpriced' },
  ])
  expect(reader.query('select case_id, outcome, started_at from v_eval_cases').rows).toEqual([
    { case_id: 'a', outcome: 'passed', started_at: '1970-01-01T00:00:01.000Z' },
  ])
})

it('tells once that a run cannot be kept, and leaves the run alone', () => {
  using at = place()
  const problems: string[] = []
  const store = openEvalStore({ ...at, batchSize: 1, onProblem: ({ code }) => problems.push(code) })
  store.begin(begun('eval_1'))
  // An id that is there already is a defect of ours, and stands for any row that SQLite refuses.
  store.begin(begun('eval_1'))
  store.add('eval_1', result('a'))
  store.end('eval_1', ended)
  store.close()
  expect(problems).toEqual(['store-failed'])
})

it('cannot be opened where the file holds something else', () => {
  let thrown: unknown
  try {
    openEvalStore({ path: tmpdir() })
  } catch (error) {
    thrown = error
  }
  expect(isInseamError(thrown) && thrown.code).toBe('config-invalid')
})
