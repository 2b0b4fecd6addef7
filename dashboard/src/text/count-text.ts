const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** A count as people read it: `9,204` whole, `12.3K` beyond. */
export function countText(count: number): string {
  return count < 10_000 ? grouped.format(count) : compact.format(count)
}

/** A count to its last digit. */
export function exactCountText(count: number): string {
  return grouped.format(count)
}

/** A count and its noun: `1 call`, `204 calls`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A share as a percentage: `3.4%`, `97%`, `<0.1%`, `1,250%`. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent === 0 || percent >= 99.95) return `${grouped.format(percent)}%`
  if (percent < 0.1) return '<0.1%'
  return `${percent < 10 || (percent > 99 && percent < 100) ? percent.toFixed(1) : Math.round(percent)}%`
}

/** The share of a part of a whole; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}
