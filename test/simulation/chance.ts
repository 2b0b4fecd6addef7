/** Draws from one seed: the same seed draws the same, in the same order. */
export interface Chance {
  /** From 0 up to but not including 1. */
  readonly random: () => number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True with this probability. */
  happens(probability: number): boolean
  pick<T>(items: readonly T[]): T
}

/** A sequence for a seed (mulberry32, by Tommy Ettinger; public domain). */
export function createChance(seed: number): Chance {
  let state = (seed * 0x9e3779b1) | 0
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    random,
    between: (low, high) => low + Math.floor(random() * (high - low + 1)),
    happens: (probability) => random() < probability,
    pick: (items) => items[Math.floor(random() * items.length)] as (typeof items)[number],
  }
}
