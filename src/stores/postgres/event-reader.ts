import { InseamError, isInseamError } from '../../errors/index.ts'
import type { CallStory, QueryResult, RunStory, Tail, TailOptions } from '../sqlite/event-reader.ts'
import { attemptOfRow, callOfRow, contentOfRow, type Row, runOfRow, stepOfRow } from '../sqlite/events-of-rows.ts'
import { codeOf, isAway } from './database-problems.ts'
import { type Database, openDatabase, type PostgresOptions } from './open-database.ts'
import { recordViews } from './prepare-record.ts'

/** Reads the record in Postgres and cannot write to it. As the reader of a file, but that it answers later. */
export interface PostgresEventReader extends AsyncDisposable {
  /**
   * Runs one query in a transaction that only reads; `limit` rows at most, default 1,000. Rejects with `invalid-request` and Postgres's words,
   * also where it takes longer than 30 seconds.
   */
  query(sql: string, parameters?: readonly unknown[], options?: { readonly limit?: number }): Promise<QueryResult>
  tail(options?: TailOptions): Promise<Tail>
  story(callId: string): Promise<CallStory | undefined>
  run(runId: string): Promise<RunStory | undefined>
  idsLike(beginning: string, limit?: number): Promise<string[]>
  close(): Promise<void>
}

const queryTimeoutMs = 30_000
/** SQLSTATEs: it took too long; it would write. */
const isRefused = new Set(['57014', '25006'])

/** Opens the record in Postgres to read it. Rejects with `not-found` where there is none, with `config-invalid` and with `store-failed`. */
export async function openPostgresEventReader(
  options: Pick<PostgresOptions, 'url' | 'schema'>,
): Promise<PostgresEventReader> {
  const database = await openDatabase({ ...options, maxConnections: 2 })
  try {
    const { rows } = await database.query<{ calls: string | null }>("SELECT to_regclass('v_calls')::text AS calls")
    if (rows[0]?.calls == null) throw noRecord(database.name)
  } catch (error) {
    await database.close()
    throw error
  }
  return {
    query: (sql, parameters = [], { limit = 1_000 } = {}) => query(database, sql, parameters, limit),
    tail: (wanted = {}) => tail(database, wanted),
    story: (callId) => story(database, callId),
    run: (runId) => run(database, runId),
    idsLike: (beginning, limit = 10) => idsLike(database, beginning, limit),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
  }
}

async function story(database: Database, callId: string): Promise<CallStory | undefined> {
  const all = (sql: string) => database.query<Row>(sql, [callId])
  const { rows } = await all('SELECT * FROM calls WHERE call_id = $1')
  if (!rows[0]) return undefined
  const [attempts, children, contents] = await Promise.all([
    all('SELECT * FROM attempts WHERE call_id = $1 ORDER BY ordinal'),
    all('SELECT * FROM calls WHERE parent_id = $1 ORDER BY seq'),
    all('SELECT * FROM contents WHERE call_id = $1'),
  ])
  return {
    call: callOfRow(rows[0]),
    attempts: attempts.rows.map(attemptOfRow),
    ...(contents.rows[0] && { content: contentOfRow(contents.rows[0]) }),
    children: children.rows.map(callOfRow),
  }
}

async function run(database: Database, runId: string): Promise<RunStory | undefined> {
  const all = (sql: string) => database.query<Row>(sql, [runId])
  const [runs, calls, steps] = await Promise.all([
    all('SELECT * FROM runs WHERE run_id = $1'),
    all('SELECT * FROM calls WHERE run_id = $1 ORDER BY seq'),
    all('SELECT * FROM steps WHERE run_id = $1 ORDER BY ordinal'),
  ])
  const [row] = runs.rows
  if (!row && calls.rows.length === 0) return undefined
  return { ...(row && { run: runOfRow(row) }), calls: calls.rows.map(callOfRow), steps: steps.rows.map(stepOfRow) }
}

async function idsLike(database: Database, beginning: string, limit: number): Promise<string[]> {
  // Ids sort by age, but the newest recorded is what people mean by the last one.
  const like = (table: string, id: string) =>
    `(SELECT DISTINCT ${id} AS id FROM ${table} WHERE starts_with(${id}, $1) ORDER BY id DESC LIMIT $2)`
  const sql =
    beginning === ''
      ? 'SELECT call_id AS id FROM calls WHERE starts_with(call_id, $1) ORDER BY seq DESC LIMIT $2'
      : `${like('calls', 'call_id')} UNION ${like('runs', 'run_id')} UNION ${like('calls', 'run_id')} ORDER BY id DESC LIMIT $2`
  const { rows } = await database.query<{ id: string }>(sql, [beginning, limit])
  return rows.map(({ id }) => id)
}

async function query(
  database: Database,
  sql: string,
  parameters: readonly unknown[],
  limit: number,
): Promise<QueryResult> {
  try {
    return await database.transaction(
      async (session) => {
        // As a prepared statement it can be one only. The cursor leaves what is beyond the limit where it is.
        await session.query(`DECLARE asked NO SCROLL CURSOR FOR ${sql.replace(/[\s;]+$/, '')}\n`, [...parameters])
        const { columns, rows } = await session.query(`FETCH FORWARD ${limit + 1} FROM asked`)
        return { columns, rows: rows.slice(0, limit) as QueryResult['rows'], isCut: rows.length > limit }
      },
      { isReadOnly: true, timeoutMs: queryTimeoutMs },
    )
  } catch (cause) {
    if (!isInseamError(cause) || (isAway(cause) && !isRefused.has(codeOf(cause) ?? ''))) throw cause
    throw new InseamError('invalid-request', `The query cannot be run: ${cause.message}`, {
      fix: `Use one SELECT on the views ${recordViews.map(({ name }) => name).join(', ')}.`,
      cause,
    })
  }
}

/** So many places are looked at to say up to which one all is there. */
const placesAtOnce = 10_000

async function tail(database: Database, { limit = 20, feature, errors = false, after }: TailOptions): Promise<Tail> {
  if (after === undefined) {
    const { rows } = await database.query<Row>(
      "SELECT * FROM calls WHERE ($1::text IS NULL OR feature = $1) AND (NOT $2 OR ending = 'error') ORDER BY seq DESC LIMIT $3",
      [feature ?? null, errors, limit],
    )
    const { rows: newest } = await database.query<{ seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM calls')
    return { calls: rows.map(callOfRow).reverse(), at: newest[0]!.seq }
  }
  const settled = await settledAfter(database, after)
  const { rows } = await database.query<Row>(
    "SELECT * FROM calls WHERE seq > $4 AND seq <= $5 AND ($1::text IS NULL OR feature = $1) AND (NOT $2 OR ending = 'error') ORDER BY seq LIMIT $3",
    [feature ?? null, errors, limit, after, settled],
  )
  const isCut = rows.length === limit
  return { calls: rows.map(callOfRow), at: isCut ? Number(rows.at(-1)?.seq) : settled }
}

/**
 * Up to which place all is there that will ever be. Places are given out before they are committed: where one is missing, its
 * transaction may be under way, until it can be no longer.
 */
async function settledAfter(database: Database, after: number): Promise<number> {
  const { rows } = await database.query<{ seq: number; is_old: boolean }>(
    "SELECT seq, stored_at < now() - interval '30 seconds' AS is_old FROM calls WHERE seq > $1 ORDER BY seq LIMIT $2",
    [after, placesAtOnce],
  )
  let settled = after
  for (const { seq, is_old } of rows) {
    if (seq !== settled + 1 && !is_old) break
    settled = seq
  }
  return settled
}

function noRecord(name: string): InseamError {
  return new InseamError('not-found', `There is no record in Postgres at ${name}.`, {
    fix: 'Start Inseam with `events: { store: postgres }` first, or name the database that it writes to.',
  })
}
