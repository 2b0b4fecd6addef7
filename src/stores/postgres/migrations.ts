import type { Migration } from '../../sqlite/migrate.ts'
import { eventMigrations } from './event-migrations.ts'
import { keyMigrations } from './key-migrations.ts'
import { ledgerMigrations } from './ledger-migrations.ts'

/** What is kept in Postgres, each with a schema that grows by itself. */
export type Component = 'events' | 'ledger' | 'keys'

/** The steps of each, oldest first. Forward only. A name is never used twice in one list. */
export const migrations: Readonly<Record<Component, readonly Migration[]>> = {
  events: eventMigrations,
  ledger: ledgerMigrations,
  keys: keyMigrations,
}
