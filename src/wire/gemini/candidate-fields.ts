import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { dialect } from './extras.ts'

/**
 * What a candidate says of its words beside them: kept as lists in the extras of its last text, `citations` for
 * `citationMetadata`, and written back into the candidate.
 */
export const candidateFields: ReadonlySet<string> = new Set([
  'citations',
  'groundingMetadata',
  'urlContextMetadata',
  'logprobsResult',
])

/** What a candidate says of its words, one value at a time. */
export function* readCandidateFields(
  candidate: JsonObject,
): Generator<{ readonly key: string; readonly value: JsonValue }> {
  const { citationMetadata } = candidate
  const cited = isJsonObject(citationMetadata) ? (citationMetadata.citations ?? citationMetadata.citationSources) : []
  if (Array.isArray(cited)) for (const value of cited) yield { key: 'citations', value }
  for (const key of candidateFields) {
    const value = candidate[key]
    if (key !== 'citations' && isJsonObject(value) && Object.keys(value).length > 0) yield { key, value }
  }
}

/** The same, as extras of a text. */
export function candidateExtras(candidate: JsonObject): JsonObject {
  const lists: Record<string, JsonValue[]> = {}
  for (const { key, value } of readCandidateFields(candidate)) lists[key] = [...(lists[key] ?? []), value]
  return lists
}

/** What the texts of an answer say in their candidate. Of what can be said once, the last word holds. */
export function writeCandidateFields(content: readonly Block[]): JsonObject {
  const written: Record<string, JsonValue> = {}
  const citations: JsonValue[] = []
  for (const { extras } of content) {
    if (extras?.dialect !== dialect) continue
    for (const key of candidateFields) {
      const list = extras.fields[key]
      if (!Array.isArray(list) || list.length === 0) continue
      if (key === 'citations') citations.push(...(list as readonly JsonValue[]))
      else written[key] = (list as readonly JsonValue[]).at(-1)!
    }
  }
  return { ...(citations.length > 0 && { citationMetadata: { citations } }), ...written }
}
