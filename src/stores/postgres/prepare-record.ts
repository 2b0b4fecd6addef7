import { createHash } from 'node:crypto'
import type { View } from '../sqlite/view.ts'
import { views } from '../sqlite/views.ts'
import { type MigrateWhen, migrateIfAllowed } from './migrate.ts'
import type { Component } from './migrations.ts'
import type { Database, Session } from './open-database.ts'

const components: readonly Component[] = ['events']
/** "insv" in ASCII. */
const lock = 0x69_6e_73_76

/**
 * Brings the record's schema and its views up to date. With `never`, throws `config-invalid` where they are not, and names the command.
 */
export async function prepareRecord(database: Database, when: MigrateWhen = 'auto'): Promise<void> {
  await migrateIfAllowed(database, components, when)
  if (when === 'auto') await refreshViews(database)
}

/** Views hold no data, so they follow the code: a changed one is made anew. Its comment says what it was made of. */
export async function refreshViews(database: Database): Promise<void> {
  const wanted = recordViews.map((view) => ({ name: view.name, sql: selectOf(view), mark: markOf(view) }))
  const isCurrent = async (session: Session) => {
    const { rows } = await session.query<{ name: string; mark: string | null }>(
      "SELECT relname AS name, obj_description(oid, 'pg_class') AS mark FROM pg_class WHERE relkind = 'v' AND relnamespace = to_regnamespace(current_schema())",
    )
    const marks = new Map(rows.map(({ name, mark }) => [name, mark]))
    return wanted.every(({ name, mark }) => marks.get(name) === mark)
  }
  if (await isCurrent(database)) return
  await database.transaction(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [lock])
    if (await isCurrent(session)) return
    for (const { name, sql, mark } of wanted)
      await session.query(
        `DROP VIEW IF EXISTS ${name}; CREATE VIEW ${name} AS ${sql}; COMMENT ON VIEW ${name} IS '${mark}'`,
      )
  })
}

/** What is in Postgres of what is in the file. */
export const recordViews = views.filter(({ table }) => ['calls', 'attempts', 'runs', 'steps'].includes(table))

function selectOf({ table, columns }: View): string {
  const list = columns.map(({ name, sql, postgres = sql }) => (name === postgres ? name : `${postgres} AS ${name}`))
  return `SELECT ${list.join(', ')} FROM ${table}`
}

const markOf = (view: View): string => createHash('sha256').update(selectOf(view)).digest('hex').slice(0, 16)
