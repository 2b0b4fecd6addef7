import type { EvalCaseRow, EvalRunRow } from '../sqlite/eval-reader.ts'
import type { CallStory, RunStory } from '../sqlite/event-reader.ts'

/** A row as it is read: its cells in the order of the SELECT. */
export type Cells = readonly unknown[]

/** The tables of a record, wherever it is kept: the same columns, and SQL that each understands. */
export interface RecordTables {
  /** Rows, to be gone through once and before the next question. `?` stands for the values; no value is in the text. */
  rows(sql: string, values?: readonly (string | number)[]): Promise<Iterable<Cells>>
  /** Does all reading at one moment of the record, whatever is written meanwhile. */
  snapshot<T>(work: (tables: RecordTables) => Promise<T>): Promise<T>
  /** How far it is rolled up. */
  rolledUp(): Promise<RolledUp>
  /** The columns that a table has. */
  columnsOf(table: 'calls'): Promise<ReadonlySet<string>>
  /** What roll-ups with their subjects are read from. */
  readonly rollUps: string
  /** `LIKE` that takes large and small letters of ASCII as the same. */
  readonly like: string
}

/** How far a record is rolled up: calls behind that place are to be read one by one. */
export interface RolledUp {
  readonly upto: number
  /** Calls behind it. */
  readonly left: number
}

/** What the page's questions are asked of. */
export interface DashboardRecord {
  readonly tables: RecordTables
  readonly stories: Stories
  readonly evals: Evals
  /** Whether the question at hand has had its time. */
  isOverdue(): boolean
}

/** Tells of single calls and runs. */
export interface Stories {
  story(callId: string): CallStory | undefined | Promise<CallStory | undefined>
  run(runId: string): RunStory | undefined | Promise<RunStory | undefined>
}

/** Tells of eval runs. */
export interface Evals {
  runs(limit: number): readonly EvalRunRow[]
  run(runId: string): { readonly run: EvalRunRow; readonly cases: readonly EvalCaseRow[] } | undefined
}

/** A span of time in milliseconds since the epoch: from its beginning to before its end. */
export interface Span {
  readonly from: number
  readonly to: number
}
