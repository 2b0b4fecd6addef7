import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Chunk } from './indexes.ts'

/** A question of the Chroma chunking evaluation, with the excerpts that answer it. */
export interface RecallQuestion {
  readonly question: string
  /** The corpus, by the name of its file. */
  readonly document: string
  readonly excerpts: readonly { readonly start: number; readonly end: number; readonly content: string }[]
}

/** Reads `questions.csv` of the evaluation. */
export function readQuestions(folder: string): RecallQuestion[] {
  const rows: Record<string, string>[] = parse(readFileSync(join(folder, 'questions.csv')), { columns: true })
  return rows.map(({ question = '', references = '[]', corpus_id = '' }) => ({
    question,
    document: `${corpus_id}.md`,
    excerpts: (JSON.parse(references) as { start_index: number; end_index: number; content: string }[]).map(
      ({ start_index, end_index, content }) => ({ start: start_index, end: end_index, content }),
    ),
  }))
}

/** The share of the excerpts' characters that the chunks cover: the evaluation's own recall. */
export function recallOf(
  { document, excerpts }: RecallQuestion,
  chunks: readonly Pick<Chunk, 'document' | 'start' | 'end'>[],
): number {
  let wanted = 0
  let covered = 0
  for (const { start, end } of excerpts) {
    wanted += end - start
    for (let at = start; at < end; at++)
      covered += Number(chunks.some((chunk) => chunk.document === document && chunk.start <= at && at < chunk.end))
  }
  return covered / wanted
}
