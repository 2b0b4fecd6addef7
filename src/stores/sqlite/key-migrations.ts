import type { Migration } from '../../sqlite/migrate.ts'

/** The schema of keys and their audit log, every step, oldest first. Forward only. */
export const keyMigrations: readonly Migration[] = [
  {
    name: '2026-11-keys-and-audit',
    sql: `
CREATE TABLE access_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  previous_hash TEXT,
  revoked_at INTEGER,
  created_at INTEGER NOT NULL,
  changed_in INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX access_keys_by_name ON access_keys (name) WHERE revoked_at IS NULL;
CREATE INDEX access_keys_by_previous_hash ON access_keys (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX access_keys_by_change ON access_keys (changed_in);
CREATE TABLE audit_entries (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  details TEXT NOT NULL,
  hash TEXT NOT NULL
);`,
  },
]
