import { hash } from 'node:crypto'

/** Yields the next number of a repeatable sequence, from 0 up to but not including 1. */
export type Random = () => number

/** A repeatable sequence for a seed and whatever tells this use from others: the same parts give the same sequence. */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  let state = Number.parseInt(digest(...parts).slice(0, 8), 16)
  return function mulberry32() {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A hexadecimal fingerprint of the parts. */
export function digest(...parts: readonly (string | number)[]): string {
  return hash('sha256', parts.join('\u0000'), 'hex')
}

/** One of the items. The list must not be empty. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T
}
