import type { DatabaseSync } from 'node:sqlite'
import { htmlText } from './html-text.ts'
import type { FoundPassage, SearchWork } from './index-messages.ts'
import { searchTable } from './index-migrations.ts'
import { anyOf, searchTerms } from './search-terms.ts'
import { findSet } from './update-index.ts'

/** Rows that may be scored for one question, at about a microsecond each: what a question may take. */
const mostRows = 8_000
/** A heading's word counts for less than one of the text: it stands in each chunk under it. */
const headingWeight = 0.5
/** Rows read beyond the limit, so that those with the same score are told apart by where they stand, and not by when they came. */
const rowsForTies = 32

/**
 * The passages that best match a question, by BM25 over stemmed words: any of them may match, and the rarer one counts for
 * more. In a large set, where that would score too many, a passage must hold one of the rarer terms; the others count all the
 * same. Those with the same score come in the order of document and place.
 */
export function searchIndex(database: DatabaseSync, { set, query, limit }: SearchWork): FoundPassage[] {
  const setId = findSet(database, set)
  const terms = searchTerms(query)
  if (setId === undefined || terms.length === 0) return []
  const table = searchTable(setId)
  // One moment of the file: another process may replace a document between two statements.
  database.exec('BEGIN')
  try {
    const match = matchFor(database, table, terms)
    const best = database
      .prepare(
        `SELECT rowid, bm25(${table}, 1.0, ${headingWeight}) AS rank FROM ${table} WHERE ${table} MATCH ? ORDER BY rank, rowid LIMIT ?`,
      )
      .all(match, limit + rowsForTies)
    return best
      .map(({ rowid, rank }) => passage(database, Number(rowid), -Number(rank)))
      .sort(byScoreThenPlace)
      .slice(0, limit)
      .map(readable)
  } finally {
    database.exec('COMMIT')
  }
}

/** Matching costs a twentieth of scoring: so the terms are counted, and the rarest of them, as many as can be afforded, choose. */
function matchFor(database: DatabaseSync, table: string, terms: readonly string[]): string {
  const rows = Number(database.prepare(`SELECT count(*) AS count FROM ${table}_docsize`).get()?.count)
  if (rows * terms.length <= mostRows) return anyOf(terms)
  const count = database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${table} MATCH ?`)
  const counted = terms
    .map((term) => ({ term, rows: Number(count.get(anyOf([term]))?.count) }))
    .filter(({ rows }) => rows > 0)
    .sort((left, right) => left.rows - right.rows)
  const known = counted.map(({ term }) => term)
  const rare: string[] = []
  let scored = 0
  for (const { term, rows } of counted) {
    scored += rows
    if (rare.length > 0 && scored > mostRows) break
    rare.push(term)
  }
  return rare.length === known.length ? anyOf(terms) : `(${anyOf(rare)}) AND (${anyOf(known)})`
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
