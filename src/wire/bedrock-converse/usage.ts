import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { tokenCount } from '../read.ts'
import { text } from './extras.ts'

/**
 * Reads `usage` into parts that do not overlap: `inputTokens` leaves out what was read from the cache or written to it, and
 * `outputTokens` takes reasoning in. Null where it does not count both, or counts what is absurd: an estimate is nearer to the truth
 * then.
 */
export function decodeUsage(value: JsonValue | undefined): Usage | null {
  if (!isJsonObject(value)) return null
  const { inputTokens, outputTokens } = value
  if (tokenCount(inputTokens) !== inputTokens || tokenCount(outputTokens) !== outputTokens) return null
  return {
    ...noUsage,
    inputUncached: inputTokens,
    cacheRead: tokenCount(value.cacheReadInputTokens),
    ...readCacheWrites(value),
    outputText: outputTokens,
    raw: value,
  }
}

/** Without details, what was written is kept for five minutes: that is what a point without a time asks for. */
function readCacheWrites({
  cacheWriteInputTokens,
  cacheDetails,
}: JsonObject): Pick<Usage, 'cacheWrite5m' | 'cacheWrite1h' | 'cacheWriteOther'> {
  const total = tokenCount(cacheWriteInputTokens)
  const details = Array.isArray(cacheDetails) ? cacheDetails.filter(isJsonObject) : []
  if (details.length === 0) return { cacheWrite5m: total, cacheWrite1h: 0, cacheWriteOther: 0 }
  const written = (wanted: string) =>
    details.reduce((sum, { ttl, inputTokens }) => sum + (text(ttl) === wanted ? tokenCount(inputTokens) : 0), 0)
  const [cacheWrite5m, cacheWrite1h] = [written('5m'), written('1h')]
  return { cacheWrite5m, cacheWrite1h, cacheWriteOther: Math.max(0, total - cacheWrite5m - cacheWrite1h) }
}

/** The tier's name, which stands beside the usage. */
export function tierOf({ serviceTier }: JsonObject): JsonValue | undefined {
  return isJsonObject(serviceTier) ? serviceTier.type : undefined
}
