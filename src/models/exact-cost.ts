import { inputTokens, type Usage, type UsagePart, usageParts } from '../core/usage.ts'
import { InseamError } from '../errors/index.ts'
import type { PricePeriod, UnitPrices } from './model-facts.ts'

/** Pico-dollars a token, by part: integers, so that sums are exact. Null where the part has no price. */
type Rates = Readonly<Record<UsagePart, number | null>>

/** Prices made exact. */
export interface ExactPrices {
  readonly base: Rates
  /** Descending, so that the first that fits holds. */
  readonly tiers: readonly { readonly above: number; readonly rates: Rates }[]
  /** Pico-dollars a call, by tool. */
  readonly serverTools: Readonly<Record<string, number>>
}

/** What a usage costs; `complete` is false where a server tool was called that has no price, so that the figure is a lower bound. */
export interface ExactCost {
  readonly nanoUsd: number
  readonly complete: boolean
}

/**
 * Turns USD per million tokens into integers. One USD per million is 1,000,000 pico-dollars a token; finer prices than one
 * pico-dollar a token throw `config-invalid`, as do negative ones.
 */
export function exactPrices(name: string, prices: PricePeriod | UnitPrices): ExactPrices {
  const { tiers = [], serverTools = {} } = prices as Partial<PricePeriod>
  return {
    base: rates(name, prices),
    tiers: tiers
      .map((tier) => ({ above: tier.aboveInputTokens, rates: rates(name, tier) }))
      .sort((left, right) => right.above - left.above),
    serverTools: Object.fromEntries(
      Object.entries(serverTools).map(([tool, usdPerThousand]) => [tool, pico(name, usdPerThousand * 1000)]),
    ),
  }
}

/**
 * The cost of one attempt, summed exactly and rounded once, half up, to whole nano-dollars. Null where a part that was used
 * has no price.
 */
export function exactCost(prices: ExactPrices, usage: Usage): ExactCost | null {
  const input = inputTokens(usage)
  const { rates } = prices.tiers.find((tier) => input > tier.above) ?? { rates: prices.base }
  const terms: [number, number][] = []
  for (const part of usageParts) {
    const tokens = counted(usage[part])
    if (tokens === 0) continue
    const rate = rates[part]
    if (rate === null) return null
    terms.push([tokens, rate])
  }
  let complete = true
  for (const [tool, calls] of Object.entries(usage.serverToolCalls ?? {})) {
    const rate = Object.hasOwn(prices.serverTools, tool) ? prices.serverTools[tool]! : undefined
    if (rate !== undefined) terms.push([counted(calls), rate])
    else if (calls > 0) complete = false
  }
  return { nanoUsd: roundedSum(terms), complete }
}

/** A provider's count may be absurd; the sum must not be. */
function counted(count: number): number {
  return count > 0 ? Math.min(Math.ceil(count), Number.MAX_SAFE_INTEGER) : 0
}

function roundedSum(terms: readonly (readonly [number, number])[]): number {
  let sum = 0
  for (const [count, rate] of terms) sum += count * rate
  if (Number.isSafeInteger(sum + 500)) return Math.floor((sum + 500) / 1000)
  let exact = 500n
  for (const [count, rate] of terms) exact += BigInt(count) * BigInt(rate)
  return Number(exact / 1000n)
}

function rates(name: string, prices: UnitPrices): Rates {
  const exact = (usd: number | undefined) => (usd === undefined ? null : pico(name, usd))
  const input = pico(name, prices.input)
  const output = pico(name, prices.output)
  return {
    inputUncached: input,
    cacheRead: exact(prices.cacheRead),
    cacheWrite5m: exact(prices.cacheWrite5m),
    cacheWrite1h: exact(prices.cacheWrite1h),
    cacheWriteOther: exact(prices.cacheWriteOther),
    outputText: output,
    outputReasoning: output,
    audioIn: exact(prices.audioIn) ?? input,
    audioOut: exact(prices.audioOut) ?? output,
    imageIn: exact(prices.imageIn) ?? input,
    imageOut: exact(prices.imageOut) ?? output,
  }
}

function pico(name: string, usdPerMillion: number): number {
  const exact = usdPerMillion * 1e6
  const whole = Math.round(exact)
  if (whole >= 0 && Number.isSafeInteger(whole) && Math.abs(exact - whole) <= 1e-6 * Math.max(1, whole)) return whole
  throw new InseamError('config-invalid', `The price ${usdPerMillion} of "${name}" cannot be held exactly.`, {
    fix: 'State prices in USD per million tokens, from 0, with at most six digits after the point.',
  })
}
