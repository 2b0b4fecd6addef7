import { isJsonObject, type JsonValue } from '../core/json.ts'
import type { PriceOverride } from './books.ts'
import { importLitellm } from './import-litellm.ts'
import { importModelsDev } from './import-models-dev.ts'
import type { ImportedPrices } from './imported-prices.ts'

/** The lists that can be read. */
export const priceLists = ['litellm', 'models.dev'] as const

/** A list that can be read. */
export type PriceList = (typeof priceLists)[number]

/** Which list it looks like; undefined where it is none of them. */
export function recognisePrices(list: JsonValue): PriceList | undefined {
  if (!isJsonObject(list)) return undefined
  const entries = Object.values(list).filter((entry) => isJsonObject(entry))
  if (entries.some((entry) => 'litellm_provider' in entry)) return 'litellm'
  return entries.some(({ models }) => isJsonObject(models)) ? 'models.dev' : undefined
}

/** Reads a list. `accepts`: which names are wanted. Never throws: what cannot be taken is listed. */
export function importPrices(
  list: JsonValue,
  from: PriceList,
  accepts: (name: string) => boolean = () => true,
): ImportedPrices {
  if (!isJsonObject(list)) return { models: {}, notTaken: [{ name: '', why: 'the list is no JSON object' }] }
  const imported = (from === 'litellm' ? importLitellm : importModelsDev)(list, accepts)
  const models: Record<string, PriceOverride> = Object.create(null)
  const notTaken = [...imported.notTaken]
  for (const [name, price] of Object.entries(imported.models)) {
    const wrong = figuresOf(price).find((figure) => !isPlausible(figure))
    if (wrong === undefined) models[name] = price
    else notTaken.push({ name, why: `its figure ${wrong} is no price that a price file can hold` })
  }
  return { models, notTaken }
}

/** From a hundredth of a cent to 10,000 USD, with six digits after the point at most, as the configuration has it. */
function isPlausible(usd: number): boolean {
  const micro = usd * 1e6
  return (
    (usd === 0 || (usd >= 0.0001 && usd <= 10_000)) && Math.abs(micro - Math.round(micro)) <= 1e-6 * Math.max(1, micro)
  )
}

function figuresOf(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === 'aboveInputTokens' ? [] : figuresOf(inner)))
}
