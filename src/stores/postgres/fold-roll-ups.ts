import { grains } from '../dashboard/roll-up-tables.ts'
import { type Counted, hourMs, minuteMs, type RollUp, rollUpFurther, startOf } from '../rollup/roll-up.ts'
import { everybody, keyed, mostSubjects, roomFor, type Subject } from '../rollup/subject.ts'
import type { Copy } from './open-copy.ts'
import type { Client, Database, Session } from './open-database.ts'
import { copyRollUps, type Grain, rollUpColumns, rollUpOf } from './roll-up-rows.ts'

/** "insr" in ASCII: one process at a time folds. */
const lock = 0x69_6e_73_72

/**
 * Folds what batches have added into the rows of minutes and hours, the oldest first, so many at most, in one transaction: who reads
 * meanwhile finds each call counted once. Gives how many additions that were; 0 while another process does it.
 */
export function foldRollUps(database: Database, copy: Copy, most: number): Promise<number> {
  return database.transaction(async (session, client) => {
    const { rows } = await session.query<{ is_ours: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS is_ours', [
      lock,
    ])
    if (!rows[0]?.is_ours) return 0
    const taken = await session.rows(
      `DELETE FROM rollups WHERE ctid = ANY(ARRAY(SELECT ctid FROM rollups WHERE grain = $1 ORDER BY at LIMIT $2)) RETURNING ${rollUpColumns}`,
      [grains.addition, most],
    )
    const additions = taken.map(rollUpOf)
    if (additions.length === 0) return 0
    const fold = foldInto(session, client, copy, additions)
    await fold(grains.minute, minuteMs, bounded(mostSubjects.minute))
    await fold(grains.hour, hourMs, bounded(mostSubjects.hour))
    await fold(grains.minuteOfAll, minuteMs, ofAll)
    await fold(grains.hourOfAll, hourMs, ofAll)
    return additions.length
  })
}

const ofAll: Counted = (subject) => keyed(everybody(subject))

/** Rows that are there are gone through first, and keep their subjects. */
function bounded(most: number): Counted {
  const buckets = new Map<number, Set<string>>()
  return (subject: Subject, at: number) => {
    const known = buckets.get(at) ?? new Set()
    buckets.set(at, known)
    return roomFor(keyed(subject), known, most)
  }
}

/** Takes the rows of the buckets that something is added to, and writes them anew with it. */
function foldInto(session: Session, client: Client, copy: Copy, additions: readonly RollUp[]) {
  return async (grain: Grain, lengthMs: number, counted: Counted): Promise<void> => {
    const buckets = [...new Set(additions.map(({ at }) => startOf(at, lengthMs)))]
    const there = await session.rows(
      `DELETE FROM rollups WHERE grain = $1 AND at = ANY($2::int8[]) RETURNING ${rollUpColumns}`,
      [grain, buckets],
    )
    await copyRollUps(copy, client, grain, rollUpFurther([...there.map(rollUpOf), ...additions], lengthMs, counted))
  }
}
