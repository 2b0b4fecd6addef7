import type { Migration } from '../../sqlite/migrate.ts'

/**
 * Every step of the ledger, oldest first. Forward only. Amounts are nano-dollars, times milliseconds since the Unix epoch. What is
 * held belongs to an owner, a process; `presumed_at` says since when it counts as spent because its owner died. A lease (`is_lease`)
 * is held until its owner gives it back, and notes what was spent of it.
 */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: '2026-11-ledger',
    sql: `
CREATE TABLE ledger_accounts (
  account_id TEXT PRIMARY KEY,
  budget_id TEXT NOT NULL, subject TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
  settled INTEGER NOT NULL, reserved INTEGER NOT NULL,
  warned REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX ledger_accounts_by_end ON ledger_accounts (ends_at);
CREATE TABLE ledger_holds (
  hold_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL, call_id TEXT, is_lease INTEGER NOT NULL,
  amount INTEGER NOT NULL, spent INTEGER NOT NULL,
  account_ids TEXT NOT NULL,
  made_at INTEGER NOT NULL, presumed_at INTEGER
) WITHOUT ROWID;
CREATE INDEX ledger_holds_by_owner ON ledger_holds (owner_id) WHERE presumed_at IS NULL;
CREATE INDEX ledger_holds_presumed ON ledger_holds (presumed_at) WHERE presumed_at IS NOT NULL;
CREATE TABLE ledger_owners (owner_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;`,
  },
]
