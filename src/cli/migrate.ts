import { isAbsolute, relative } from 'node:path'
import type { Command } from 'commander'
import { type Config, loadConfig } from '../config.ts'
import { migratePostgres, type PostgresToMigrate, pendingInPostgres } from '../stores/postgres/index.ts'
import { type FileToMigrate, migrateFile, pendingInFile } from '../stores/sqlite/index.ts'

/** `inseam migrate`: brings the schemas of all stores in use up to date. */
export function migrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('Bring the schemas of all stores up to date that the configuration names. Forward only.')
    .option('-c, --config <file>', 'the configuration file (default: inseam.yaml)')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--json', 'print it as JSON')
    .action(migrate)
}

interface MigrateOptions {
  readonly config?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** One kind of thing that is kept, and the steps of its schema that were taken, or are to be. */
interface Migrated {
  readonly holds: string
  readonly store: 'sqlite' | 'postgres'
  readonly at: string
  readonly steps: readonly string[]
}

async function migrate({ config: path, dryRun = false, json = false }: MigrateOptions): Promise<void> {
  const { files, databases } = storesOf(await loadConfig({ path }))
  // What cannot be used is refused before anything is changed.
  const pending = await each(files, databases, pendingInFile, pendingInPostgres)
  const told = dryRun ? pending : await each(files, databases, migrateFile, migratePostgres)
  if (json) process.stdout.write(`${JSON.stringify({ dryRun, stores: told }, undefined, 2)}\n`)
  else process.stdout.write(told.map((one) => lineOf(one, dryRun)).join('') || 'No store is kept anywhere.\n')
}

function storesOf({ events, state }: Config): {
  readonly files: readonly FileToMigrate[]
  readonly databases: readonly PostgresToMigrate[]
} {
  const files: FileToMigrate[] = []
  const databases: PostgresToMigrate[] = []
  if (events.store === 'sqlite') files.push({ path: events.path, holds: 'events' })
  if (events.postgres) databases.push({ url: events.postgres.url, components: ['events'] })
  if (state.store === 'sqlite') files.push({ path: state.path, holds: 'state' })
  else databases.push({ url: state.url, components: ['ledger', 'keys'] })
  return { files, databases }
}

async function each(
  files: readonly FileToMigrate[],
  databases: readonly PostgresToMigrate[],
  ofFile: typeof pendingInFile,
  ofPostgres: typeof pendingInPostgres,
): Promise<readonly Migrated[]> {
  const told: Migrated[] = []
  for (const file of files)
    told.push({ holds: file.holds, store: 'sqlite', at: shortest(file.path), steps: ofFile(file) })
  for (const database of databases) {
    const { name, steps } = await ofPostgres(database)
    for (const holds of database.components) {
      const own = steps.filter(({ component }) => component === holds)
      told.push({ holds, store: 'postgres', at: name, steps: own.map((step) => step.name) })
    }
  }
  return told
}

function lineOf({ holds, store, at, steps }: Migrated, isPending: boolean): string {
  const place = `${holds} in ${store === 'postgres' ? `Postgres at ${at}` : at}`
  if (steps.length === 0) return `${place}: up to date.\n`
  const count = `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}`
  return `${place}: ${count} ${isPending ? 'to take' : 'taken'}.\n${steps.map((step) => `  ${step}\n`).join('')}`
}

/** A path as one would type it here. */
function shortest(path: string): string {
  const from = relative('', path)
  return from.startsWith('..') || isAbsolute(from) ? path : from
}
