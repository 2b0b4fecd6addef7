import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { beyond, sourceOf } from '../read-citation.ts'
import type { ReadSources, Source } from '../source.ts'

/** The pages of a `groundingMetadata`, each where a support says that the text rests on it, or once without a place. */
export function readGrounding(metadata: JsonObject, text: string): ReadSources {
  const chunks = listOf(metadata.groundingChunks)
  const sources: Source[] = []
  const placed = new Set<number>()
  const left: Record<string, JsonValue> = { ...beyond(metadata, metadataFields) }
  for (const support of listOf(metadata.groundingSupports)) {
    if (!isJsonObject(support)) continue
    const place = placeOf(support.segment, text)
    for (const number of listOf(support.groundingChunkIndices)) {
      const source = typeof number === 'number' ? pageOf(chunks[number], place) : undefined
      if (typeof number !== 'number' || !source || !place) continue
      sources.push(source)
      placed.add(number)
    }
    for (const [key, value] of Object.entries(beyond(support, supportFields))) left[`.groundingSupports${key}`] = value
  }
  for (const [number, chunk] of chunks.entries()) {
    const source = pageOf(chunk, undefined)
    if (source && !placed.has(number)) sources.push(source)
    if (!source) left['.groundingChunks'] = [...listOf(left['.groundingChunks']), chunk]
    const web = isJsonObject(chunk) && isJsonObject(chunk.web) ? chunk.web : {}
    if (source)
      for (const [key, value] of Object.entries(beyond(web, webFields))) left[`.groundingChunks${key}`] = value
  }
  return { sources, left }
}

const metadataFields = new Set(['groundingChunks', 'groundingSupports'])
const supportFields = new Set(['segment', 'groundingChunkIndices'])
const webFields = new Set(['uri', 'title'])

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function pageOf(chunk: JsonValue | undefined, place: Source['place']): Source | undefined {
  const web = isJsonObject(chunk) ? chunk.web : undefined
  if (!isJsonObject(web) || typeof web.uri !== 'string' || web.uri === '') return undefined
  return sourceOf(web.uri, web.title, place)
}

/** Gemini counts bytes of UTF-8, in one part of several. Its own words of the segment say whether they were counted here. */
function placeOf(segment: JsonValue | undefined, text: string): Source['place'] {
  if (!isJsonObject(segment)) return undefined
  const { startIndex = 0, endIndex, text: words } = segment
  if (typeof startIndex === 'number' && typeof endIndex === 'number') {
    const bytes = Buffer.from(text)
    const start = bytes.subarray(0, startIndex).toString().length
    const said = bytes.subarray(startIndex, endIndex).toString()
    const isHere = said !== '' && endIndex <= bytes.length && text.startsWith(said, start)
    if (isHere && (typeof words === 'string' ? said === words : !segment.partIndex)) {
      return { start, end: start + said.length }
    }
  }
  const found = typeof words === 'string' && words !== '' ? text.indexOf(words) : -1
  return found < 0 ? undefined : { start: found, end: found + String(words).length }
}
