/** A cost as people read it, from whole nano-dollars: `$1,204`, `$3.20`, `$0.0012`; never scientific. */
export function costText(nanoUsd: number | null): string {
  if (nanoUsd === null) return 'unpriced'
  if (nanoUsd === 0) return '$0'
  const usd = nanoUsd / 1e9
  if (usd >= 1000) return `$${Math.round(usd).toLocaleString('en-US')}`
  if (usd >= 1) return `$${usd.toFixed(2)}`
  // Two digits that count.
  return `$${usd.toFixed(Math.min(9, 1 - Math.floor(Math.log10(usd))))}`
}

/** A cost to its last digit, for titles. */
export function exactCostText(nanoUsd: number | null): string {
  return nanoUsd === null ? 'No price is known for it' : `$${(nanoUsd / 1e9).toFixed(9)}`
}
