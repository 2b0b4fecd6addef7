import { calls } from './dashboard-calls.ts'
import { features } from './dashboard-features.ts'
import { overview } from './dashboard-overview.ts'
import type { DashboardRecord } from './dashboard-record.ts'
import { evalRun, evalRuns } from './eval-reader.ts'

/** Every question that the page may ask of the record, by name. */
export const queries = {
  overview,
  features,
  calls,
  /** One call with all that it made, or `null`. */
  call: ({ reader }: DashboardRecord, callId: string) => reader.story(callId) ?? null,
  /** One run with its calls and steps, or `null`. */
  run: ({ reader }: DashboardRecord, runId: string) => reader.run(runId) ?? null,
  /** The newest eval runs first. */
  evals: ({ database }: DashboardRecord, { limit }: { readonly limit: number }) => evalRuns(database, limit),
  /** One eval run with its cases, or `null`. */
  eval: ({ database }: DashboardRecord, runId: string) => evalRun(database, runId) ?? null,
}

type Queries = typeof queries

/** The name of a question. */
export type QueryName = keyof Queries
/** What a question is asked with. */
export type Question<Name extends QueryName> = Parameters<Queries[Name]>[1]
/** What it is answered with. */
export type Answer<Name extends QueryName> = ReturnType<Queries[Name]>
