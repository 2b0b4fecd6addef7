import type { JsonObject } from '../json.ts'

/** Which model a path asks, and whether for a stream. */
export interface Addressed {
  readonly model: string
  readonly streamed: boolean
  /** Whether its tokens are to be counted, and nothing is to be answered. */
  readonly counts: boolean
}

const place = /^\/v1(?:beta)?\/models\/(.+):(generateContent|streamGenerateContent|countTokens)$/

/** What the path of a request says; nothing where it is no such path. */
export function readAddress(path: string): Addressed | undefined {
  const found = place.exec(path)
  if (!found) return undefined
  const [, model = '', method] = found
  return {
    model: /%(?![\da-f]{2})/i.test(model) ? model : decodeURIComponent(model),
    streamed: method === 'streamGenerateContent',
    counts: method === 'countTokens',
  }
}

/** Where the path's word for a stream stands in a body that is read on: no client can send a field of this name. */
export const streamField = ':stream'

/** The body as the other dialects have it, with model and stream in it. */
export function withAddress(body: JsonObject, { model, streamed }: Addressed): JsonObject {
  return { ...body, model, [streamField]: streamed }
}
