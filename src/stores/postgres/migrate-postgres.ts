import { type MigrationStep, migrate, pendingMigrations } from './migrate.ts'
import type { Component } from './migrations.ts'
import { type Database, openDatabase } from './open-database.ts'
import { refreshViews } from './prepare-record.ts'

/** A Postgres, and what is kept in it. */
export interface PostgresToMigrate {
  readonly url: string
  readonly components: readonly Component[]
}

/** What became of it, or is to. */
export interface PostgresMigrated {
  /** `host:port/database`, without who asks. */
  readonly name: string
  readonly steps: readonly MigrationStep[]
}

/**
 * The steps that a Postgres has not taken yet. Changes nothing. Throws `config-invalid` where a newer version has been there, and
 * `store-failed` where it cannot be reached.
 */
export async function pendingInPostgres({ url, components }: PostgresToMigrate): Promise<PostgresMigrated> {
  await using database = await openDatabase({ url, maxConnections: 1 })
  return { name: database.name, steps: await pendingMigrations(database, { components }) }
}

/** Takes those steps, each in a transaction of its own, and makes the views anew that have changed. Throws the same. */
export async function migratePostgres({ url, components }: PostgresToMigrate): Promise<PostgresMigrated> {
  await using database: Database = await openDatabase({ url, maxConnections: 2 })
  const steps = await migrate(database, { components })
  if (components.includes('events')) await refreshViews(database)
  return { name: database.name, steps }
}
