import type { JsonValue } from './json.ts'
import type { Usage } from './usage.ts'

/** Words for the tier that costs what the price list says, and for those that say nothing yet. */
const standard: ReadonlySet<string> = new Set([
  'auto',
  'default',
  'on_demand',
  'standard',
  'standard_only',
  'traffic_type_unspecified',
  'unspecified',
])

/** What the same tier is called elsewhere. */
const others: ReadonlyMap<string, string> = new Map([
  ['on_demand_flex', 'flex'],
  ['on_demand_priority', 'priority'],
])

/** The tier that something was billed at, of the words that a provider has for it; nothing for the standard one. */
export function serviceTier(...words: readonly (JsonValue | undefined)[]): Pick<Usage, 'serviceTier'> {
  for (const word of words) {
    if (typeof word !== 'string' || word === '') continue
    const tier = word.toLowerCase()
    if (!standard.has(tier)) return { serviceTier: (others.get(tier) ?? tier).slice(0, 40) }
  }
  return {}
}

/** The place that computing was bound to; nothing where it is anywhere, or where the model is too old for a choice. */
export function inferenceGeo(word: JsonValue | undefined): Pick<Usage, 'inferenceGeo'> {
  const place = typeof word === 'string' ? word.toLowerCase().slice(0, 40) : ''
  return place === '' || place === 'global' || place === 'not_available' ? {} : { inferenceGeo: place }
}
