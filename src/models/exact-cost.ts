import { inputTokens, type Usage, type UsagePart, usageParts } from '../core/usage.ts'
import { InseamError } from '../errors/index.ts'
import type { PricePeriod, PriceSchedule, UnitPrices } from './model-facts.ts'

/** Pico-dollars a token, by part: integers, so that sums are exact. Null where the part has no price. */
type Rates = Readonly<Record<UsagePart, number | null>>

/** Rates by the length of a request. */
export interface ExactSchedule {
  readonly base: Rates
  /** Descending, so that the first that fits holds. */
  readonly tiers: readonly { readonly above: number; readonly rates: Rates }[]
}

/** Prices made exact. */
export interface ExactPrices extends ExactSchedule {
  /** By service tier: prices of its own, or how many millionths of the standard price. */
  readonly serviceTiers: ReadonlyMap<string, ExactSchedule | number>
  /** In millionths of the price, by place of computing. */
  readonly geographies: ReadonlyMap<string, number>
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
  const { serviceTiers = {}, geographies = {}, serverTools = {} } = prices as Partial<PricePeriod>
  return {
    ...schedule(name, prices),
    serviceTiers: new Map(
      Object.entries(serviceTiers).map(([tier, price]) => [
        tier,
        typeof price === 'number' ? millionths(name, price) : schedule(name, price),
      ]),
    ),
    geographies: new Map(Object.entries(geographies).map(([place, factor]) => [place, millionths(name, factor)])),
    serverTools: Object.fromEntries(
      Object.entries(serverTools).map(([tool, usdPerThousand]) => [tool, pico(name, usdPerThousand * 1000)]),
    ),
  }
}

/**
 * The cost of one attempt, summed exactly and rounded once, half up, to whole nano-dollars. Null where a part that was used, or the
 * service tier or the place that it was billed at, has no price.
 */
export function exactCost(prices: ExactPrices, usage: Usage): ExactCost | null {
  if (usage.serviceTier === undefined && usage.inferenceGeo === undefined) return costIn(prices, usage, prices)
  const tier = usage.serviceTier === undefined ? one : prices.serviceTiers.get(usage.serviceTier)
  const place = usage.inferenceGeo === undefined ? one : prices.geographies.get(usage.inferenceGeo)
  // What costs nothing costs nothing in every tier.
  if (tier === undefined || place === undefined) return freeOrNull(costIn(prices, usage, prices))
  return typeof tier === 'number'
    ? costIn(prices, usage, prices, [tier, place])
    : costIn(tier, usage, prices, [one, place])
}

const one = 1_000_000

function costIn(
  { tiers, base }: ExactSchedule,
  usage: Usage,
  { serverTools }: ExactPrices,
  factors?: readonly [number, number],
): ExactCost | null {
  const input = inputTokens(usage)
  const { rates } = tiers.find((tier) => input > tier.above) ?? { rates: base }
  const tokens: [number, number][] = []
  for (const part of usageParts) {
    const count = counted(usage[part])
    if (count === 0) continue
    const rate = rates[part]
    if (rate === null) return null
    tokens.push([count, rate])
  }
  let complete = true
  const calls: [number, number][] = []
  for (const [tool, count] of Object.entries(usage.serverToolCalls ?? {})) {
    const rate = Object.hasOwn(serverTools, tool) ? serverTools[tool]! : undefined
    if (rate !== undefined) calls.push([counted(count), rate])
    else if (count > 0) complete = false
  }
  return { nanoUsd: factors ? multipliedSum(tokens, calls, factors) : roundedSum([...tokens, ...calls]), complete }
}

function freeOrNull(cost: ExactCost | null): ExactCost | null {
  return cost?.nanoUsd === 0 && cost.complete ? cost : null
}

/** A provider's count may be absurd; the sum must not be. */
function counted(count: number): number {
  return count > 0 ? Math.min(Math.ceil(count), Number.MAX_SAFE_INTEGER) : 0
}

type Terms = readonly (readonly [count: number, pico: number])[]

function roundedSum(terms: Terms): number {
  let sum = 0
  for (const [count, rate] of terms) sum += count * rate
  if (Number.isSafeInteger(sum + 500)) return Math.floor((sum + 500) / 1000)
  return Number((exactSum(terms) + 500n) / 1000n)
}

/** Tokens so many times, calls of tools once: rounded half up at the very end. */
function multipliedSum(tokens: Terms, calls: Terms, [first, second]: readonly [number, number]): number {
  const pico = exactSum(tokens) * BigInt(first) * BigInt(second) + exactSum(calls) * BigInt(one) ** 2n
  const perNano = 1000n * BigInt(one) ** 2n
  return Number((pico + perNano / 2n) / perNano)
}

function exactSum(terms: Terms): bigint {
  let exact = 0n
  for (const [count, rate] of terms) exact += BigInt(count) * BigInt(rate)
  return exact
}

function schedule(name: string, prices: PriceSchedule): ExactSchedule {
  return {
    base: rates(name, prices),
    tiers: (prices.tiers ?? [])
      .map((tier) => ({ above: tier.aboveInputTokens, rates: rates(name, tier) }))
      .sort((left, right) => right.above - left.above),
  }
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
  const whole = wholeMillionths(usdPerMillion)
  if (whole !== undefined) return whole
  throw new InseamError('config-invalid', `The price ${usdPerMillion} of "${name}" cannot be held exactly.`, {
    fix: 'State prices in USD per million tokens, from 0, with at most six digits after the point.',
  })
}

function millionths(name: string, factor: number): number {
  const whole = wholeMillionths(factor)
  if (whole !== undefined) return whole
  throw new InseamError('config-invalid', `The multiplier ${factor} of "${name}" cannot be held exactly.`, {
    fix: 'State multipliers from 0, with at most six digits after the point.',
  })
}

function wholeMillionths(figure: number): number | undefined {
  const exact = figure * 1e6
  const whole = Math.round(exact)
  const holds = whole >= 0 && Number.isSafeInteger(whole) && Math.abs(exact - whole) <= 1e-6 * Math.max(1, whole)
  return holds ? whole : undefined
}
