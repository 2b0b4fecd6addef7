import { InseamError } from '../../errors/index.ts'
import type { Migration } from '../../sqlite/migrate.ts'
import { type Component, migrations } from './migrations.ts'
import { type Database, quoted, type Session } from './open-database.ts'

/** A step that was taken, or is to be. */
export interface MigrationStep {
  readonly component: Component
  readonly name: string
}

/** What is to be brought up to date. */
export interface MigrateOptions {
  /** Default: all. */
  readonly components?: readonly Component[]
  /** Default: the released ones. */
  readonly steps?: Readonly<Record<Component, readonly Migration[]>>
}

/** Whether a schema may be brought up to date at start: by `auto`, or by `inseam migrate` alone. */
export type MigrateWhen = 'auto' | 'never'

/** "insm" in ASCII, so that it meets nobody else's. */
const lock = 0x69_6e_73_6d
/** Steps over a large record take as long as they take. */
const stepTimeoutMs = 3_600_000

const allComponents = Object.keys(migrations) as Component[]

/**
 * Takes the steps that a database has not taken yet, oldest first, each in a transaction of its own, and notes them in
 * `inseam_migrations`. However many processes start at once, each step is taken by one; the others wait for it. Gives the steps
 * that were taken here.
 *
 * Throws `config-invalid`, and changes nothing, where a newer version has been there, or where the schema holds something else.
 */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<readonly MigrationStep[]> {
  const taken: MigrationStep[] = []
  // What is up to date is not even locked.
  while ((await pendingMigrations(database, options)).length > 0) {
    const step = await database.transaction((session) => takeNext(session, database, options), {
      timeoutMs: stepTimeoutMs,
    })
    if (step) taken.push(step)
  }
  return taken
}

/** As {@link migrate}; with `never`, throws `config-invalid` where steps are pending, names the command, and changes nothing. */
export async function migrateIfAllowed(
  database: Database,
  components: readonly Component[],
  when: MigrateWhen = 'auto',
): Promise<void> {
  if (when === 'auto') await migrate(database, { components })
  else {
    const { length } = await pendingMigrations(database, { components })
    if (length > 0) throw notUpToDate(database.name, components, length)
  }
}

/** The steps that are yet to be taken, in order. Changes nothing. Throws as {@link migrate}. */
export async function pendingMigrations(
  database: Database,
  { components = allComponents, steps = migrations }: MigrateOptions = {},
): Promise<readonly MigrationStep[]> {
  return pendingIn(database, database, components, steps)
}

async function pendingIn(
  session: Session,
  { schema, name }: Database,
  components: readonly Component[],
  steps: Readonly<Record<Component, readonly Migration[]>>,
): Promise<readonly MigrationStep[]> {
  const taken = await readTaken(session, schema, name)
  for (const component of components)
    for (const step of taken[component] ?? [])
      if (!steps[component].some((known) => known.name === step)) throw writtenByNewer(name, component, step)
  return components.flatMap((component) =>
    steps[component]
      .filter((step) => !taken[component]?.has(step.name))
      .map((step): MigrationStep => ({ component, name: step.name })),
  )
}

async function takeNext(
  session: Session,
  database: Database,
  { components = allComponents, steps = migrations }: MigrateOptions,
): Promise<MigrationStep | undefined> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [lock])
  const [next] = await pendingIn(session, database, components, steps)
  if (!next) return undefined
  await makeNotes(session, database.schema)
  await session.query(steps[next.component].find(({ name }) => name === next.name)!.sql)
  await session.query(
    'INSERT INTO inseam_migrations (component, name, applied_at) VALUES ($1, $2, (extract(epoch FROM clock_timestamp()) * 1000)::int8)',
    [next.component, next.name],
  )
  return next
}

/** Asked only where it is not there: making it needs a right that a user may have had once and not keep. */
async function makeNotes(session: Session, schema: string): Promise<void> {
  const found = await session.query<{ schema: string | null; notes: string | null }>(
    'SELECT to_regnamespace($1)::text AS schema, to_regclass($2)::text AS notes',
    [quoted(schema), `${quoted(schema)}.inseam_migrations`],
  )
  if (found.rows[0]?.schema == null) await session.query(`CREATE SCHEMA ${quoted(schema)}`)
  if (found.rows[0]?.notes == null)
    await session.query(
      'CREATE TABLE inseam_migrations (component text NOT NULL, name text NOT NULL, applied_at int8 NOT NULL, PRIMARY KEY (component, name))',
    )
}

async function readTaken(session: Session, schema: string, name: string): Promise<Record<string, Set<string>>> {
  const { rows: tables } = await session.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p')",
    [quoted(schema)],
  )
  if (tables.length === 0) return {}
  if (!tables.some(({ relname }) => relname === 'inseam_migrations')) throw holdsSomethingElse(schema, name)
  const { rows } = await session.query<{ component: string; name: string }>(
    'SELECT component, name FROM inseam_migrations',
  )
  const taken: Record<string, Set<string>> = {}
  for (const row of rows) {
    taken[row.component] ??= new Set()
    taken[row.component]!.add(row.name)
  }
  return taken
}

function writtenByNewer(name: string, component: Component, step: string): InseamError {
  return new InseamError(
    'config-invalid',
    `Postgres at ${name} was written by a newer version: ${component} has the schema step "${step}", which this one does not know.`,
    { fix: 'Upgrade inseam, or name another database.' },
  )
}

function holdsSomethingElse(schema: string, name: string): InseamError {
  return new InseamError(
    'config-invalid',
    `The schema "${schema}" of Postgres at ${name} holds something else: it has no table "inseam_migrations".`,
    { fix: 'Name another database, or rename that schema.' },
  )
}

function notUpToDate(name: string, components: readonly Component[], steps: number): InseamError {
  const lacking = `Postgres at ${name} lacks ${steps} ${steps === 1 ? 'step' : 'steps'} of the schema of ${components.join(' and ')}`
  return new InseamError('config-invalid', `${lacking}, and \`migrate\` is \`never\`.`, {
    fix: 'Run `inseam migrate`.',
  })
}
