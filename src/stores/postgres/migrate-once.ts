import { type MigrateWhen, migrateIfAllowed } from './migrate.ts'
import type { Component } from './migrations.ts'
import type { Database } from './open-database.ts'

/** The same database, brought up to date before the first question; where it is away, the next question tries again. */
export function migrateOnce(database: Database, components: readonly Component[], when?: MigrateWhen): Database {
  let migrated: Promise<unknown> | undefined
  const ready = (): Promise<unknown> => {
    if (migrated) return migrated
    const migrating = migrateIfAllowed(database, components, when)
    migrated = migrating
    migrating.catch(() => {
      if (migrated === migrating) migrated = undefined
    })
    return migrating
  }
  return {
    schema: database.schema,
    name: database.name,
    query: async (text, values) => {
      await ready()
      return database.query(text, values)
    },
    rows: async (text, values) => {
      await ready()
      return database.rows(text, values)
    },
    transaction: async (work, options) => {
      await ready()
      return database.transaction(work, options)
    },
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
  }
}
