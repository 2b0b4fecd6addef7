import { hash } from 'node:crypto'
import type { Cost } from '../core/cost.ts'
import type { Books } from '../core/ports.ts'
import type { Target } from '../core/target.ts'
import { type Usage, usageParts } from '../core/usage.ts'
import { estimateUsage } from './estimate-usage.ts'
import { type ExactPrices, exactCost, exactPrices } from './exact-cost.ts'
import { findModel, knownModels, withoutScript } from './known-models.ts'
import type { ModelFacts, PricePeriod, UnitPrices } from './model-facts.ts'

/** The day of the newest price in the book. */
const bookDate = '2026-11-23'

/** An operator's own prices for a model: what the configuration says under `prices`. */
export type PriceOverride = UnitPrices & Partial<Pick<PricePeriod, 'tiers' | 'serverTools'>>

/** What the books are opened with. */
export interface BooksOptions {
  /**
   * Prices by `provider/model`, or by model for every provider; they go before the book's. State 0 for a local model. Cache
   * parts left out are completed as the big providers price them: reads at the input price (never too little), writes at 1.25
   * times it, one-hour writes at twice.
   */
  readonly overrides?: Readonly<Record<string, PriceOverride>>
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
export function createBooks({ overrides = {}, version, date = Date.now }: BooksOptions = {}): Books {
  const own = new Map(
    Object.entries(overrides).map(([name, prices]) => [name, exactPrices(name, completed(prices))] as const),
  )
  const priceVersion = version ?? `${bookDate}.${hashOf(knownModels, overrides)}`
  const free: Cost = Object.freeze({ nanoUsd: 0, status: 'priced', priceVersion })
  const unpriced: Cost = Object.freeze({ nanoUsd: null, status: 'unpriced', priceVersion })

  const pricesOf = ({ provider, model, standsFor, priceFactor = 1, region }: Target): ExactPrices | undefined => {
    const id = withoutScript(model)
    const stated = own.get(`${provider}/${id}`) ?? own.get(id)
    if (stated || standsFor === null) return stated
    const known = standsFor ?? id
    return own.get(known) ?? published(known, date(), priceFactor, region)
  }
  return {
    price(target, usage) {
      if (isNothing(usage)) return free
      const prices = pricesOf(target)
      const cost = prices && exactCost(prices, usage)
      if (!cost) return unpriced
      const status = cost.complete && usage.source === 'measured' ? 'priced' : 'estimated'
      return { nanoUsd: cost.nanoUsd, status, priceVersion }
    },
    estimate: (_target, request, arrived) => estimateUsage(request, arrived),
  }
}

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
  return { ...all(period), ...(period.tiers && { tiers: period.tiers.map(all) }) }
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
  return { ...whole(prices), ...(prices.tiers && { tiers: prices.tiers.map(whole) }) }
}

/** Rounded up to what the book can hold, past the noise of floating point. */
function times(usdPerMillion: number, factor: number): number {
  return Math.ceil(usdPerMillion * factor * 1e6 - 1e-6) / 1e6
}

function hashOf(...figures: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(figures)).slice(0, 8)
}
