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
  /** The name of this set of documents in the index. Default: `documents`. */
  readonly name?: string
  /** Characters a chunk is to have, about. Default 1100: recall is best there for lexical search. */
  readonly chunkCharacters?: number
  /** Sources that a question is answered from, at most. Default 5. */
  readonly sources?: number
}

/** What a feature may answer from: files, folders and documents in memory. Nothing is read before the first question. */
export interface Documents extends Required<DocumentsOptions> {
  readonly from: readonly (string | DocumentInput)[]
}

/**
 * Names what a feature may answer from: paths of files, folders (all text, Markdown and HTML files in them) and documents in
 * memory. They are indexed on the first question, and again where their content has changed.
 */
export function documents(
  from: string | DocumentInput | readonly (string | DocumentInput)[],
  { index = '.inseam/documents.db', name = 'documents', chunkCharacters = 1100, sources = 5 }: DocumentsOptions = {},
): Documents {
  return { from: Array.isArray(from) ? from : [from as string | DocumentInput], index, name, chunkCharacters, sources }
}
