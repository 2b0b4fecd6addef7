import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrateCommand } from '../src/cli/migrate.ts'
import { openDatabase } from '../src/stores/postgres/open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../src/stores/postgres/postgres-server.suite.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-migrate-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function configured(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  migrateCommand(program)
  let out = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  try {
    await program.parseAsync(['migrate', ...words], { from: 'user' })
  } finally {
    write.mockRestore()
  }
  return out
}

interface Told {
  readonly dryRun: boolean
  readonly stores: readonly { holds: string; store: string; at: string; steps: readonly string[] }[]
}

it('says what it would do, does it, and has nothing to do afterwards', async () => {
  const config = configured('files.yaml', 'events: { path: events.db }\nstate: { path: state.db }\n')
  const dry: Told = JSON.parse(await run('--config', config, '--dry-run', '--json'))
  expect(dry.dryRun).toBe(true)
  expect(dry.stores.map(({ holds, store }) => [holds, store])).toEqual([
    ['events', 'sqlite'],
    ['state', 'sqlite'],
  ])
  const done: Told = JSON.parse(await run('--config', config, '--json'))
  expect(done).toEqual({ dryRun: false, stores: dry.stores })
  expect(done.stores.every(({ steps }) => steps.length > 0)).toBe(true)
  expect(await run('--config', config)).toBe(
    done.stores.map(({ holds, at }) => `${holds} in ${at}: up to date.\n`).join(''),
  )
})

describe.skipIf(!hasPostgres)('with a Postgres', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('brings events, ledger and keys up to date, and names no password', async () => {
    const url = server.url.replace('inseam@', 'inseam:a-password@')
    const config = configured(
      'postgres.yaml',
      `events: { store: postgres, url: "${url}", migrate: never }\nstate: { store: postgres, url: "${url}", migrate: never }\n`,
    )
    const dry = await run('--config', config, '--dry-run')
    expect(dry).toMatch(/events in Postgres at 127.*to take.*ledger in.*keys in/s)
    const done = await run('--config', config)
    expect(done).toBe(dry.replaceAll('to take', 'taken'))
    expect(done).not.toContain('a-password')
    expect(await run('--config', config)).not.toContain('taken')
    await using database = await openDatabase({ url })
    const { rows } = await database.query<{ calls: number }>('SELECT count(*) AS calls FROM v_calls')
    expect(rows).toEqual([{ calls: 0 }])
  })

  it('changes no store where one of them is of a newer version', async () => {
    await using first = await openDatabase({ url: server.url })
    await first.query('CREATE DATABASE newer')
    const url = server.url.replace(/postgres$/, 'newer')
    const config = configured(
      'newer.yaml',
      `events: { path: untouched.db }\nstate: { store: postgres, url: "${url}" }\n`,
    )
    await using database = await openDatabase({ url })
    await database.query(
      `CREATE SCHEMA inseam; CREATE TABLE inseam.inseam_migrations (component text, name text, applied_at int8);
       INSERT INTO inseam.inseam_migrations VALUES ('keys', 'from-the-future', 0)`,
    )
    await expect(run('--config', config)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('from-the-future'),
      fix: expect.stringContaining('Upgrade inseam'),
    })
    const dry: Told = JSON.parse(
      await run('--config', configured('file.yaml', 'events: { path: untouched.db }'), '--dry-run', '--json'),
    )
    expect(dry.stores[0]?.steps.length).toBeGreaterThan(0)
  })

  it('says what to do where the database may only be read', async () => {
    await using database = await openDatabase({ url: server.url })
    await database.query('CREATE DATABASE replica')
    await database.query('ALTER DATABASE replica SET default_transaction_read_only = on')
    const url = server.url.replace(/postgres$/, 'replica')
    const config = configured('replica.yaml', `events: { store: none }\nstate: { store: postgres, url: "${url}" }\n`)
    await expect(run('--config', config)).rejects.toMatchObject({ fix: expect.stringContaining('Name the primary') })
    expect(await run('--config', config, '--dry-run')).toContain('to take')
  })
})
