import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { loadConfig } from '../config.ts'
import { openPostgresEventReader, type PostgresEventReader } from '../stores/postgres/index.ts'
import { type EventReader, openEventReader, views } from '../stores/sqlite/index.ts'
import { callsTable, csvText, tableText } from '../telemetry/index.ts'

/** `inseam events`: the record of calls, listed or asked in SQL. Opened to read only, also while a gateway writes to it. */
export function eventsCommand(program: Command): void {
  const events = program.command('events').description('Look at the record of calls.')
  events
    .command('tail')
    .description('List the newest calls, the newest last.')
    .option('-f, --follow', 'go on with each call as it is recorded, until Ctrl-C')
    .option('-n, --limit <number>', 'how many', parseCount, 20)
    .option('--feature <name>', 'only calls of this feature')
    .option('--errors', 'only calls that failed')
    .option('--json', 'print one line of JSON a call')
    .option(...databaseOption)
    .action(tail)
  events
    .command('sql')
    .description('Ask in SQL, of views such as v_calls and v_runs (--schema lists them). Writing is refused.')
    .argument('[query]', 'such as "select feature, sum(cost_usd) from v_calls group by 1"')
    .option('--schema', 'print the views and what their columns mean')
    .option('-n, --limit <number>', 'rows at most', parseCount, 1000)
    .option('--json', 'print the rows as JSON')
    .option('--csv', 'print the rows as CSV')
    .option(...databaseOption)
    .action(sql)
}

/** The option that names the file of events. */
export const databaseOption = [
  '--db <file>',
  'the file of events, or the URL of its Postgres (default: INSEAM_DB, or what inseam.yaml says, or .inseam/events.db)',
] as const

/** The record, wherever it is kept: in a file it answers at once, in Postgres later. */
export type RecordReader = EventReader | PostgresEventReader

/** Reads the record that the options, the environment, or inseam.yaml in the working directory name. */
export async function readRecord(
  { db }: { readonly db?: string },
  read: (record: RecordReader) => Promise<void>,
): Promise<void> {
  const at = await recordAt({ ...(db !== undefined && { db }) })
  const record = 'url' in at ? await openPostgresEventReader(at) : openEventReader(at)
  try {
    await read(record)
  } finally {
    await record.close()
  }
}

/** Where the record is: a file, or a Postgres. */
export type RecordAt = { readonly path: string } | { readonly url: string }

/** Where the record is that the options, the environment, or inseam.yaml in the working directory name. */
export async function recordAt({ db }: { readonly db?: string }): Promise<RecordAt> {
  const at = db ?? process.env.INSEAM_DB ?? (await configuredRecord()) ?? '.inseam/events.db'
  return /^postgres(?:ql)?:/.test(at) ? { url: at } : { path: at }
}

/** What the gateway here writes to. Its variables need not be set where its record is only read, but for a URL. */
async function configuredRecord(): Promise<string | undefined> {
  let written: { readonly path?: unknown; readonly store?: unknown } | undefined
  try {
    written = parse(readFileSync('inseam.yaml', 'utf8'))?.events
  } catch {
    return undefined
  }
  if (written?.store === 'postgres') return (await loadConfig({ path: 'inseam.yaml' })).events.postgres?.url
  const path = written?.path
  return typeof path === 'string' && !path.includes('${') ? path : undefined
}

interface TailOptions {
  readonly follow?: boolean
  readonly limit: number
  readonly feature?: string
  readonly errors?: boolean
  readonly json?: boolean
  readonly db?: string
}

const tail = (options: TailOptions) => readRecord(options, (record) => printTail(record, options))

async function printTail(
  record: RecordReader,
  { follow = false, json = false, limit, feature, errors }: TailOptions,
): Promise<void> {
  const only = { ...(feature && { feature }), ...(errors && { errors }) }
  const render = json ? jsonLines : callsTable()
  let { calls, at } = await record.tail({ limit, ...only })
  print(render(calls))
  while (follow) {
    await wait(followEveryMs)
    ;({ calls, at } = await record.tail({ after: at, limit: 1_000, ...only }))
    if (calls.length > 0) print(render(calls))
  }
}

const followEveryMs = 250

interface SqlOptions {
  readonly schema?: boolean
  readonly limit: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly db?: string
}

async function sql(query: string | undefined, options: SqlOptions, command: Command): Promise<void> {
  if (options.schema) {
    print(schemaText())
    return
  }
  if (query === undefined) command.error('error: say what to ask, or --schema for what there is')
  await readRecord(options, (record) => printRows(record, query!, options))
}

async function printRows(record: RecordReader, query: string, options: SqlOptions): Promise<void> {
  const { columns, rows, isCut } = await record.query(query, [], { limit: options.limit })
  if (options.json) print(`${JSON.stringify(rows, asJson, 2)}\n`)
  else if (options.csv) print(csvText(columns, rows))
  else {
    const titles = columns.map((title) => ({ title, widest: 60 }))
    print(
      tableText(
        titles,
        rows.map((row) => columns.map((name) => String(row[name] ?? ''))),
      ),
    )
  }
  if (isCut) process.stderr.write(`Only the first ${options.limit} rows; --limit shows more.\n`)
}

function schemaText(): string {
  return views
    .map(({ name, meaning, columns }) => {
      const rows = columns.map((column) => ['', column.name, column.meaning])
      return `${name}: ${meaning}\n${tableText([{ title: '' }, { title: 'COLUMN' }, { title: 'MEANING' }], rows)}`
    })
    .join('\n')
}

function jsonLines(calls: readonly unknown[]): string {
  return calls.map((call) => `${JSON.stringify(call)}\n`).join('')
}

/** A blob has no form in JSON of its own. */
function asJson(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0) return count
  throw new InvalidArgumentError('It must be a whole number above 0.')
}

function print(text: string): void {
  process.stdout.write(text)
}
