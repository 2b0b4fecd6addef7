import type { PriceConfig, PriceScheduleConfig } from './config.ts'
import type { WrittenPrices } from './price-schema.ts'
import type { Path, Report } from './report.ts'

/** The periods of one name, and where each was written. */
type Placed = { readonly period: PriceConfig; readonly path: Path }[]

/**
 * Prices by each name that they hold for, aliases among them, in the order of their days. What cannot be is reported: days that overlap,
 * a last day before the first, two prices for one length of request.
 */
export function resolvePrices(
  written: WrittenPrices | undefined | null,
  above: Path,
  report: Report,
): Record<string, PriceConfig[]> {
  const byName = new Map<string, Placed>()
  for (const [name, entry] of Object.entries(written ?? {})) {
    const periods = Array.isArray(entry) ? entry : [entry]
    periods.forEach(({ aliases = [], source, ...period }, index) => {
      const path = [...above, name, ...(Array.isArray(entry) ? [index] : [])]
      const price: PriceConfig = { ...period, ...(source !== undefined && { sourceUrl: source }) }
      checkPeriod(price, path, report)
      for (const known of new Set([name, ...aliases])) {
        const placed = byName.get(known) ?? []
        placed.push({ period: price, path })
        byName.set(known, placed)
      }
    })
  }
  const prices: Record<string, PriceConfig[]> = Object.create(null)
  for (const [name, placed] of byName) prices[name] = inOrder(name, placed, report)
  return prices
}

const first = ({ period }: Placed[number]) => period.effectiveFrom ?? ''
const last = ({ period }: Placed[number]) => period.effectiveTo ?? '9999'

function inOrder(name: string, placed: Placed, report: Report): PriceConfig[] {
  const sorted = placed.toSorted((left, right) => (first(left) < first(right) ? -1 : 1))
  sorted.slice(1).forEach((next, index) => {
    const before = sorted[index]
    if (!before || last(before) < first(next)) return
    const { effectiveFrom = 'the beginning' } = next.period
    report.add(
      next.path,
      `Two prices of ${JSON.stringify(name)} hold on the same days, from ${effectiveFrom} on.`,
      'Set effectiveTo of the older one to the day before effectiveFrom of the newer one, or remove one of them.',
    )
  })
  return sorted.map(({ period }) => period)
}

function checkPeriod(period: PriceConfig, path: Path, report: Report): void {
  const { effectiveFrom, effectiveTo, serviceTiers = {} } = period
  if (effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo < effectiveFrom) {
    const said = report.shown([...path, 'effectiveTo'])
    report.add(
      [...path, 'effectiveTo'],
      `${said} is before effectiveFrom, ${effectiveFrom}.`,
      'Write the last day on which the price holds.',
    )
  }
  checkTiers(period, path, report)
  for (const [tier, price] of Object.entries(serviceTiers)) {
    if (typeof price === 'object') checkTiers(price, [...path, 'serviceTiers', tier], report)
  }
}

function checkTiers({ tiers = [] }: PriceScheduleConfig, path: Path, report: Report): void {
  const seen = new Set<number>()
  tiers.forEach(({ aboveInputTokens }, index) => {
    if (seen.has(aboveInputTokens)) {
      report.add([...path, 'tiers', index], `Two tiers begin above ${aboveInputTokens} tokens.`, 'Keep one of them.')
    }
    seen.add(aboveInputTokens)
  })
}
