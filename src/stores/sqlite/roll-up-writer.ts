import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { type RollUpRow, rollUpCallOf, rollUpCells } from '../dashboard/roll-up-call.ts'
import { grains, subjectColumns, sumColumns } from '../dashboard/roll-up-tables.ts'
import { addEncoded, encodeHistogram } from '../rollup/histogram.ts'
import { hourMs, minuteMs, type RollUp, type RollUpCall, rollUp, rollUpFurther, sumNames } from '../rollup/roll-up.ts'
import { everybody, keyed, mostSubjects, roomFor, type Subject } from '../rollup/subject.ts'

/** Brings the roll-ups of a file up to its calls. */
export interface RollUpWriter {
  /** How many calls are not in the roll-ups yet. */
  left(): number
  /**
   * Adds the oldest of them, so many at most, in one transaction with the note of how far it went: each call is counted once,
   * whoever wrote it, whoever rolls it up, and wherever a process dies.
   */
  step(most: number): void
}

/** Buckets whose subjects are remembered: calls that come late are few. */
const mostBuckets = 16
/** Subjects whose number is remembered. */
const mostRemembered = 50_000

/** A writer of roll-ups on a connection. Several processes may have one on the same file. */
export function createRollUpWriter(database: DatabaseSync): RollUpWriter {
  const place = database.prepare(
    'SELECT min(upto, (SELECT coalesce(max(seq), 0) FROM calls)) AS upto FROM rollup_progress',
  )
  const newest = database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM calls')
  const move = database.prepare('UPDATE rollup_progress SET upto = ?')
  const next = database.prepare(`SELECT ${rollUpCells} FROM calls WHERE seq > ? ORDER BY seq LIMIT ?`)
  next.setReturnArrays(true)
  const rows = createRowWriter(database)
  const upto = () => Number(place.get()?.upto ?? 0)
  return {
    left: () => Number(newest.get()?.seq ?? 0) - upto(),
    step(most) {
      try {
        inTransaction(database, () => {
          const calls = next.all(upto(), most) as unknown as RollUpRow[]
          const last = calls.at(-1)
          if (!last) return
          rows.add(calls.map(rollUpCallOf))
          move.run(last[0])
        })
      } catch (error) {
        rows.forget()
        throw error
      }
    },
  }
}

/** Writes the rows of each grain. Within a transaction; `forget` where that was rolled back. */
function createRowWriter(database: DatabaseSync): { add(calls: readonly RollUpCall[]): void; forget(): void } {
  database.function('merge_histograms', { deterministic: true }, (left, right) => merged(left, right))
  const upsert = database.prepare(upsertSql)
  const numbers = createSubjectNumbers(database)
  const subjectsOf = database.prepare(
    `SELECT ${subjectColumns.join(', ')} FROM rollups JOIN rollup_subjects USING (subject) WHERE grain = ? AND at = ?`,
  )
  subjectsOf.setReturnArrays(true)
  const buckets = new Map<string, Set<string>>()

  const knownIn = (grain: number, at: number): Set<string> => {
    const bucket = `${grain} ${at}`
    const found = buckets.get(bucket)
    if (found) return found
    const known = new Set((subjectsOf.all(grain, at) as unknown as Subject[]).map((subject) => keyed(subject).key))
    if (buckets.size >= mostBuckets) buckets.delete(buckets.keys().next().value ?? '')
    buckets.set(bucket, known)
    return known
  }
  const bounded = (grain: number, most: number) => (subject: Subject, at: number) =>
    roomFor(keyed(subject), knownIn(grain, at), most)
  const counted = (subject: Subject) => keyed(everybody(subject))
  const write = (grain: number, rollUps: readonly RollUp[]): void => {
    for (const { at, subject, sums, lastAt, latency, firstToken } of rollUps)
      upsert.run(grain, at, numbers.of(subject), ...sums, lastAt, encodeHistogram(latency), encodeHistogram(firstToken))
  }
  return {
    add(calls) {
      const minutes = rollUp(calls, bounded(grains.minute, mostSubjects.minute))
      write(grains.minute, minutes)
      write(grains.hour, rollUpFurther(minutes, hourMs, bounded(grains.hour, mostSubjects.hour)))
      const ofAll = rollUpFurther(minutes, minuteMs, counted)
      write(grains.minuteOfAll, ofAll)
      write(grains.hourOfAll, rollUpFurther(ofAll, hourMs, counted))
    },
    forget() {
      numbers.forget()
      buckets.clear()
    },
  }
}

/** Subjects have numbers, so that rows are short. */
function createSubjectNumbers(database: DatabaseSync): { of(subject: Subject): number; forget(): void } {
  const find = database.prepare(
    `SELECT subject FROM rollup_subjects WHERE ${subjectColumns.map((name) => `${name} = ?`).join(' AND ')}`,
  )
  const add = database.prepare(
    `INSERT INTO rollup_subjects (${subjectColumns.join(', ')}) VALUES (${subjectColumns.map(() => '?').join(', ')})`,
  )
  const numbers = new Map<string, number>()
  return {
    of(subject) {
      const key = keyed(subject).key
      let number = numbers.get(key)
      if (number === undefined) {
        number = Number(find.get(...subject)?.subject ?? add.run(...subject).lastInsertRowid)
        if (numbers.size >= mostRemembered) numbers.clear()
        numbers.set(key, number)
      }
      return number
    },
    forget: () => numbers.clear(),
  }
}

const upsertSql = `
  INSERT INTO rollups (grain, at, subject, ${sumColumns.join(', ')}, last_at, latency, first_token)
  VALUES (?, ?, ?, ${sumNames.map(() => '?').join(', ')}, ?, ?, ?)
  ON CONFLICT DO UPDATE SET ${sumColumns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
    last_at = max(last_at, excluded.last_at),
    latency = merge_histograms(latency, excluded.latency),
    first_token = merge_histograms(first_token, excluded.first_token)`

function merged(left: unknown, right: unknown): Uint8Array {
  const [one, other] = [left as Uint8Array, right as Uint8Array]
  if (other.length === 0) return one
  if (one.length === 0) return other
  const histogram = new Map<number, number>()
  addEncoded(histogram, one)
  addEncoded(histogram, other)
  return encodeHistogram(histogram)
}
