import type { DatabaseSync } from 'node:sqlite'
import { htmlText } from './html-text.ts'
import type { FoundPassage, SearchWork } from './index-messages.ts'
import { searchTable } from './index-migrations.ts'
import { anyOf, searchTerms } from './search-terms.ts'
import { findSet } from './update-index.ts'

/** Rows that may be scored for one question: at 0.65 us each, what a question may take. Rarer terms come first. */
const mostRows = 12_000
/** A heading's word counts for less than one of the text: it stands in each chunk under it. */
const headingWeight = 0.5
/** Rows read beyond the limit, so that those with the same score are told apart by where they stand, and not by when they came. */
const rowsForTies = 32

/**
 * The passages that best match a question, by BM25 over stemmed words: any of them may match, and the rarer one counts for
 * more. Where the terms of a question stand in too many chunks, the commonest are left out, which would hardly count.
 * Those with the same score come in the order of document and place.
 */
export function searchIndex(database: DatabaseSync, { set, query, limit }: SearchWork): FoundPassage[] {
  const setId = findSet(database, set)
  const terms = searchTerms(query)
  if (setId === undefined || terms.length === 0) return []
  const table = searchTable(setId)
  // One moment of the file: another process may replace a document between two statements.
  database.exec('BEGIN')
  try {
    const worth = affordable(database, table, terms)
    const best = database
      .prepare(
        `SELECT rowid, bm25(${table}, 1.0, ${headingWeight}) AS rank FROM ${table} WHERE ${table} MATCH ? ORDER BY rank, rowid LIMIT ?`,
      )
      .all(anyOf(worth), limit + rowsForTies)
    return best
      .map(({ rowid, rank }) => passage(database, Number(rowid), -Number(rank)))
      .sort(byScoreThenPlace)
      .slice(0, limit)
      .map(readable)
  } finally {
    database.exec('COMMIT')
  }
}

function affordable(database: DatabaseSync, table: string, terms: readonly string[]): readonly string[] {
  const rows = Number(database.prepare(`SELECT count(*) AS count FROM ${table}_docsize`).get()?.count)
  if (rows * terms.length <= mostRows) return terms
  const count = database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${table} MATCH ?`)
  const counted = terms
    .map((term) => ({ term, rows: Number(count.get(anyOf([term]))?.count) }))
    .filter(({ rows }) => rows > 0)
    .sort((left, right) => left.rows - right.rows)
  const kept: string[] = []
  let scored = 0
  for (const { term, rows } of counted) {
    scored += rows
    if (kept.length > 0 && scored > mostRows) break
    kept.push(term)
  }
  return kept.length > 0 ? kept : terms.slice(0, 1)
}

type Row = FoundPassage & { readonly format: string }

function passage(database: DatabaseSync, chunk: number, score: number): Row {
  const sql =
    'SELECT id, format, start_at, end_at, text FROM chunks JOIN documents USING (document_id) WHERE chunk_id = ?'
  const row = database.prepare(sql).get(chunk)
  if (!row) throw new Error(`the chunk ${chunk} is in the search table alone`)
  return {
    document: String(row.id),
    start: Number(row.start_at),
    end: Number(row.end_at),
    text: String(row.text),
    score,
    format: String(row.format),
  }
}

function byScoreThenPlace(left: Row, right: Row): number {
  if (left.score !== right.score) return right.score - left.score
  if (left.document !== right.document) return left.document < right.document ? -1 : 1
  return left.start - right.start
}

function readable({ format, ...found }: Row): FoundPassage {
  return format === 'html' ? { ...found, plain: htmlText(found.text).plain } : found
}
