const dayMs = 86_400_000

/** What a month is likely to come to. */
export interface Forecast {
  readonly nanoUsd: number
  /** Eight months of ten that go on as they began end between these. */
  readonly low: number
  readonly high: number
  /** How it was made, in words. */
  readonly how: string
}

/** What is known of a month so far. Times are milliseconds since the epoch, days begin in UTC. */
export interface MonthSoFar {
  readonly startsAt: number
  readonly endsAt: number
  readonly now: number
  /** What each day cost that has begun, by when it began; days without calls may be absent. */
  readonly days: ReadonlyMap<number, number>
}

/** Whole days that a forecast needs. */
const fewestDays = 3
/** Whole days from which weekdays are told apart: two of each. */
const daysForWeekdays = 14
/** Of a normal distribution, eight of ten lie within so many standard deviations. */
const spread = 1.28

/**
 * Forecasts a month from its whole days since the first that cost anything: what was spent, and for what is left the mean of those
 * days, of the same weekday where there are two of each. `undefined` where there are fewer than three.
 */
export function forecastOf({ startsAt, endsAt, now, days }: MonthSoFar): Forecast | undefined {
  const today = Math.floor(now / dayMs) * dayMs
  const first = Math.min(...[...days].filter(([, cost]) => cost > 0).map(([day]) => day))
  const whole: number[] = []
  for (let day = Math.max(first, startsAt); day < today; day += dayMs) whole.push(day)
  if (whole.length < fewestDays) return undefined
  const costOf = (day: number) => days.get(day) ?? 0
  const byWeekday = whole.length >= daysForWeekdays
  const likely = (day: number): number =>
    mean(whole.filter((other) => !byWeekday || weekday(other) === weekday(day)).map(costOf))
  const spent = [...days].reduce((sum, [day, cost]) => sum + (day >= startsAt && day < endsAt ? cost : 0), 0)
  let left = likely(today) * (1 - (now - today) / dayMs)
  let daysLeft = 1 - (now - today) / dayMs
  for (let day = today + dayMs; day < endsAt; day += dayMs) {
    left += likely(day)
    daysLeft++
  }
  const freedom = Math.max(1, whole.length - (byWeekday ? 7 : 1))
  const deviation = Math.sqrt(whole.reduce((sum, day) => sum + (costOf(day) - likely(day)) ** 2, 0) / freedom)
  // The days to come vary, and so does the mean of those that were.
  const error = spread * deviation * Math.sqrt(daysLeft + daysLeft ** 2 / whole.length)
  return {
    nanoUsd: Math.round(spent + left),
    low: Math.round(spent + Math.max(0, left - error)),
    high: Math.round(spent + left + error),
    how: `from the ${whole.length} whole days of this month${byWeekday ? ', each weekday by itself' : ''}; the range holds eight times of ten if it goes on so`,
  }
}

const weekday = (day: number): number => new Date(day).getUTCDay()

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
