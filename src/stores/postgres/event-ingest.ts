import { setImmediate } from 'node:timers/promises'
import type { CallEvent, SeamEvent } from '../../core/event.ts'
import type { InseamError } from '../../errors/index.ts'
import { type Table, tables } from '../sqlite/event-rows.ts'
import { notWritable } from '../sqlite/store-problems.ts'
import { type AddToRollUps, createRollUpAdder } from './add-to-roll-ups.ts'
import { type CopyLine, copyColumns, copyLines } from './copy-line.ts'
import { codeOf, databaseProblem } from './database-problems.ts'
import type { Copy } from './open-copy.ts'
import type { Client, Database } from './open-database.ts'
import { makePartitions, partitioned, weekOf } from './partitions.ts'

/** What became of events: how many could not be written, as rows that do not fit, and why. */
export interface Ingested {
  readonly dropped: number
  readonly problem?: InseamError
  /** Rows that this added to the roll-ups, to be folded. */
  readonly additions: number
}

/** Writes events, each once however often it is given. */
export interface Ingest {
  /** Makes rows of them, a few at a time: others have their turns in between. Never rejects. */
  prepare(events: readonly SeamEvent[]): Promise<Prepared>
  /** Rejects with `store-failed`, and nothing is written, where Postgres cannot be. */
  write(rows: Prepared): Promise<Ingested>
}

/**
 * Writes by `COPY`, straight into the tables, with what the calls add to the roll-ups. Only where one of the events is there already (a
 * batch was sent, and its acknowledgement was lost) by way of a table of the session, from which what is new is taken over.
 */
export function createIngest(database: Database, copy: Copy): Ingest {
  const place: Place = { database, copy, addToRollUps: createRollUpAdder(copy), weeks: new Set() }
  return {
    prepare: linesOf,
    async write({ lines, unwritable }) {
      const written = await ingest(place, lines)
      return unwritable
        ? { ...written, dropped: written.dropped + unwritable.count, problem: unwritable.problem }
        : written
    },
  }
}

/** Where events go. */
interface Place {
  readonly database: Database
  readonly copy: Copy
  readonly addToRollUps: AddToRollUps
  /** Weeks that have partitions. */
  readonly weeks: Set<number>
}

/** Rows are made of so many events at a time, well under a millisecond or two. */
const eventsAtOnce = 250

/** Events as rows. */
export interface Prepared {
  readonly lines: readonly CopyLine[]
  readonly unwritable?: { readonly count: number; readonly problem: InseamError }
}

async function linesOf(events: readonly SeamEvent[]): Promise<Prepared> {
  const lines: CopyLine[] = []
  let count = 0
  let problem: InseamError | undefined
  for (let index = 0; index < events.length; index++) {
    if (index > 0 && index % eventsAtOnce === 0) await setImmediate()
    try {
      for (const line of copyLines(events[index]!)) lines.push(line)
    } catch (cause) {
      count++
      problem = notWritable(events[index]!, cause)
    }
  }
  return problem ? { lines, unwritable: { count, problem } } : { lines }
}

/** SQLSTATEs. */
const isThereAlready = '23505'
const hasNoPartition = '23514'
/** Data that a column does not take, a constraint, a limit. */
const rowsFault = /^(?:22|23|54)/

async function ingest(place: Place, lines: readonly CopyLine[]): Promise<Ingested> {
  await haveWeeks(place, lines)
  try {
    return { dropped: 0, additions: await write(place, lines, copyStraight) }
  } catch (error) {
    const code = codeOf(error) ?? ''
    // Somebody took it away meanwhile.
    if (code === hasNoPartition) place.weeks.clear()
    else if (!rowsFault.test(code)) throw error
    return sparing(place, lines, code !== isThereAlready && code !== hasNoPartition)
  }
}

/** Writes what is new of the lines; one that does not fit must not take the others with it. */
async function sparing(place: Place, lines: readonly CopyLine[], isFaulty: boolean): Promise<Ingested> {
  if (!isFaulty || lines.length === 1) {
    try {
      await haveWeeks(place, lines)
      return { dropped: 0, additions: await write(place, lines, copyNew) }
    } catch (error) {
      if (!rowsFault.test(codeOf(error) ?? '')) throw error
      // Content is a row of its own, and no event.
      if (lines.length === 1) {
        const problem = databaseProblem(error, place.database.name)
        return { dropped: Number(lines[0]!.table !== 'contents'), problem, additions: 0 }
      }
    }
  }
  const middle = lines.length >> 1
  const first = await sparing(place, lines.slice(0, middle), false)
  const second = await sparing(place, lines.slice(middle), false)
  const problem = first.problem ?? second.problem
  return {
    dropped: first.dropped + second.dropped,
    additions: first.additions + second.additions,
    ...(problem && { problem }),
  }
}

async function haveWeeks({ database, weeks }: Place, lines: readonly CopyLine[]): Promise<void> {
  const missing = new Set<number>()
  for (const { startedAt } of lines) if (!weeks.has(weekOf(startedAt))) missing.add(weekOf(startedAt))
  if (missing.size === 0) return
  await makePartitions(database, [...missing])
  for (const week of missing) weeks.add(week)
}

/** Gives the calls that were not there. */
type WriteTable = (
  copy: Copy,
  client: Client,
  table: Table,
  lines: readonly CopyLine[],
) => Promise<readonly (CallEvent | undefined)[]>

/** All of the lines, or none. Gives how many rows were added to the roll-ups. */
async function write(
  { database, copy, addToRollUps }: Place,
  lines: readonly CopyLine[],
  writeTable: WriteTable,
): Promise<number> {
  const byTable = Map.groupBy(lines, ({ table }) => table)
  return await database.transaction(async (_session, client) => {
    try {
      let calls: readonly CallEvent[] = []
      // Always in the same order: two that write the same rows wait for each other, and never both.
      for (const table of partitioned) {
        const ofTable = byTable.get(table)
        if (!ofTable) continue
        const written = await writeTable(copy, client, table, ofTable)
        if (table === 'calls') calls = written.filter((call) => call !== undefined)
      }
      return calls.length > 0 ? await addToRollUps(client, calls) : 0
    } catch (error) {
      throw databaseProblem(error, database.name)
    }
  })
}

const copyStraight: WriteTable = async (copy, client, table, lines) => {
  await copy(client, `COPY ${table} (${copyColumns(table).join(', ')}) FROM STDIN`, lines)
  return lines.map(({ call }) => call)
}

const copyNew: WriteTable = async (copy, client, table, lines) => {
  const columns = copyColumns(table).join(', ')
  const { key } = tables[table]
  await client.query(`CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT ${columns} FROM ${table} WITH NO DATA`)
  await copy(client, `COPY pg_temp.incoming (${columns}) FROM STDIN`, lines)
  const written = await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM pg_temp.incoming ORDER BY ${key} ON CONFLICT DO NOTHING RETURNING ${key} AS id`,
  )
  await client.query('DROP TABLE pg_temp.incoming')
  const rows = Array.isArray(written) ? [] : (written.rows as readonly { readonly id: string }[])
  const isNew = new Set(rows.map(({ id }) => id))
  // The same call twice in one batch is written once.
  return lines.map(({ call }) => (call && isNew.delete(call.callId) ? call : undefined))
}
