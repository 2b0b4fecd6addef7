import type { Migration } from '../../sqlite/migrate.ts'

/** The ledger's schema, every step, oldest first. Forward only. The tables of SQLite's, which say what they mean. */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: '2026-11-ledger',
    sql: `
CREATE TABLE ledger_accounts (
  account_id text COLLATE "C" PRIMARY KEY,
  budget_id text NOT NULL, subject text NOT NULL, starts_at int8 NOT NULL, ends_at int8 NOT NULL,
  settled int8 NOT NULL, reserved int8 NOT NULL,
  warned float8 NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX ledger_accounts_by_end ON ledger_accounts (ends_at);
CREATE TABLE ledger_holds (
  hold_id text COLLATE "C" PRIMARY KEY,
  owner_id text NOT NULL, call_id text, is_lease boolean NOT NULL,
  amount int8 NOT NULL, spent int8 NOT NULL,
  account_ids text[] NOT NULL,
  made_at int8 NOT NULL, presumed_at int8
);
CREATE INDEX ledger_holds_by_owner ON ledger_holds (owner_id) WHERE presumed_at IS NULL;
CREATE INDEX ledger_holds_presumed ON ledger_holds (presumed_at) WHERE presumed_at IS NOT NULL;
CREATE TABLE ledger_owners (owner_id text PRIMARY KEY, expires_at int8 NOT NULL);`,
  },
]
