/** A span of time: milliseconds, or text such as `500ms`, `10s`, `2m`, `1h`. */
export type Duration = number | string

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** The span in milliseconds; undefined where it is none. */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration === 'number') return Number.isFinite(duration) && duration >= 0 ? duration : undefined
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(String(duration)) ?? []
  return amount === undefined ? undefined : Number(amount) * units[unit]!
}
