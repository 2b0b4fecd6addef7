/**
 * A price for one token as a price for a million, exactly: the decimal point moves, and nothing is multiplied, so that 0.0000025 is 2.5
 * and not 2.4999999999999996.
 */
export function perMillion(perToken: number): number {
  return shifted(perToken, 6)
}

/** A number with its decimal point so many places further to the right. */
export function shifted(figure: number, places: number): number {
  const [digits = '', exponent = '0'] = figure.toExponential().split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}

/** How many times `part` is of `whole`, where six digits after the point say it exactly; else undefined. */
export function exactRatio(part: number, whole: number): number | undefined {
  if (whole === 0) return undefined
  const ratio = Number((part / whole).toFixed(6))
  const micro = (usd: number) => BigInt(Math.round(usd * 1e6))
  return micro(part) * 1_000_000n === micro(whole) * BigInt(Math.round(ratio * 1e6)) ? ratio : undefined
}
