/**
 * What something cost, in integer nano-dollars (1 USD = 1,000,000,000), exact as a JavaScript number up to nine million
 * dollars. `unpriced` where the price book does not list the model: then `nanoUsd` is null, never 0.
 */
export interface Cost {
  readonly nanoUsd: number | null
  readonly status: 'priced' | 'estimated' | 'unpriced'
  /** The version of the price book that produced the figure. */
  readonly priceVersion?: string
}

/** Free, because nothing was asked of a provider. */
export const noCost: Cost = Object.freeze({ nanoUsd: 0, status: 'priced' })

/** The sum of two costs: known only where both are, and no surer than the less sure one. */
export function addCost(left: Cost, right: Cost): Cost {
  if (left.nanoUsd === null || right.nanoUsd === null) return { nanoUsd: null, status: 'unpriced' }
  const status = left.status === 'estimated' || right.status === 'estimated' ? 'estimated' : 'priced'
  const priceVersion = left.priceVersion ?? right.priceVersion
  return { nanoUsd: left.nanoUsd + right.nanoUsd, status, ...(priceVersion && { priceVersion }) }
}

/** An amount of money as people read it, exact: `0.5 USD`. */
export function formatUsd(nanoUsd: number): string {
  const digits = (nanoUsd / 1e9).toFixed(9)
  return `${digits.replace(/\.?0+$/, '')} USD`
}

/** A cost as people read it: `$0.001234`, `about $0.0012`, `under $0.000001`, `unpriced`. */
export function formatCost({ nanoUsd, status }: Cost): string {
  if (nanoUsd === null) return 'unpriced'
  const usd = nanoUsd / 1e9
  if (nanoUsd > 0 && nanoUsd < 500) return 'under $0.000001'
  const digits = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 4 : 6
  return `${status === 'estimated' ? 'about ' : ''}$${usd.toFixed(digits)}`
}
