import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { PriceOverride } from './books.ts'
import type { ImportedPrices } from './imported-prices.ts'
import type { UnitPrices } from './model-facts.ts'

const parts: Readonly<Record<string, readonly (keyof UnitPrices)[]>> = {
  input: ['input'],
  output: ['output'],
  cache_read: ['cacheRead'],
  cache_write: ['cacheWrite5m', 'cacheWriteOther'],
  input_audio: ['audioIn'],
  output_audio: ['audioOut'],
}

/** What models.dev calls providers that have a name of their own in the catalogue. */
const providers: Readonly<Record<string, string>> = { 'amazon-bedrock': 'bedrock', 'google-vertex': 'vertex' }

/** Reads models.dev's `api.json`: USD per million tokens, by provider and model. It knows no tiers of service and no one-hour writes. */
export function importModelsDev(list: JsonObject, accepts: (name: string) => boolean): ImportedPrices {
  const models: Record<string, PriceOverride> = Object.create(null)
  const notTaken: { name: string; why: string }[] = []
  for (const [provider, { models: listed }] of Object.entries(list).filter(isEntry)) {
    for (const [id, model] of Object.entries(isJsonObject(listed) ? listed : {})) {
      const name = `${providers[provider] ?? provider}/${id}`
      if (!accepts(name) || !isJsonObject(model)) continue
      const { price, left } = read(model.cost)
      if (price) models[name] = price
      for (const why of left) notTaken.push({ name, why })
    }
  }
  return { models, notTaken }
}

const isEntry = (entry: [string, JsonValue | undefined]): entry is [string, JsonObject] => isJsonObject(entry[1])

function read(cost: JsonValue | undefined): { readonly price?: PriceOverride; readonly left: string[] } {
  const base = isJsonObject(cost) ? unit(cost) : undefined
  if (!isJsonObject(cost) || !base) return { left: ['it has no price for both input and output tokens'] }
  const tiers = new Map<number, UnitPrices>()
  const over = isJsonObject(cost.context_over_200k) ? unit({ ...cost, ...cost.context_over_200k }) : undefined
  if (over) tiers.set(200_000, over)
  for (const tier of Array.isArray(cost.tiers) ? cost.tiers.filter(isJsonObject) : []) {
    const size = isJsonObject(tier.tier) ? tier.tier.size : undefined
    const longer = unit({ ...cost, ...tier })
    if (typeof size === 'number' && size > 0 && longer) tiers.set(size, longer)
  }
  const longer = [...tiers].sort(([a], [b]) => a - b).map(([aboveInputTokens, usd]) => ({ ...usd, aboveInputTokens }))
  const left =
    cost.reasoning !== undefined && cost.reasoning !== cost.output ? ['its reasoning costs other than its output'] : []
  return { price: { ...base, ...(longer.length > 0 && { tiers: longer }) }, left }
}

function unit(cost: JsonObject): UnitPrices | undefined {
  const { input, output } = cost
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  const known = Object.entries(parts).flatMap(([field, names]) => {
    const usd = cost[field]
    return typeof usd === 'number' ? names.map((name) => [name, usd] as const) : []
  })
  return { input, output, ...Object.fromEntries(known) }
}
