import { grains } from '../dashboard/roll-up-tables.ts'
import type { Table } from '../sqlite/event-rows.ts'
import { type Database, quoted, type Session } from './open-database.ts'

const weekMs = 7 * 86_400_000
/** The Unix epoch was a Thursday; weeks begin on Monday. */
const firstMonday = 4 * 86_400_000
/** "insp" in ASCII: one process at a time makes partitions or takes them away. */
const lock = 0x69_6e_73_70

export const partitioned: readonly Table[] = ['calls', 'attempts', 'contents', 'runs', 'steps']

/** The week that a moment lies in, as the milliseconds at which it begins. */
export function weekOf(epochMs: number): number {
  return Math.floor((epochMs - firstMonday) / weekMs) * weekMs + firstMonday
}

/** The week after. */
function nextWeek(week: number): number {
  return week + weekMs
}

/** Makes the partitions of these weeks that are not there yet. Who writes and reads meanwhile is not held up. */
export async function makePartitions(database: Database, weeks: readonly number[]): Promise<void> {
  if (weeks.length === 0) return
  const known = new Set((await partitionsOf(database)).map(({ name }) => name))
  if (weeks.every((week) => partitioned.every((table) => known.has(partitionName(table, week))))) return
  await database.transaction(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [lock])
    const there = new Set((await partitionsOf(session)).map(({ name }) => name))
    for (const week of weeks)
      for (const table of partitioned) {
        const name = partitionName(table, week)
        if (there.has(name)) continue
        // To attach a table locks less than to make it as a partition.
        await session.query(
          `CREATE TABLE ${quoted(name)} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS, CHECK (started_at >= ${week} AND started_at < ${nextWeek(week)}));
           ALTER TABLE ${table} ATTACH PARTITION ${quoted(name)} FOR VALUES FROM (${week}) TO (${nextWeek(week)})`,
        )
      }
  })
}

/** Makes the partitions of this week and the next, and takes away those older than the retention. */
export async function keepPartitions(
  database: Database,
  nowMs: number,
  retentionMs: number | undefined,
): Promise<void> {
  const week = weekOf(nowMs)
  await makePartitions(database, [week, nextWeek(week)])
  if (retentionMs !== undefined) await dropPartitions(database, nowMs - retentionMs)
}

/** Takes away the partitions that end before this moment, with what they hold. */
async function dropPartitions(database: Database, beforeMs: number): Promise<void> {
  await database.transaction(async (session) => {
    await session.query("SELECT set_config('lock_timeout', '2000', true)")
    await session.query('SELECT pg_advisory_xact_lock($1)', [lock])
    const old = (await partitionsOf(session)).filter(({ week }) => nextWeek(week) <= beforeMs).map(({ name }) => name)
    if (old.length > 0) await session.query(`DROP TABLE ${old.map(quoted).join(', ')}`)
    // What is rolled up of them goes with them.
    await session.query('DELETE FROM rollups WHERE grain = ANY($1::int2[]) AND at < $2', [
      Object.values(grains),
      weekOf(beforeMs),
    ])
  })
}

interface Partition {
  readonly name: string
  readonly week: number
}

async function partitionsOf(session: Session): Promise<readonly Partition[]> {
  const { rows } = await session.query<{ name: string }>(
    'SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = ANY ($1::regclass[])',
    [partitioned],
  )
  return rows.flatMap(({ name }) => {
    const [, date] = /_(\d{4,6}_\d\d_\d\d)$/.exec(name) ?? []
    return date ? [{ name, week: Date.parse(date.replaceAll('_', '-')) }] : []
  })
}

function partitionName(table: Table, week: number): string {
  return `${table}_${new Date(week).toISOString().slice(0, 10).replaceAll('-', '_')}`
}
