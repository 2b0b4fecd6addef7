const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const yearDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const whole = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  timeZoneName: 'short',
})

/** Local time: `14:03:22` today, `22 Nov, 14:03` on another day, `22 Nov 2027` in another year. */
export function timeText(at: number): string {
  const time = new Date(at)
  const now = new Date()
  if (time.getFullYear() !== now.getFullYear()) return yearDay.format(time)
  return time.toDateString() === now.toDateString() ? clock.format(time) : `${day.format(time)}, ${minute.format(time)}`
}

/** Local time to the millisecond, with day and zone. */
export function fullTimeText(at: number): string {
  return whole.format(at)
}

/** When a bucket begins: to the second where it is shorter than a minute. */
export function bucketTimeText(at: number, bucketMs: number, spanMs: number): string {
  return bucketMs < 60_000 ? clock.format(at) : axisTimeText(at, spanMs)
}

/** A point of a time axis: the minute within a day, the day beyond. */
export function axisTimeText(at: number, spanMs: number): string {
  if (spanMs <= 26 * 3_600_000) return minute.format(at)
  const time = new Date(at)
  return time.getHours() === 0 && time.getMinutes() === 0 ? day.format(at) : `${day.format(at)} ${minute.format(at)}`
}
