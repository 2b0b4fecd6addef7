import { type CostQuestion, costCourse } from './cost-query.ts'
import { calls } from './dashboard-calls.ts'
import { features } from './dashboard-features.ts'
import { overview } from './dashboard-overview.ts'
import type { DashboardRecord } from './dashboard-record.ts'
import { keyUses } from './key-uses.ts'

/** Every question that the page may ask of the record, by name. */
export const queries = {
  overview,
  features,
  calls,
  keyUses,
  /** What was spent, for what, and when. */
  costs: ({ tables }: DashboardRecord, question: CostQuestion) => costCourse(tables, question),
  /** One call with all that it made, or `null`. */
  call: async ({ stories }: DashboardRecord, callId: string) => (await stories.story(callId)) ?? null,
  /** One run with its calls and steps, or `null`. */
  run: async ({ stories }: DashboardRecord, runId: string) => (await stories.run(runId)) ?? null,
  /** The newest eval runs first. */
  evals: async ({ evals }: DashboardRecord, { limit }: { readonly limit: number }) => evals.runs(limit),
  /** One eval run with its cases, or `null`. */
  eval: async ({ evals }: DashboardRecord, runId: string) => evals.run(runId) ?? null,
}

type Queries = typeof queries

/** The name of a question. */
export type QueryName = keyof Queries
/** What a question is asked with. */
export type Question<Name extends QueryName> = Parameters<Queries[Name]>[1]
/** What it is answered with. */
export type Answer<Name extends QueryName> = Awaited<ReturnType<Queries[Name]>>
