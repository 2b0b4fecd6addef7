import { isJsonObject, type JsonValue } from '../core/json.ts'
import type { DecodeContext } from './codec.ts'
import { tokenCount } from './read.ts'

/**
 * Tells the context of a usage that cannot be: counts that are negative, fractional, no numbers or more than any model takes. What
 * cannot be is not booked: without a main count the usage is estimated, and a detail counts as 0.
 */
export function doubtUsage({ doubt }: DecodeContext, usage: JsonValue | undefined): void {
  if (!doubt || usage === undefined || usage === null) return
  if (!isJsonObject(usage)) doubt('its usage, which is no object')
  const absurd = absurdCount(usage, 0)
  if (absurd) doubt(`its usage, with ${absurd}`)
}

const counts = /tokens?$|tokenCount$/i

/** The first of them. Most answers have none: nothing is allocated for those. */
function absurdCount(value: JsonValue, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth > 3) return undefined
  for (const name in value) {
    const count = (value as Readonly<Record<string, JsonValue | undefined>>)[name]
    if (count === undefined || count === null) continue
    if (typeof count === 'object') {
      const absurd = absurdCount(count, depth + 1)
      if (absurd) return absurd
    } else if (tokenCount(count) !== count && counts.test(name)) return `${name} ${JSON.stringify(count).slice(0, 40)}`
  }
  return undefined
}
