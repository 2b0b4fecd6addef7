/** The values that each factor may have. */
export type Factors = Readonly<Record<string, readonly unknown[]>>

/** One value of each factor. */
export type Row<F extends Factors> = { readonly [K in keyof F]: F[K][number] }

/**
 * Rows in which every value of each factor meets every value of every other one, in few rows: far fewer than all combinations,
 * and no pair is left out. The same factors and seed give the same rows.
 */
export function pairwise<F extends Factors>(factors: F, seed: number): Row<F>[] {
  const names = Object.keys(factors)
  const missing = allPairs(names, factors)
  const random = drawFrom(seed)
  const rows: Row<F>[] = []
  while (missing.size > 0) {
    const row = bestRow(names, factors, missing, random)
    for (const pair of pairsOf(names, row)) missing.delete(pair)
    rows.push(Object.fromEntries(names.map((name, at) => [name, factors[name]![row[at]!]])) as Row<F>)
  }
  return rows
}

/** Takes a pair that is still missing, and gives each other factor the value that makes most further ones; ties are drawn. */
function bestRow(
  names: readonly string[],
  factors: Factors,
  missing: ReadonlySet<string>,
  random: () => number,
): number[] {
  const seedPair = [...missing][Math.floor(random() * missing.size)]!
  const row: (number | undefined)[] = names.map(() => undefined)
  for (const part of seedPair.split(' ')) {
    const [factor, value] = part.split('=')
    row[Number(factor)] = Number(value)
  }
  for (const [at, name] of names.entries()) {
    if (row[at] !== undefined) continue
    const gains = factors[name]!.map((_, value) => gainOf(row, at, value, missing))
    const most = Math.max(...gains)
    const best = gains.flatMap((gain, value) => (gain === most ? [value] : []))
    row[at] = best[Math.floor(random() * best.length)]
  }
  return row as number[]
}

function gainOf(row: readonly (number | undefined)[], at: number, value: number, missing: ReadonlySet<string>): number {
  return row.filter((other, place) => other !== undefined && missing.has(pairOf(place, other, at, value))).length
}

function allPairs(names: readonly string[], factors: Factors): Set<string> {
  const pairs = new Set<string>()
  for (let left = 0; left < names.length; left++) {
    for (let right = left + 1; right < names.length; right++) {
      for (const one of factors[names[left]!]!.keys()) {
        for (const other of factors[names[right]!]!.keys()) pairs.add(pairOf(left, one, right, other))
      }
    }
  }
  return pairs
}

function pairsOf(names: readonly string[], row: readonly number[]): string[] {
  return names.flatMap((_, left) =>
    names.slice(left + 1).map((_, index) => {
      const right = left + 1 + index
      return pairOf(left, row[left]!, right, row[right]!)
    }),
  )
}

function pairOf(factor: number, value: number, other: number, otherValue: number): string {
  return factor < other ? `${factor}=${value} ${other}=${otherValue}` : `${other}=${otherValue} ${factor}=${value}`
}

/** Numbers from 0 to 1 that follow from the seed alone (mulberry32). */
function drawFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
