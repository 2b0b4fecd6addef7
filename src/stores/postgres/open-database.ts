import { InseamError } from '../../errors/index.ts'
import { loadPeer } from '../../errors/load-peer.ts'
import { databaseProblem, failedToAsk } from './database-problems.ts'
import { parsersOver } from './parse-columns.ts'

/** Where a Postgres is, and how long to wait for it. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database?sslmode=…`. Never told in an error. */
  readonly url: string
  /** The schema that holds our tables. Default `inseam`. */
  readonly schema?: string
  /** Connections at most. Default 10. */
  readonly maxConnections?: number
  /** How long to wait for a connection, a free one of the pool too, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number
  /** How long one statement may take, in milliseconds. Default 10,000. */
  readonly statementTimeoutMs?: number
}

/** What a statement gave. */
export interface Answer<Row> {
  readonly rows: readonly Row[]
  /** How many rows it gave or changed. */
  readonly count: number
  readonly columns: readonly string[]
}

/** What can be asked: `$1`, `$2` in the text stand for the values. Rejects with `store-failed`. */
export interface Session {
  /** Without values, the text may be several statements, and the last one's answer is given; with some, even none, it is one. */
  query<Row = Readonly<Record<string, unknown>>>(text: string, values?: readonly unknown[]): Promise<Answer<Row>>
  /** Rows as arrays, in the order of the SELECT: columns need no names. */
  rows(text: string, values: readonly unknown[]): Promise<readonly (readonly unknown[])[]>
}

/** What is different about one transaction. */
export interface TransactionOptions {
  /** Writing is refused, and all is read as it was at the first question. Default false. */
  readonly isReadOnly?: boolean
  /** How long each of its statements may take, in milliseconds. Default: as the pool's. */
  readonly timeoutMs?: number
}

/** A client of `pg`, as far as it is used. */
export interface Client {
  query(question: unknown): Promise<PgResult | PgResult[]>
}

/** A pool of connections to one Postgres. Names in SQL are looked up in its schema. */
export interface Database extends Session, AsyncDisposable {
  readonly schema: string
  /** `host:port/database`, to be told. */
  readonly name: string
  /**
   * Commits what the work did, or nothing of it where it rejects. Rejects with what the work rejected with, or with `store-failed`;
   * where the connection is lost while it commits, nobody knows whether it did.
   */
  transaction<Result>(
    /** The client is for what is more than statements: `COPY`. What it throws is as `pg` throws it. */
    work: (session: Session, client: Client) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>
  close(): Promise<void>
}

interface PgResult {
  readonly rows: readonly unknown[]
  readonly rowCount: number | null
  readonly fields: readonly { readonly name: string }[]
}

interface PoolClient extends Client {
  on(event: 'error', listener: (error: Error) => void): unknown
  release(broken?: boolean): void
}

/**
 * A pool of connections, made as they are needed: a Postgres that is away is found out by the first question. Throws
 * `config-invalid` for a URL that is none, and `package-missing` where `pg` is not installed.
 *
 * Columns of `int8` and `numeric` come as numbers, exactly: one that a number cannot hold is refused, never rounded. `json` comes as
 * text, `jsonb` as its value.
 *
 * @example
 * ```ts no-run
 * import { openDatabase } from './open-database.ts'
 *
 * await using database = await openDatabase({ url: 'postgres://inseam@127.0.0.1:5432/inseam' })
 * const { rows } = await database.query<{ calls: number }>('SELECT count(*) AS calls FROM calls WHERE feature = $1', ['triage'])
 * ```
 */
export async function openDatabase(options: PostgresOptions): Promise<Database> {
  const { url, schema = 'inseam', maxConnections = 10, connectTimeoutMs = 5_000, statementTimeoutMs = 10_000 } = options
  const name = nameOf(url)
  const { default: pg } = await loadPeer('pg', 'A store in Postgres', () => import('pg'))
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    keepAlive: true,
    types: parsersOver(pg.types),
    // Poolers refuse what is not said as a statement.
    onConnect: async (client) => {
      // A connection that breaks says so to what uses it.
      client.on('error', () => {})
      await client.query(
        "SELECT set_config('search_path', $1, false), set_config('statement_timeout', $2, false), set_config('application_name', 'inseam', false)",
        [quoted(schema), String(statementTimeoutMs)],
      )
    },
  })
  pool.on('error', () => {})
  const connect = async () => (await pool.connect()) as unknown as PoolClient
  return new PostgresDatabase(connect, () => pool.end(), { name, schema, statementTimeoutMs })
}

/** How much longer the client waits than the server: only a server that is silent is found out by it. */
const graceMs = 2_000

interface Facts {
  readonly name: string
  readonly schema: string
  readonly statementTimeoutMs: number
}

class PostgresDatabase implements Database {
  readonly schema: string
  readonly name: string
  readonly #statementTimeoutMs: number
  readonly #connect: () => Promise<PoolClient>
  readonly #end: () => Promise<void>
  #closing: Promise<void> | undefined

  constructor(connect: () => Promise<PoolClient>, end: () => Promise<void>, facts: Facts) {
    this.schema = facts.schema
    this.name = facts.name
    this.#statementTimeoutMs = facts.statementTimeoutMs
    this.#connect = connect
    this.#end = end
  }

  query<Row>(text: string, values?: readonly unknown[]): Promise<Answer<Row>> {
    return this.#lend((client) => this.#told(ask<Row>(client, text, values, this.#statementTimeoutMs)))
  }

  rows(text: string, values: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    return this.#lend((client) => this.#told(askRows(client, text, values, this.#statementTimeoutMs)))
  }

  transaction<Result>(
    work: (session: Session, client: Client) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const { isReadOnly = false, timeoutMs } = options
    const waitMs = timeoutMs ?? this.#statementTimeoutMs
    return this.#lend(async (client) => {
      const session: Session = {
        query: (text, values) => this.#told(ask(client, text, values, waitMs)),
        rows: (text, values) => this.#told(askRows(client, text, values, waitMs)),
      }
      await session.query(isReadOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN')
      try {
        if (timeoutMs !== undefined)
          await session.query("SELECT set_config('statement_timeout', $1, true)", [String(timeoutMs)])
        const result = await work(session, client)
        await session.query('COMMIT')
        return result
      } catch (error) {
        // Where it cannot be asked any more, the connection is given up, and the server rolls back.
        if (failedToAsk(error)) throw new BrokenConnection(error)
        await ask(client, 'ROLLBACK', undefined, graceMs).catch(() => {
          throw new BrokenConnection(error)
        })
        throw error
      }
    })
  }

  async #lend<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.#told(this.#connect())
    let isBroken = false
    try {
      return await work(client)
    } catch (error) {
      isBroken = error instanceof BrokenConnection || failedToAsk(error)
      throw error instanceof BrokenConnection ? error.first : error
    } finally {
      client.release(isBroken)
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #told<Result>(asked: Promise<Result>): Promise<Result> {
    try {
      return await asked
    } catch (error) {
      throw databaseProblem(error, this.name)
    }
  }
}

/** A connection in the midst of a transaction, not to be used again. */
class BrokenConnection {
  readonly first: unknown

  constructor(first: unknown) {
    this.first = first
  }
}

async function ask<Row>(
  client: Client,
  text: string,
  values: readonly unknown[] | undefined,
  timeoutMs: number,
): Promise<Answer<Row>> {
  // Only the extended protocol holds a text to one statement.
  const queryMode = values && 'extended'
  const given = await client.query({ text, values, queryMode, query_timeout: timeoutMs + graceMs })
  const result = Array.isArray(given) ? given.at(-1)! : given
  return {
    rows: result.rows as readonly Row[],
    count: result.rowCount ?? 0,
    columns: result.fields.map((field) => field.name),
  }
}

async function askRows(
  client: Client,
  text: string,
  values: readonly unknown[],
  timeoutMs: number,
): Promise<readonly (readonly unknown[])[]> {
  const question = { text, values, rowMode: 'array', queryMode: 'extended', query_timeout: timeoutMs + graceMs }
  const given = await client.query(question)
  return (given as PgResult).rows as readonly (readonly unknown[])[]
}

/** An identifier as SQL takes it. */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

/** Where a URL leads, without who asks. Throws `config-invalid`, which tells nothing of it. */
function nameOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol))
    throw new InseamError('config-invalid', 'The URL of the Postgres is none that can be read.', {
      fix: 'Write it as postgres://user:password@host:5432/database, with special characters of the password percent-encoded.',
    })
  const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
  return `${host}:${parsed.port || '5432'}${parsed.pathname}`
}
