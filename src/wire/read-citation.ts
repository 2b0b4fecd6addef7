import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { ReadSource, Source } from './source.ts'

/** A `url_citation` of OpenAI's, nested as Chat has it or flat as Responses has it; undefined for any other annotation. */
export function readAnnotation(value: JsonValue, text: string, offset: number): ReadSource | undefined {
  if (!isJsonObject(value) || value.type !== 'url_citation') return undefined
  const page = isJsonObject(value.url_citation) ? value.url_citation : value
  const { url, title, start_index: start, end_index: end } = page
  if (typeof url !== 'string' || url === '') return undefined
  const left = { ...beyond(value, annotationFields), ...beyond(page, annotationFields) }
  return { source: sourceOf(url, title, placeIn(text, start, end, offset)), left }
}

const annotationFields = new Set(['type', 'url_citation', 'url', 'title', 'start_index', 'end_index'])

/** A `web_search_result_location` of Anthropic's, which stands for the whole text; undefined for any other citation. */
export function readWebResult(value: JsonValue, text: string): ReadSource | undefined {
  if (!isJsonObject(value) || value.type !== 'web_search_result_location') return undefined
  const { url, title } = value
  if (typeof url !== 'string' || url === '') return undefined
  return {
    source: sourceOf(url, title, { start: 0, end: text.length }),
    left: beyond(value, webResultFields),
  }
}

const webResultFields = new Set(['type', 'url', 'title'])

/** A page; what says nothing is left out. */
export function sourceOf(url: string, title: JsonValue | undefined, place: Source['place']): Source {
  return { url, ...(typeof title === 'string' && title !== '' && { title }), ...(place && { place }) }
}

/** Hosts that know no place say that it is empty. */
function placeIn(
  text: string,
  start: JsonValue | undefined,
  end: JsonValue | undefined,
  offset: number,
): Source['place'] {
  if (typeof start !== 'number' || typeof end !== 'number') return undefined
  const isSound = Number.isInteger(start) && Number.isInteger(end) && start >= offset && start < end
  return isSound && end - offset <= text.length ? { start: start - offset, end: end - offset } : undefined
}

/** What an object says beyond these fields, each as `.name`. */
export function beyond(object: JsonObject, known: ReadonlySet<string>): Record<string, JsonValue> {
  const others: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(object)) {
    if (!known.has(key) && value !== undefined && value !== null && value !== '') others[`.${key}`] = value
  }
  return others
}
