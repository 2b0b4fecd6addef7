import type { Migration } from '../../sqlite/migrate.ts'
import { keyMigrations } from './key-migrations.ts'
import { ledgerMigrations } from './ledger-migrations.ts'

/** The steps of all that is kept in the state file: each part has a file of its own, in which its steps are in order. */
export const stateMigrations: readonly Migration[] = [...keyMigrations, ...ledgerMigrations]
