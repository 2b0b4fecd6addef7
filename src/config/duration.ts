const millisecondsPer: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Reads `250ms`, `1.5s`, `2m` or `1h` as milliseconds; `undefined` for anything else, a number without a unit included. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ?(ms|s|m|h)$/.exec(text.trim())
  return match ? Number(match[1]) * millisecondsPer[match[2] as string]! : undefined
}
