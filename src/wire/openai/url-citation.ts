import type { JsonObject } from '../../core/json.ts'
import type { LossList } from '../losses.ts'
import type { Cited } from '../sources.ts'

/** What a `url_citation` says of a page, its place counted from `offset`. A place that is not known is the whole text, and named. */
export function urlCitation({ index, text, field, source }: Cited, offset: number, losses: LossList): JsonObject {
  const { url, title = '', place } = source
  if (!place) {
    losses.approximated(`content[${index}].${field}`, 'what rests on the page is not known: the whole text is told.')
  }
  const { start, end } = place ?? { start: 0, end: text.length }
  return { url, title, start_index: start + offset, end_index: end + offset }
}
