import type { JsonObject } from '../../core/json.ts'
import type { Cited } from '../sources.ts'

/** What an answer cites, as a `groundingMetadata` of its candidate; nothing where it cites nothing. `partOf` numbers a block's part. */
export function writeGrounding(cited: readonly Cited[], partOf: (index: number) => number): JsonObject {
  if (cited.length === 0) return {}
  const pages = new Map<string, number>()
  const groundingChunks: JsonObject[] = []
  const segments = new Map<string, { readonly segment: JsonObject; readonly groundingChunkIndices: number[] }>()
  for (const { index, text, source } of cited) {
    const { url, title, place } = source
    const page = JSON.stringify([url, title])
    const number = pages.get(page) ?? groundingChunks.length
    if (!pages.has(page)) groundingChunks.push({ web: { uri: url, ...(title !== undefined && { title }) } })
    pages.set(page, number)
    if (!place) continue
    const key = `${index} ${place.start} ${place.end}`
    const known = segments.get(key)
    if (known) known.groundingChunkIndices.push(number)
    else segments.set(key, { segment: segmentOf(text, place, partOf(index)), groundingChunkIndices: [number] })
  }
  return { groundingMetadata: { groundingChunks, groundingSupports: [...segments.values()] } as unknown as JsonObject }
}

/** Gemini counts bytes of UTF-8, and leaves out what is 0. */
function segmentOf(text: string, { start, end }: { readonly start: number; readonly end: number }, part: number) {
  const startIndex = Buffer.byteLength(text.slice(0, start))
  const said = text.slice(start, end)
  return {
    ...(part > 0 && { partIndex: part }),
    ...(startIndex > 0 && { startIndex }),
    endIndex: startIndex + Buffer.byteLength(said),
    text: said,
  }
}
