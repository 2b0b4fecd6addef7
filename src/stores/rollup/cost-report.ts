import { type Forecast, forecastOf, type MonthSoFar } from './forecast.ts'
import { type SumName, sumNames } from './roll-up.ts'
import { others } from './subject.ts'

/** By what costs are told apart. `model` is the `provider/model` that answered, `day` a day in UTC. */
export const costDimensions = ['feature', 'key', 'tenant', 'model', 'prompt', 'day'] as const
/** One of {@link costDimensions}. */
export type CostDimension = (typeof costDimensions)[number]

/** Sums of calls that share a value of the dimension asked for, their feature, and who answered. */
export interface CostGroup {
  readonly value: string
  readonly feature: string
  readonly source: string
  /** In the order of `sumNames`. */
  readonly sums: readonly number[]
}

/** What was not spent, in nano-dollars. */
export interface Saved {
  /** What replies from the cache, and replies shared with a call under way, cost when they were made. */
  readonly repliesNanoUsd: number
  /** Replies of which nobody knows what they cost: they are not in the sum. */
  readonly repliesUnknown: number
  /** What providers' prompt caches spared, less what writing to them cost more; below 0 where it cost more. */
  readonly promptCacheNanoUsd: number
  /** An estimate: calls that rules, look-ups and classifiers answered, each at what the feature's calls by a model cost on average. */
  readonly decidedNanoUsd: number
}

/** What some calls took. */
export interface CostSums {
  readonly calls: number
  readonly inputTokens: number
  /** Of these, read from a provider's prompt cache. */
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly costNanoUsd: number
  /** Calls whose cost nobody knows: it is not in the sum. */
  readonly unpriced: number
  /** Calls whose cost is an estimate. */
  readonly estimated: number
  readonly saved: Saved
}

/** A line of the table: empty for calls without a value. */
export interface CostRow extends CostSums {
  readonly name: string
  /** Of the whole cost, between 0 and 1. */
  readonly share: number
}

/** What was spent in a span of time, and for what. */
export interface CostReport {
  readonly from: number
  readonly to: number
  readonly by: CostDimension
  /** The costliest first, days in order. What is beyond `most` is summed up as "(others)". */
  readonly rows: readonly CostRow[]
  readonly total: CostSums
  readonly month: {
    readonly from: number
    readonly to: number
    readonly spentNanoUsd: number
    /** Absent: there are too few days. */
    readonly forecast?: Forecast
  }
}

/** What a report is made from. */
export interface CostReportOptions {
  readonly from: number
  readonly to: number
  readonly by: CostDimension
  readonly groups: readonly CostGroup[]
  readonly month: MonthSoFar
  /** Lines at most. Default 500. */
  readonly most?: number
}

/** Makes a report of grouped sums. */
export function costReport({ from, to, by, groups, month, most = 500 }: CostReportOptions): CostReport {
  const averages = averageByFeature(groups)
  const total = openSums()
  const rows = new Map<string, OpenSums>()
  for (const group of groups) {
    const row = rows.get(group.value) ?? openSums()
    rows.set(group.value, row)
    for (const sums of [row, total]) addGroup(sums, group, averages)
  }
  const sorted = [...rows].sort(([left, one], [right, other]) =>
    by === 'day' ? (left < right ? -1 : 1) : other.costNanoUsd - one.costNanoUsd || other.calls - one.calls,
  )
  const rest = sorted.splice(most)
  if (rest.length > 0) sorted.push([others, rest.map(([, sums]) => sums).reduce(addOpen, openSums())])
  const forecast = forecastOf(month)
  const spent = [...month.days].filter(([day]) => day >= month.startsAt && day < month.endsAt)
  return {
    from,
    to,
    by,
    rows: merged(sorted).map(([name, sums]) => ({
      name,
      ...sums,
      share: total.costNanoUsd > 0 ? sums.costNanoUsd / total.costNanoUsd : 0,
    })),
    total,
    month: {
      from: month.startsAt,
      to: month.endsAt,
      spentNanoUsd: spent.reduce((sum, [, cost]) => sum + cost, 0),
      ...(forecast && { forecast }),
    },
  }
}

/** All that was saved. */
export function savedInAll({ repliesNanoUsd, promptCacheNanoUsd, decidedNanoUsd }: Saved): number {
  return repliesNanoUsd + promptCacheNanoUsd + decidedNanoUsd
}

type Open<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] }
type OpenSums = Open<Omit<CostSums, 'saved'>> & { saved: Open<Saved> }

const openSums = (): OpenSums => ({
  calls: 0,
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  unpriced: 0,
  estimated: 0,
  saved: { repliesNanoUsd: 0, repliesUnknown: 0, promptCacheNanoUsd: 0, decidedNanoUsd: 0 },
})

const decided = new Set(['rule', 'lookup', 'classifier'])
const inputs: readonly SumName[] = [
  ...(['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'cacheWriteOther'] as const),
  ...(['audioIn', 'imageIn'] as const),
]
const outputs: readonly SumName[] = ['outputText', 'outputReasoning', 'audioOut', 'imageOut']

/** One of a group's sums. */
function sumOf(group: Pick<CostGroup, 'sums'>, name: SumName): number {
  return group.sums[sumNames.indexOf(name)] ?? 0
}

function addGroup(to: OpenSums, group: CostGroup, averages: ReadonlyMap<string, number>): void {
  const sum = (name: SumName) => sumOf(group, name)
  const all = (names: readonly SumName[]) => names.reduce((whole, name) => whole + sum(name), 0)
  to.calls += sum('calls')
  to.inputTokens += all(inputs)
  to.cachedTokens += sum('cacheRead')
  to.outputTokens += all(outputs)
  to.costNanoUsd += sum('costNanoUsd')
  to.unpriced += sum('unpriced')
  to.estimated += sum('estimated')
  to.saved.repliesNanoUsd += sum('sparedNanoUsd')
  to.saved.repliesUnknown += sum('sparedUnknown')
  to.saved.promptCacheNanoUsd += sum('promptCacheSavedNanoUsd')
  if (decided.has(group.source))
    to.saved.decidedNanoUsd += Math.round(sum('calls') * (averages.get(group.feature) ?? 0))
}

function addOpen(to: OpenSums, other: OpenSums): OpenSums {
  for (const name of [
    'calls',
    'inputTokens',
    'cachedTokens',
    'outputTokens',
    'costNanoUsd',
    'unpriced',
    'estimated',
  ] as const)
    to[name] += other[name]
  for (const name of ['repliesNanoUsd', 'repliesUnknown', 'promptCacheNanoUsd', 'decidedNanoUsd'] as const)
    to.saved[name] += other.saved[name]
  return to
}

/** Subjects that were too many may have been summed up before: one line for both. */
function merged(rows: readonly (readonly [string, OpenSums])[]): [string, OpenSums][] {
  const byName = new Map<string, OpenSums>()
  for (const [name, sums] of rows) {
    const known = byName.get(name)
    if (known) addOpen(known, sums)
    else byName.set(name, sums)
  }
  return [...byName]
}

/** What a call of each feature cost on average where a model answered and the price is known. */
function averageByFeature(groups: readonly CostGroup[]): Map<string, number> {
  const sums = new Map<string, { calls: number; cost: number }>()
  for (const group of groups) {
    if (group.source !== 'provider') continue
    const known = sums.get(group.feature) ?? { calls: 0, cost: 0 }
    sums.set(group.feature, known)
    known.calls += sumOf(group, 'calls') - sumOf(group, 'unpriced')
    known.cost += sumOf(group, 'costNanoUsd')
  }
  return new Map([...sums].map(([feature, { calls, cost }]) => [feature, calls > 0 ? cost / calls : 0]))
}
