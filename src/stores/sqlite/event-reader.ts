import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { AttemptEvent, CallContent, CallEvent, RunEvent, StepEvent } from '../../core/event.ts'
import { InseamError } from '../../errors/index.ts'
import { attemptOfRow, callOfRow, contentOfRow, runOfRow, stepOfRow } from './events-of-rows.ts'
import { openReadOnly } from './open-read-only.ts'
import { views } from './views.ts'

/** What a query gave. */
export interface QueryResult {
  readonly columns: readonly string[]
  readonly rows: readonly Readonly<Record<string, SQLOutputValue>>[]
  /** Whether there were more rows than the limit. */
  readonly isCut: boolean
}

/** Which calls to list. */
export interface TailOptions {
  /** Default 20. */
  readonly limit?: number
  readonly feature?: string
  /** Only calls that ended in an error. */
  readonly errors?: boolean
  /** The oldest after this place instead of the newest of all; see {@link Tail}. */
  readonly after?: number
}

/** Calls in the order in which they were recorded, the newest last. */
export interface Tail {
  readonly calls: readonly CallEvent[]
  /** Where to go on from: the `after` of the next look. */
  readonly at: number
}

/** One call and all that it made. */
export interface CallStory {
  readonly call: CallEvent
  readonly attempts: readonly AttemptEvent[]
  /** What was asked and answered, where it was kept. */
  readonly content?: CallContent
  /** Its corrective turns. */
  readonly children: readonly CallEvent[]
}

/** One run, with its calls and steps in order. A run that is under way, or whose process died, has no event of its own. */
export interface RunStory {
  readonly run?: RunEvent
  readonly calls: readonly CallEvent[]
  readonly steps: readonly StepEvent[]
}

/** Reads the event store and cannot write to it. */
export interface EventReader extends Disposable {
  /** Runs one query; writing ones are refused. `limit` rows at most, default 1,000. Throws `invalid-request` with SQLite's words. */
  query(sql: string, parameters?: readonly SQLInputValue[], options?: { readonly limit?: number }): QueryResult
  tail(options?: TailOptions): Tail
  /** The call and its attempts in order, or `undefined`. */
  story(callId: string): CallStory | undefined
  /** The run with its calls and steps, or `undefined`. */
  run(runId: string): RunStory | undefined
  /** Ids of calls and runs that begin so, the newest first, at most `limit` (default 10). Of an empty beginning: the newest calls'. */
  idsLike(beginning: string, limit?: number): string[]
  close(): void
}

/**
 * Opens an event store to read it, also while a gateway writes to it: readers and the writer do not wait for each other.
 * What an older version wrote is read as it is: it has no runs, no steps and no content.
 *
 * Throws `not-found` where there is no file and `config-invalid` where it is no event store.
 */
export function openEventReader({ path }: { readonly path: string }): EventReader {
  const database = openReadOnly(path)
  const hasRuns = watchFor(database, 'runs')
  return {
    query: (sql, parameters = [], { limit = 1_000 } = {}) => query(database, sql, parameters, limit),
    tail: (options = {}) => tail(database, options),
    story: (callId) => story(database, callId, hasRuns()),
    run: (runId) => (hasRuns() ? run(database, runId) : undefined),
    idsLike: (beginning, limit = 10) => idsLike(database, beginning, limit, hasRuns()),
    close: () => {
      if (database.isOpen) database.close()
    },
    [Symbol.dispose]() {
      this.close()
    },
  }
}

/** Whether the file has a table yet: the writer may bring an older one up to date while it is read. */
function watchFor(database: DatabaseSync, table: string): () => boolean {
  const looking = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")
  let isThere = false
  return () => {
    isThere ||= looking.get(table) !== undefined
    return isThere
  }
}

function story(database: DatabaseSync, callId: string, hasContents: boolean): CallStory | undefined {
  const row = database.prepare('SELECT * FROM calls WHERE call_id = ?').get(callId)
  if (!row) return undefined
  const attempts = database.prepare('SELECT * FROM attempts WHERE call_id = ? ORDER BY ordinal').all(callId)
  const children = database.prepare('SELECT * FROM calls WHERE parent_id = ? ORDER BY seq').all(callId)
  const content = hasContents ? database.prepare('SELECT * FROM contents WHERE call_id = ?').get(callId) : undefined
  return {
    call: callOfRow(row),
    attempts: attempts.map(attemptOfRow),
    ...(content && { content: contentOfRow(content) }),
    children: children.map(callOfRow),
  }
}

function run(database: DatabaseSync, runId: string): RunStory | undefined {
  const row = database.prepare('SELECT * FROM runs WHERE run_id = ?').get(runId)
  const calls = database.prepare('SELECT * FROM calls WHERE run_id = ? ORDER BY seq').all(runId)
  if (!row && calls.length === 0) return undefined
  const steps = database.prepare('SELECT * FROM steps WHERE run_id = ? ORDER BY ordinal').all(runId)
  return { ...(row && { run: runOfRow(row) }), calls: calls.map(callOfRow), steps: steps.map(stepOfRow) }
}

function idsLike(database: DatabaseSync, beginning: string, limit: number, hasRuns: boolean): string[] {
  // Ids sort by age, but the newest recorded is what people mean by the last one.
  if (beginning === '') {
    const newest = database.prepare('SELECT call_id FROM calls ORDER BY seq DESC LIMIT ?').all(limit)
    return newest.map(({ call_id }) => String(call_id))
  }
  const like = (table: string, id: string) =>
    `SELECT * FROM (SELECT DISTINCT ${id} AS id FROM ${table} WHERE ${id} >= :from AND ${id} < :to ORDER BY id DESC LIMIT :limit)`
  // A run that is under way has calls and no row of its own.
  const parts = [like('calls', 'call_id'), ...(hasRuns ? [like('runs', 'run_id'), like('calls', 'run_id')] : [])]
  const sql = `${parts.join(' UNION ')} ORDER BY id DESC LIMIT :limit`
  return database
    .prepare(sql)
    .all({ from: beginning, to: `${beginning}\u{10ffff}`, limit })
    .map(({ id }) => String(id))
}

function query(database: DatabaseSync, sql: string, parameters: readonly SQLInputValue[], limit: number): QueryResult {
  try {
    const statement = database.prepare(sql)
    const columns = statement.columns().map(({ name }) => name)
    if (columns.length === 0) throw new Error('it gives no rows, and the store is opened to read only')
    if (hasMore(sql.slice(statement.sourceSQL.length))) throw new Error('it is more than one statement')
    const rows: Record<string, SQLOutputValue>[] = []
    for (const row of statement.iterate(...parameters)) {
      if (rows.length === limit) return { columns, rows, isCut: true }
      // SQLite's own rows have no prototype, and print as such.
      rows.push({ ...row })
    }
    return { columns, rows, isCut: false }
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new InseamError('invalid-request', `The query cannot be run: ${said}.`, { fix: fixFor(said), cause })
  }
}

function fixFor(said: string): string {
  const [, missing] = /^no such table: (\w+)/.exec(said) ?? []
  return views.some(({ name }) => name === missing)
    ? `The record was written by an older version that had no ${missing}: start this one on it once, and it is brought up to date.`
    : `Use one SELECT on the views ${views.map(({ name }) => name).join(', ')}.`
}

/** Whether anything but comments and white space is left behind the first statement. */
function hasMore(rest: string): boolean {
  return rest.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\s;]/g, '') !== ''
}

function tail(database: DatabaseSync, { limit = 20, feature, errors = false, after }: TailOptions): Tail {
  const conditions: string[] = []
  const values: SQLInputValue[] = []
  if (feature !== undefined) {
    conditions.push('feature = ?')
    values.push(feature)
  }
  if (errors) conditions.push("ending = 'error'")
  if (after !== undefined) {
    conditions.push('seq > ?')
    values.push(after)
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const order = after === undefined ? 'DESC' : 'ASC'
  const newest = Number(database.prepare('SELECT max(seq) AS seq FROM calls').get()?.seq ?? 0)
  const rows = database.prepare(`SELECT * FROM calls ${where} ORDER BY seq ${order} LIMIT ?`).all(...values, limit)
  if (after === undefined) rows.reverse()
  const last = Number(rows.at(-1)?.seq ?? 0)
  const isCut = after !== undefined && rows.length === limit
  return { calls: rows.map(callOfRow), at: isCut ? last : Math.max(newest, last) }
}
