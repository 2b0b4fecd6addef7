import type { Migration } from '../../sqlite/migrate.ts'

/** The schema of keys and their audit log, every step, oldest first. Forward only. */
export const keyMigrations: readonly Migration[] = [
  {
    name: '2026-11-keys-and-audit',
    sql: `
CREATE TABLE access_keys (
  id text PRIMARY KEY,
  name text NOT NULL,
  hash text NOT NULL UNIQUE,
  previous_hash text,
  revoked_at int8,
  created_at int8 NOT NULL,
  changed_in int8 NOT NULL,
  body text NOT NULL
);
CREATE UNIQUE INDEX access_keys_by_name ON access_keys (name) WHERE revoked_at IS NULL;
CREATE INDEX access_keys_by_previous_hash ON access_keys (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX access_keys_by_change ON access_keys (changed_in);
CREATE TABLE audit_entries (
  seq int8 PRIMARY KEY,
  at int8 NOT NULL,
  actor text NOT NULL, action text NOT NULL, subject text NOT NULL,
  details text NOT NULL,
  hash text NOT NULL
);`,
  },
]
