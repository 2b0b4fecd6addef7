import { hash } from 'node:crypto'
import type { Cost } from '../core/cost.ts'
import type { Books } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import { type Usage, usageParts } from '../core/usage.ts'
import { estimateUsage } from './estimate-usage.ts'
import { type ExactPrices, exactCost, exactPrices } from './exact-cost.ts'
import { findModel, knownModels, withoutScript } from './known-models.ts'
import type { ModelFacts, PricePeriod, PriceSchedule, UnitPrices } from './model-facts.ts'
import { tierAsked } from './tier-asked.ts'
import { worstCase } from './worst-case.ts'

/** The day of the newest price in the book. */
const bookDate = '2026-11-23'

/** An operator's own prices for a model: what the configuration says under `prices`. */
export type PriceOverride = UnitPrices & Partial<PricePeriod>

/** What the books are opened with. */
export interface BooksOptions {
  /**
   * Prices by `provider/model`, or by model for every provider; they go before the book's, for the days on which they hold. State 0
   * for a local model. Cache parts left out are completed as the big providers price them: reads at the input price (never too little), writes at 1.25
   * times it, one-hour writes at twice.
   */
  readonly overrides?: Readonly<Record<string, PriceOverride | readonly PriceOverride[]>>
  /** What a model is taken to cost that has no price: its costs are `estimated` then. Default: nothing is taken, and it is `unpriced`. */
  readonly unpricedAt?: UnitPrices
  /** Default: the book's date and a hash of every figure in it, overrides included. */
  readonly version?: string
  /** Milliseconds since the epoch; which of a model's dated prices holds. Default `Date.now`. */
  readonly date?: () => number
}

/**
 * The price book. Looks up `provider/model` among the overrides, then the model among them, then the model's exact id or
 * listed alias among the known models; never by prefix. A name that the operator gave (an Azure deployment) is looked up as what
 * it stands for. What it does not find is `unpriced` with a cost of null, never 0; only
 * an attempt that was never billed, and so used nothing, costs nothing wherever it went.
 *
 * Costs are exact, rounded once per attempt, half up, to nano-dollars; flagged `estimated` where the usage is, or where a
 * server tool was called that has no listed price. Throws `config-invalid` for an override that is no price; `price` and
 * `estimate` never throw.
 */
export function createBooks({ overrides = {}, unpricedAt, version, date = Date.now }: BooksOptions = {}): Books {
  const own = new Map(Object.entries(overrides).map(([name, prices]) => [name, [prices].flat().map(exact(name))]))
  const priceVersion = version ?? `${bookDate}.${hashOf(knownModels, overrides, ...(unpricedAt ? [unpricedAt] : []))}`
  const ceiling = unpricedAt && exactPrices('unpricedAt', completed(unpricedAt))
  const free: Cost = Object.freeze({ nanoUsd: 0, status: 'priced', priceVersion })
  const unpriced: Cost = Object.freeze({ nanoUsd: null, status: 'unpriced', priceVersion })

  const statedFor = (name: string): ExactPrices | undefined => {
    const periods = own.get(name)
    if (!periods) return undefined
    const day = dayOf(date())
    return periods.find(({ from, to }) => from <= day && day <= to)?.prices
  }
  const pricesOf = ({ provider, model, standsFor, priceFactor = 1, region }: Target): ExactPrices | undefined => {
    const id = withoutScript(model)
    const stated = own.size === 0 ? undefined : (statedFor(`${provider}/${id}`) ?? statedFor(id))
    if (stated || standsFor === null) return stated
    const known = standsFor ?? id
    return (own.size === 0 ? undefined : statedFor(known)) ?? published(known, date(), priceFactor, region)
  }
  return {
    price(target, usage) {
      if (isNothing(usage)) return free
      const prices = pricesOf(target)
      const cost = atPrices(prices ?? ceiling, usage)
      if (!cost) return unpriced
      const status = prices && cost.complete && usage.source === 'measured' ? 'priced' : 'estimated'
      return { nanoUsd: cost.nanoUsd, status, priceVersion }
    },
    estimate: (target, request, arrived) => {
      const usage = estimateUsage(request, arrived)
      return request.extensions ? { ...usage, ...tierAsked(request, target) } : usage
    },
    worstCase: (target, request, wire) => worstCase(pricesOf(target) ?? ceiling, target, request, wire),
  }
}

const atPrices = (prices: ExactPrices | undefined, usage: Usage) => prices && exactCost(prices, usage)

/** An operator's prices, and from when to when they hold. */
const exact = (name: string) => (prices: PriceOverride) => ({
  from: prices.effectiveFrom ?? '',
  to: prices.effectiveTo ?? '9999',
  prices: exactPrices(name, completed(prices)),
})

/** What is noted for an attempt that was never billed: it never reached the provider, or was refused there. */
function isNothing(usage: Usage): boolean {
  const isOurs = usage.source === 'measured' && usage.raw === undefined
  return isOurs && !usage.serverToolCalls && usageParts.every((part) => usage[part] === 0)
}

/** The period of a model's prices that holds at a time, in milliseconds since the epoch. */
function pricesAt(model: ModelFacts, at: number): PricePeriod | undefined {
  if (model.prices.length === 0) return undefined
  const day = dayOf(at)
  return model.prices.find(({ effectiveFrom = '', effectiveTo = '9999' }) => effectiveFrom <= day && day <= effectiveTo)
}

const dayMs = 86_400_000
let lastDay = { number: Number.NaN, name: '' }

/** The day as prices have it: asked for at each attempt, and new once a day. */
function dayOf(at: number): string {
  const number = Math.floor(at / dayMs)
  if (number !== lastDay.number) lastDay = { number, name: new Date(at).toISOString().slice(0, 10) }
  return lastDay.name
}

const exactByPeriod = new WeakMap<PricePeriod, Map<number, ExactPrices>>()

/** Whether a model's price holds in a region; where nobody says which one is asked, it does. */
function holdsIn({ pricedIn }: ModelFacts, region: string | undefined): boolean {
  if (pricedIn === undefined || region === undefined) return true
  return pricedIn === 'us' ? /^us-(?:east|west)-/.test(region) : !/^(?:us-gov|cn)-/.test(region)
}

function published(name: string, at: number, factor: number, region?: string): ExactPrices | undefined {
  const model = findModel(name)
  const period = model && holdsIn(model, region) ? pricesAt(model, at) : undefined
  if (!period) return undefined
  let byFactor = exactByPeriod.get(period)
  if (!byFactor) {
    byFactor = new Map()
    exactByPeriod.set(period, byFactor)
  }
  let exact = byFactor.get(factor)
  if (!exact) {
    exact = exactPrices(name, factor === 1 ? period : dearer(period, factor))
    byFactor.set(factor, exact)
  }
  return exact
}

/** The prices of tokens, so many times what is published; calls of a provider's own tools cost the same everywhere. */
function dearer(period: PricePeriod, factor: number): PricePeriod {
  const all = <P extends UnitPrices>(unit: P): P => {
    const raised = unitPrices.flatMap((part): [string, number][] => {
      const usd = unit[part]
      return usd === undefined ? [] : [[part, times(usd, factor)]]
    })
    return { ...unit, ...Object.fromEntries(raised) }
  }
  return scheduled(period, all)
}

/** A schedule with each of its prices changed: by length, and in the service tiers that have prices of their own. */
function scheduled<P extends PriceSchedule & Partial<PricePeriod>>(
  period: P,
  change: <U extends UnitPrices>(unit: U) => U,
): P {
  const tiers = (schedule: PriceSchedule) => schedule.tiers && { tiers: schedule.tiers.map(change) }
  const own = Object.entries(period.serviceTiers ?? {}).map(([tier, price]) => [
    tier,
    typeof price === 'number' ? price : { ...change(price), ...tiers(price) },
  ])
  return {
    ...change(period),
    ...tiers(period),
    ...(period.serviceTiers && { serviceTiers: Object.fromEntries(own) }),
  }
}

const unitPrices = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'cacheWriteOther',
  'output',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
] as const satisfies readonly (keyof UnitPrices)[]

function completed(prices: PriceOverride): PriceOverride {
  const whole = <P extends UnitPrices>(unit: P): P => ({
    cacheRead: unit.input,
    cacheWrite5m: times(unit.input, 1.25),
    cacheWrite1h: times(unit.input, 2),
    cacheWriteOther: times(unit.input, 1.25),
    ...unit,
  })
  return scheduled(prices, whole)
}

/** Rounded up to what the book can hold, past the noise of floating point. */
function times(usdPerMillion: number, factor: number): number {
  return Math.ceil(usdPerMillion * factor * 1e6 - 1e-6) / 1e6
}

function hashOf(...figures: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(figures)).slice(0, 8)
}
