/** A count as people read it: `1,204`. */
export function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** A count and its noun: `1 attempt`, `3 attempts`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A time as people read it: `412 ms`. */
export function milliseconds(ms: number): string {
  return ms > 0 && ms < 1 ? '<1 ms' : `${grouped(ms)} ms`
}

/** A share as people read it: `80%`, `12.5%`. */
export function percentage(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`
}
