import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { PriceOverride } from './books.ts'
import type { ImportedPrices } from './imported-prices.ts'
import type { PriceSchedule, UnitPrices } from './model-facts.ts'
import { exactRatio, perMillion, shifted } from './per-million.ts'

const modes: ReadonlySet<unknown> = new Set(['chat', 'completion', 'responses', 'embedding', undefined])

/** What LiteLLM calls a part, before what it says of length and tier. A write without a lifetime is the shortest there is. */
const parts: Readonly<Record<string, readonly (keyof UnitPrices)[]>> = {
  input_cost_per_token: ['input'],
  output_cost_per_token: ['output'],
  cache_read_input_token_cost: ['cacheRead'],
  cache_creation_input_token_cost: ['cacheWrite5m', 'cacheWriteOther'],
  cache_creation_input_token_cost_above_1hr: ['cacheWrite1h'],
  input_cost_per_audio_token: ['audioIn'],
  output_cost_per_audio_token: ['audioOut'],
  input_cost_per_image_token: ['imageIn'],
  output_cost_per_image_token: ['imageOut'],
}
const field = /^(.*?)(?:_above_(\d+)k_tokens)?(?:_(batches|flex|priority|fast|ultrafast))?$/

/** What LiteLLM calls providers that have a name of their own in the catalogue. */
const providers: Readonly<Record<string, string>> = {
  bedrock_converse: 'bedrock',
  gemini: 'google',
  vertex_ai: 'vertex',
}

/** Reads LiteLLM's `model_prices_and_context_window.json`: USD a token, by model, with tiers in the names of the fields. */
export function importLitellm(list: JsonObject, accepts: (name: string) => boolean): ImportedPrices {
  const models: Record<string, PriceOverride> = Object.create(null)
  const notTaken: { name: string; why: string }[] = []
  for (const [key, entry] of Object.entries(list)) {
    if (key === 'sample_spec' || !isJsonObject(entry)) continue
    const name = nameOf(key, entry)
    if (!accepts(name)) continue
    if (name in models) {
      notTaken.push({ name: key, why: `another entry is ${name}, too` })
      continue
    }
    const { price, left } = read(entry)
    if (price) models[name] = price
    for (const why of left) notTaken.push({ name, why })
  }
  return { models, notTaken }
}

function nameOf(key: string, { litellm_provider }: JsonObject): string {
  const said = typeof litellm_provider === 'string' ? litellm_provider : 'unknown'
  const base = said.startsWith('vertex_ai') ? 'vertex_ai' : said
  const id = key.startsWith(`${base}/`) ? key.slice(base.length + 1) : key
  return `${providers[base] ?? base}/${id}`
}

type Schedules = Map<string, Map<number, Record<string, number>>>

function read(entry: JsonObject): { readonly price?: PriceOverride; readonly left: string[] } {
  if (!modes.has(entry.mode)) return { left: [`its mode is ${String(entry.mode)}, which is not billed by the token`] }
  const left: string[] = []
  const schedules: Schedules = new Map()
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value === 'number' && take(name, value, schedules)) continue
    if (isPrice(name, value) && !isSameAsOutput(name, value, entry)) left.push(`${name} has no place in a price file`)
  }
  const standard = scheduleOf(schedules.get(''), entry.mode === 'embedding')
  if (!standard) return { left: ['it has no price for both input and output tokens'] }
  const serviceTiers: Record<string, number | PriceSchedule> = {}
  for (const [tier, byLength] of schedules) {
    if (tier === '') continue
    const own = scheduleOf(byLength, entry.mode === 'embedding')
    if (own) serviceTiers[tier] = multipleOf(own, standard) ?? own
    else left.push(`the tier ${tier} has no price for both input and output tokens`)
  }
  const { geographies, ...fast } = specific(entry.provider_specific_entry)
  Object.assign(serviceTiers, fast)
  const search = searchPrice(entry.search_context_cost_per_query, left)
  return {
    price: {
      ...standard,
      ...(Object.keys(serviceTiers).length > 0 && { serviceTiers }),
      ...(geographies && { geographies }),
      ...(search !== undefined && { serverTools: { web_search: search } }),
      ...(typeof entry.source === 'string' && { sourceUrl: entry.source }),
    },
    left,
  }
}

function take(name: string, perToken: number, schedules: Schedules): boolean {
  const [, base = '', thousands = '0', tier = ''] = field.exec(name) ?? []
  const known = Object.hasOwn(parts, base) ? parts[base] : undefined
  if (!known) return false
  const key = tier === 'batches' ? 'batch' : tier
  const byLength = schedules.get(key) ?? new Map<number, Record<string, number>>()
  schedules.set(key, byLength)
  const above = Number(thousands) * 1000
  const unit = byLength.get(above) ?? {}
  byLength.set(above, unit)
  for (const part of known) unit[part] = perMillion(perToken)
  return true
}

function scheduleOf(
  byLength: Map<number, Record<string, number>> | undefined,
  embeds: boolean,
): PriceSchedule | undefined {
  const unit = byLength?.get(0)
  if (!byLength || !unit) return undefined
  const base: Record<string, number> = embeds ? { output: 0, ...unit } : unit
  if (!isUnit(base)) return undefined
  // What a longer request leaves unsaid costs what a short one does.
  const tiers = [...byLength]
    .filter(([above]) => above > 0)
    .map(([aboveInputTokens, longer]) => ({ ...base, ...longer, aboveInputTokens }))
    .sort((a, b) => a.aboveInputTokens - b.aboveInputTokens)
  return tiers.length > 0 ? { ...base, tiers } : base
}

const isUnit = (unit: Record<string, number>): unit is Record<string, number> & UnitPrices =>
  'input' in unit && 'output' in unit

/** How many times the standard schedule another one is, where one figure says it for each part and length. */
function multipleOf(own: PriceSchedule, standard: PriceSchedule): number | undefined {
  const ratio = exactRatio(own.input, standard.input)
  if (ratio === undefined || own.tiers?.length !== standard.tiers?.length) return undefined
  const same = (one: object, other: object): boolean => {
    const others = other as Record<string, unknown>
    const names = Object.keys(one).filter((name) => name !== 'tiers' && name !== 'aboveInputTokens')
    const fits = (name: string, usd: unknown) => {
      const whole = others[name]
      return (
        typeof usd === 'number' &&
        typeof whole === 'number' &&
        (whole === 0 ? usd === 0 : exactRatio(usd, whole) === ratio)
      )
    }
    const countOfOther = Object.keys(other).filter((name) => name !== 'tiers' && name !== 'aboveInputTokens').length
    return (
      names.length === countOfOther &&
      Object.entries(one).every(([name, usd]) => !names.includes(name) || fits(name, usd))
    )
  }
  const pairs = (own.tiers ?? []).map((tier, index) => [tier, standard.tiers?.[index]] as const)
  const longer = pairs.every(([tier, other]) => other?.aboveInputTokens === tier.aboveInputTokens && same(tier, other))
  return longer && same(own, standard) ? ratio : undefined
}

/** Anthropic's multipliers: places and the fast mode. */
function specific(value: JsonValue | undefined): { geographies?: Record<string, number>; fast?: number } {
  if (!isJsonObject(value)) return {}
  const { fast, us } = value
  return {
    ...(typeof us === 'number' && { geographies: { us } }),
    ...(typeof fast === 'number' && { fast }),
  }
}

/** USD per thousand searches, where they cost the same however much they bring. */
function searchPrice(value: JsonValue | undefined, left: string[]): number | undefined {
  if (!isJsonObject(value)) return undefined
  const [first, ...others] = Object.values(value)
  if (typeof first === 'number' && others.every((other) => other === first)) return shifted(first, 3)
  left.push('its searches cost differently by size')
  return undefined
}

const isPrice = (name: string, value: JsonValue | undefined): boolean =>
  /cost|pric/.test(name) && name !== 'search_context_cost_per_query' && value !== 0 && value !== null

/** Reasoning is billed as output, which needs no words of its own. */
function isSameAsOutput(name: string, value: JsonValue | undefined, entry: JsonObject): boolean {
  return name === 'output_cost_per_reasoning_token' && value === entry.output_cost_per_token
}
