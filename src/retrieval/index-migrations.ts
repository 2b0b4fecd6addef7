import type { Migration } from '../sqlite/migrate.ts'

/** Every step, oldest first. Forward only. Each set has a full-text table of its own, `search_<set_id>`: see `searchTable`. */
export const indexMigrations: readonly Migration[] = [
  {
    name: '2026-11-sets-documents-chunks',
    sql: `
CREATE TABLE sets (set_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE documents (
  document_id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES sets,
  id TEXT NOT NULL, format TEXT NOT NULL,
  content_hash TEXT NOT NULL, chunking TEXT NOT NULL, stamp TEXT NOT NULL,
  indexed_at INTEGER NOT NULL,
  UNIQUE (set_id, id)
);
CREATE TABLE chunks (
  chunk_id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents,
  start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
  headings TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (document_id);`,
  },
]

/** The full-text table of a set: apart from others, so that neither its results nor its scores depend on them. */
export function searchTable(set: number): string {
  return `search_${set}`
}

/** The text itself stands in `chunks`; here is only what is needed to find it. */
export function searchTableSql(set: number): string {
  const options = "content='', contentless_delete=1, tokenize='porter unicode61'"
  return `CREATE VIRTUAL TABLE ${searchTable(set)} USING fts5(body, headings, ${options})`
}
