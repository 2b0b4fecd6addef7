import type { JsonObject } from '../../core/json.ts'
import type { LossList } from '../losses.ts'
import { urlCitation } from '../openai/url-citation.ts'
import type { Cited } from '../sources.ts'

/** What an answer cites, as annotations of its message: their places are those of all its words. */
export function writeAnnotations(cited: readonly Cited[], losses: LossList): JsonObject[] {
  return cited.map((one) => ({ type: 'url_citation', url_citation: urlCitation(one, one.before, losses) }))
}
