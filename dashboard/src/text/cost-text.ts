/** A cost as people read it, from whole nano-dollars: `$1,204`, `$3.20`, `$0.0012`; never scientific. */
export function costText(nanoUsd: number | null): string {
  if (nanoUsd === null) return 'unpriced'
  if (nanoUsd === 0) return '$0'
  const usd = nanoUsd / 1e9
  if (usd >= 1000) return `$${Math.round(usd).toLocaleString('en-US')}`
  if (usd >= 1) return `$${usd.toFixed(2)}`
  // Two digits that count, once it is rounded: $0.09999 is $0.10.
  const magnitude = Math.floor(Math.log10(Number(usd.toPrecision(2))))
  return `$${usd.toFixed(Math.min(9, Math.max(2, 1 - magnitude)))}`
}

/** A cost to its last digit, for titles. */
export function exactCostText(nanoUsd: number | null): string {
  return nanoUsd === null ? 'No price is known for it' : `$${(nanoUsd / 1e9).toFixed(9)}`
}
