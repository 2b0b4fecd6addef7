import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { asInseamError, type ErrorCode, InseamError } from '../../errors/index.ts'
import { evalRun, evalRuns } from '../sqlite/eval-reader.ts'
import { openEventReader } from '../sqlite/event-reader.ts'
import { openReadOnly } from '../sqlite/open-read-only.ts'
import { recordTables } from '../sqlite/record-tables.ts'
import { type QueryName, queries } from './dashboard-queries.ts'
import type { DashboardRecord, Evals } from './dashboard-record.ts'

/**
 * Where a record is: a file, or a Postgres with the file that eval runs are kept in.
 */
export type RecordPlace = { readonly path: string } | { readonly url: string; readonly evalsPath: string }

/** What the worker is started with. */
export interface DashboardWorkerData {
  readonly at: RecordPlace
  /** How long one question may take, in milliseconds. */
  readonly limitMs: number
}

/** A question to the worker. Questions are answered in the order in which they come. */
export interface ToDashboardWorker {
  readonly id: number
  readonly name: QueryName
  readonly question: unknown
}

/** The worker's answer, or what kept it from one: plain data, as it crosses threads. */
export type FromDashboardWorker =
  | { readonly id: number; readonly answer: unknown }
  | {
      readonly id: number
      readonly failure: { readonly code: ErrorCode; readonly message: string; readonly fix: string }
    }

/** Answers the page's questions on a thread and a connection of its own. The file is opened with the first of them. */
function serve(port: NonNullable<typeof parentPort>, { at, limitMs }: DashboardWorkerData): void {
  let opened: Omit<DashboardRecord, 'isOverdue'> | undefined
  const answer = async ({ name, question }: ToDashboardWorker): Promise<unknown> => {
    opened ??= 'url' in at ? await openInPostgres(at, limitMs) : openFile(at.path)
    const dueAt = performance.now() + limitMs
    // A name and its question come from the same typed call, on the other side.
    const ask = queries[name] as (record: DashboardRecord, question: unknown) => unknown
    return await ask({ ...opened, isOverdue: () => performance.now() > dueAt }, question)
  }
  // One at a time: who asks waits for the answer.
  port.on('message', async (message: ToDashboardWorker) => {
    const say = (said: FromDashboardWorker) => port.postMessage(said)
    try {
      say({ id: message.id, answer: await answer(message) })
    } catch (thrown) {
      const { code, message: text, fix } = await asStoreFailure(thrown, at)
      say({ id: message.id, failure: { code, message: text, fix } })
    }
  })
}

function openFile(path: string): Omit<DashboardRecord, 'isOverdue'> {
  const database = openReadOnly(path)
  return { tables: recordTables(database), stories: openEventReader({ path }), evals: evalsIn(database) }
}

async function openInPostgres(
  { url, evalsPath }: { readonly url: string; readonly evalsPath: string },
  limitMs: number,
): Promise<Omit<DashboardRecord, 'isOverdue'>> {
  const { openDashboardRecord } = await import('../postgres/open-dashboard-record.ts')
  const record = await openDashboardRecord(url, limitMs)
  let evals: Evals | undefined
  const found = () => {
    if (!evals && existsSync(evalsPath)) evals = evalsIn(openReadOnly(evalsPath))
    return evals
  }
  return { ...record, evals: { runs: (limit) => found()?.runs(limit) ?? [], run: (runId) => found()?.run(runId) } }
}

const evalsIn = (database: DatabaseSync): Evals => ({
  runs: (limit) => evalRuns(database, limit),
  run: (runId) => evalRun(database, runId),
})

async function asStoreFailure(thrown: unknown, at: RecordPlace): Promise<InseamError> {
  if ('url' in at) {
    const { dashboardProblem } = await import('../postgres/open-dashboard-record.ts')
    return dashboardProblem(asInseamError(thrown))
  }
  const isOfSqlite = thrown instanceof Error && 'errcode' in thrown
  if (!isOfSqlite) return asInseamError(thrown)
  return new InseamError('store-failed', `The event store ${at.path} cannot be read: ${thrown.message}.`, {
    fix: 'Look whether the file is whole and on a disk of this machine.',
    cause: thrown,
  })
}

if (parentPort) serve(parentPort, workerData as DashboardWorkerData)
