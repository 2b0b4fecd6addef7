import { type CostDimension, type CostGroup, type CostReport, costReport } from '../rollup/cost-report.ts'
import type { MonthSoFar } from '../rollup/forecast.ts'
import { others } from '../rollup/subject.ts'
import { bucketsOf } from './dashboard-buckets.ts'
import type { Cells, RecordTables, Span } from './dashboard-record.ts'
import { rollUpSums } from './roll-up-call.ts'
import { readRollUps } from './roll-up-reader.ts'
import { sumColumns } from './roll-up-tables.ts'

/** What costs are asked for. Times are milliseconds since the epoch. */
export interface CostQuestion {
  readonly from: number
  readonly to: number
  readonly by: CostDimension
  /** Decides which month is forecast. */
  readonly now: number
  /** Lines at most. Default 500. */
  readonly most?: number
}

/** A report with its course: the costliest by name, all others together. */
export interface CostCourse extends CostReport {
  readonly bucketMs: number
  readonly at: readonly number[]
  readonly course: readonly { readonly name: string; readonly costNanoUsd: readonly number[] }[]
}

/** Columns of each dimension: in roll-ups and in `calls`, where they may be null. */
const columns = { feature: 'feature', key: 'key_id', tenant: 'tenant', prompt: 'prompt_hash' } as const
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Named in the course; the rest is one. */
const mostNamed = 6

/** What was spent in the whole minutes of a span, and for what: from roll-ups, and from the few calls that are not yet in them. */
export function costs(record: RecordTables, question: CostQuestion): Promise<CostReport> {
  return record.snapshot((tables) => report(tables, question))
}

/** The same, with its course for a chart. */
export function costCourse(record: RecordTables, question: CostQuestion): Promise<CostCourse> {
  return record.snapshot(async (tables) => {
    const made = await report(tables, question)
    const { from, to, by } = question
    const { bucketMs, at } = bucketsOf(from, to, to - from > 3 * hourMs ? hourMs : 60_000)
    const named =
      by === 'day'
        ? []
        : made.rows.filter(({ name, costNanoUsd }) => name !== rest && costNanoUsd > 0).slice(0, mostNamed)
    const names = named.map(({ name }) => name)
    const course = new Map<string, number[]>([...names, rest].map((name) => [name, at.map(() => 0)]))
    for (const [bucket, value, cost] of await bucketed(tables, question, bucketMs)) {
      const values = course.get(names.includes(value) ? value : rest)
      const index = Math.round((bucket - at[0]!) / bucketMs)
      if (values?.[index] !== undefined) values[index] += cost
    }
    const isNeeded = ([name, values]: readonly [string, readonly number[]]) =>
      name !== rest || values.some((cost) => cost > 0)
    return {
      ...made,
      bucketMs,
      at,
      course: [...course].filter(isNeeded).map(([name, costNanoUsd]) => ({ name, costNanoUsd })),
    }
  })
}

/** All that is not named. */
const rest = others

async function report(tables: RecordTables, { from, to, by, now, most }: CostQuestion): Promise<CostReport> {
  return costReport({
    ...{ from, to, by },
    groups: await groupsOf(tables, { from, to }, by),
    month: await monthSoFar(tables, now),
    ...(most !== undefined && { most }),
  })
}

/** The value of a dimension as reports name it: a day is read as its number. */
function nameOf(by: CostDimension, value: unknown): string {
  return by === 'day' ? new Date(Number(value) * dayMs).toISOString().slice(0, 10) : String(value)
}

function nameIn(by: CostDimension, time: string): string {
  if (by === 'day') return `${time} / ${dayMs}`
  // What no model was asked for has none; what failed before one was chosen is known by what the caller named.
  if (by === 'model')
    return `CASE WHEN coalesce(target, '') <> '' THEN target WHEN source = 'provider' THEN model ELSE '' END`
  return `coalesce(${columns[by]}, '')`
}

async function groupsOf(tables: RecordTables, span: Span, by: CostDimension): Promise<CostGroup[]> {
  const { upto } = await tables.rolledUp()
  const groups: CostGroup[] = []
  const add = ([value, feature, source, ...sums]: Cells) =>
    groups.push({ value: nameOf(by, value), feature: String(feature), source: String(source), sums: sums as number[] })
  if (upto > 0) {
    const sums = sumColumns.map((column) => `sum(${column})`).join(', ')
    const rows = await readRollUps(tables, span, {
      select: `${nameIn(by, 'at')}, feature, source, ${sums}`,
      group: 'GROUP BY 1, 2, 3',
    })
    for (const row of rows) add(row)
  }
  const sums = rollUpSums(await tables.columnsOf('calls')).map((sum) => `sum(${sum})`)
  const tail = await readCalls(tables, span, {
    select: `${nameIn(by, 'started_at')}, coalesce(feature, ''), source, ${sums.join(', ')}`,
    group: 'GROUP BY 1, 2, 3',
    upto,
  })
  for (const row of tail) add(row)
  return groups
}

async function bucketed(
  tables: RecordTables,
  { from, to, by }: CostQuestion,
  bucketMs: number,
): Promise<readonly (readonly [bucket: number, value: string, cost: number])[]> {
  const { upto } = await tables.rolledUp()
  const bucket = (time: string) => `${time} / ${Math.round(bucketMs)} * ${Math.round(bucketMs)}`
  const group = 'GROUP BY 1, 2'
  const found: [bucket: number, value: string, cost: number][] = []
  const add = ([at, value, cost]: Cells) => found.push([Number(at), nameOf(by, value), Number(cost)])
  if (upto > 0) {
    const select = `${bucket('at')}, ${nameIn(by, 'at')}, sum(cost_nano_usd)`
    for (const row of await readRollUps(tables, { from, to }, { select, group })) add(row)
  }
  const select = `${bucket('started_at')}, ${nameIn(by, 'started_at')}, sum(coalesce(cost_nano_usd, 0))`
  for (const row of await readCalls(tables, { from, to }, { select, group, upto })) add(row)
  return found
}

/** What each day of the month cost in which `now` lies. */
async function monthSoFar(tables: RecordTables, now: number): Promise<MonthSoFar> {
  const date = new Date(now)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const [startsAt, endsAt] = [Date.UTC(year, month), Date.UTC(year, month + 1)]
  const days = new Map<number, number>()
  const { upto } = await tables.rolledUp()
  const span = { from: startsAt, to: endsAt }
  const add = ([day, cost]: Cells) => {
    const at = Number(day) * dayMs
    days.set(at, (days.get(at) ?? 0) + Number(cost))
  }
  if (upto > 0) {
    const select = `at / ${dayMs}, sum(cost_nano_usd)`
    for (const row of await readRollUps(tables, span, { select, group: 'GROUP BY 1', ofAll: true })) add(row)
  }
  const select = `started_at / ${dayMs}, sum(coalesce(cost_nano_usd, 0))`
  for (const row of await readCalls(tables, span, { select, group: 'GROUP BY 1', upto })) add(row)
  return { startsAt, endsAt, now, days }
}

/** Reads calls that are not in the roll-ups, over the whole minutes of a span. */
export function readCalls(
  tables: RecordTables,
  { from, to }: Span,
  { select, group, upto }: { readonly select: string; readonly group: string; readonly upto: number },
): Promise<Iterable<Cells>> {
  const [first, end] = [Math.floor(from / 60_000) * 60_000, Math.ceil(to / 60_000) * 60_000]
  // Behind the roll-ups the place is the index that is of use; where there are none, the time.
  const where =
    upto > 0 ? 'seq > ? AND +started_at >= ? AND +started_at < ?' : '+seq > ? AND started_at >= ? AND started_at < ?'
  return tables.rows(`SELECT ${select} FROM calls WHERE ${where} ${group}`, [upto, first, end])
}
