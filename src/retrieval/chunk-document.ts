import type { DocumentFormat } from './documents.ts'
import { type Heading, headingPath, markdownHeadings } from './heading.ts'
import { htmlText } from './html-text.ts'
import { type PlainText, sourceRange } from './plain-text.ts'
import { splitText } from './split-text.ts'

/** A piece of a document as it is indexed: where it stands in the source, and what a reader sees of it. */
export interface IndexedChunk {
  readonly start: number
  readonly end: number
  readonly plain: string
  /** The titles of the sections that it stands in, the highest first. */
  readonly headings: string
}

/** Grows when the same document would be cut otherwise: what was indexed before is then cut anew. */
export const chunkingVersion = 1

/**
 * Cuts a document into chunks, in order. Each is an exact slice of the source; of HTML, none begins or ends within a tag or an
 * entity. A document without text has none.
 */
export function* chunkDocument(
  source: string,
  format: DocumentFormat,
  characters: number,
): Generator<IndexedChunk, void, void> {
  const { plain, headings } = readPlain(source, format)
  const pathAt = headingPath(headings)
  const places = headings.map(({ at }) => at)
  for (const { start, end } of splitText(plain.text, characters, places)) {
    yield { ...sourceRange(plain, start, end), plain: plain.text.slice(start, end), headings: pathAt(start) }
  }
}

function readPlain(
  source: string,
  format: DocumentFormat,
): { readonly plain: PlainText; readonly headings: readonly Heading[] } {
  switch (format) {
    case 'html':
      return htmlText(source)
    case 'markdown':
      return { plain: { text: source }, headings: markdownHeadings(source) }
    case 'text':
      return { plain: { text: source }, headings: [] }
  }
}
