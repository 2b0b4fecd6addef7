import type { DocumentFormat } from './documents.ts'

const endings: Readonly<Record<string, DocumentFormat>> = {
  txt: 'text',
  md: 'markdown',
  markdown: 'markdown',
  html: 'html',
  htm: 'html',
}

/** The format that the ending of a name says, where it says one. */
export function formatOf(name: string): DocumentFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(endings, ending) ? endings[ending] : undefined
}
