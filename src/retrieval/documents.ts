import { grouped } from '../core/figures.ts'
import { InseamError } from '../errors/index.ts'

/** A document that stands in memory. */
export interface DocumentInput {
  /** Names it in citations, and in the index: a second one of the same id takes its place. */
  readonly id: string
  readonly text: string
  /** Default: by the ending of `id`, else `text`. */
  readonly format?: DocumentFormat
}

/** How a document is read. */
export type DocumentFormat = 'text' | 'markdown' | 'html'

/** How documents are indexed and searched. */
export interface DocumentsOptions {
  /** The index file. Default `.inseam/documents.db`; each set of documents in it is kept apart by its name. */
  readonly index?: string
  /** The name of this set of documents in the index. Default: its paths; `documents` where all are in memory. */
  readonly name?: string
  /** Characters a chunk is to have, about. Default 1100: recall is best there for lexical search. */
  readonly chunkCharacters?: number
  /** Sources that a question is answered from, at most. Default 5. */
  readonly sources?: number
  /** A larger file is refused before it is read, in bytes. Default 67,108,864 (64 MiB). */
  readonly maxFileBytes?: number
}

/** What a feature may answer from: files, folders and documents in memory. Nothing is read before the first question. */
export interface Documents extends Required<DocumentsOptions> {
  readonly from: readonly (string | DocumentInput)[]
}

/**
 * Names what a feature may answer from: paths of files, folders (all text, Markdown and HTML files in them) and documents in
 * memory. They are indexed on the first question, and again where their content has changed. Throws `feature-invalid` where
 * an option is no number that it could be.
 *
 * @example
 * ```ts
 * import { documents, feature, prompt } from 'inseam'
 *
 * const help = documents({ id: 'refunds.md', text: 'A refund is paid within 14 days.' })
 * const helpdesk = feature({
 *   name: 'helpdesk',
 *   model: 'fast',
 *   documents: help,
 *   prompt: ({ question }: { question: string }) => prompt`Question: ${question}`,
 * })
 * console.assert(helpdesk.documents?.sources === 5)
 * ```
 */
export function documents(
  from: string | DocumentInput | readonly (string | DocumentInput)[],
  options: DocumentsOptions = {},
): Documents {
  const list = Array.isArray(from) ? from : [from as string | DocumentInput]
  const { index = '.inseam/documents.db', name = nameOf(list) } = options
  const { chunkCharacters = 1100, sources = 5, maxFileBytes = 64 * 1024 * 1024 } = options
  demand('chunkCharacters', chunkCharacters, 50, 100_000)
  demand('sources', sources, 1, 100)
  demand('maxFileBytes', maxFileBytes, 1, 512 * 1024 * 1024)
  return { from: list, index, name, chunkCharacters, sources, maxFileBytes }
}

/** A set is called after its paths. */
function nameOf(from: Documents['from']): string {
  return from.filter((one) => typeof one === 'string').join(', ') || 'documents'
}

function demand(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  const range = `${grouped(least)} to ${grouped(most)}`
  throw new InseamError('feature-invalid', `\`${option}\` of a set of documents is ${value}.`, {
    fix: `Give a whole number from ${range}.`,
  })
}
