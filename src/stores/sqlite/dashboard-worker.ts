import { parentPort, workerData } from 'node:worker_threads'
import { asInseamError, type ErrorCode, InseamError } from '../../errors/index.ts'
import { type QueryName, queries } from './dashboard-queries.ts'
import type { DashboardRecord } from './dashboard-record.ts'
import { openEventReader } from './event-reader.ts'
import { openReadOnly } from './open-read-only.ts'

/** What the worker is started with. */
export interface DashboardWorkerData {
  readonly path: string
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
function serve(port: NonNullable<typeof parentPort>, { path, limitMs }: DashboardWorkerData): void {
  let opened: Omit<DashboardRecord, 'isOverdue'> | undefined
  const answer = ({ name, question }: ToDashboardWorker): unknown => {
    opened ??= { database: openReadOnly(path), reader: openEventReader({ path }) }
    const dueAt = performance.now() + limitMs
    // A name and its question come from the same typed call, on the other side.
    const ask = queries[name] as (record: DashboardRecord, question: unknown) => unknown
    return ask({ ...opened, isOverdue: () => performance.now() > dueAt }, question)
  }
  port.on('message', (message: ToDashboardWorker) => {
    const say = (said: FromDashboardWorker) => port.postMessage(said)
    try {
      say({ id: message.id, answer: answer(message) })
    } catch (thrown) {
      const { code, message: text, fix } = asStoreFailure(thrown, path)
      say({ id: message.id, failure: { code, message: text, fix } })
    }
  })
}

function asStoreFailure(thrown: unknown, path: string): InseamError {
  const isOfSqlite = thrown instanceof Error && 'errcode' in thrown
  if (!isOfSqlite) return asInseamError(thrown)
  return new InseamError('store-failed', `The event store ${path} cannot be read: ${thrown.message}.`, {
    fix: 'Look whether the file is whole and on a disk of this machine.',
    cause: thrown,
  })
}

if (parentPort) serve(parentPort, workerData as DashboardWorkerData)
