import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate, pendingMigrations } from './migrate.ts'
import { type Database, openDatabase } from './open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

describe.skipIf(!hasPostgres)('migrations of Postgres', () => {
  let server: PostgresServer
  let schemas = 0
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const steps = {
    events: [
      { name: 'a', sql: 'CREATE TABLE things (id text PRIMARY KEY); CREATE TABLE others (id text)' },
      { name: 'b', sql: 'ALTER TABLE things ADD COLUMN more text' },
    ],
    ledger: [{ name: 'a', sql: 'CREATE TABLE books (id text PRIMARY KEY)' }],
    keys: [],
  }
  const open = (schema = `schema_${++schemas}`): Promise<Database> => openDatabase({ url: server.url, schema })

  it('takes each step once, in order, and nothing the second time', async () => {
    await using database = await open()
    const all = [
      { component: 'events', name: 'a' },
      { component: 'events', name: 'b' },
      { component: 'ledger', name: 'a' },
    ]
    expect(await pendingMigrations(database, { steps })).toEqual(all)
    expect(await migrate(database, { steps })).toEqual(all)
    expect(await migrate(database, { steps })).toEqual([])
    await database.query('INSERT INTO things (id, more) VALUES ($1, $2)', ['1', 'x'])
  })

  it('takes each step once where ten start at once', async () => {
    const databases = await Promise.all(Array.from({ length: 10 }, () => open('ten')))
    const taken = await Promise.all(databases.map((database) => migrate(database, { steps })))
    expect(taken.flat()).toHaveLength(3)
    for (const database of databases) await database.close()
  })

  it('leaves nothing of a step that fails, and keeps those before it', async () => {
    await using database = await open()
    const broken = { ...steps, ledger: [{ name: 'bad', sql: 'CREATE TABLE halves (id text); SELECT nonsense' }] }
    await expect(migrate(database, { steps: broken })).rejects.toMatchObject({ code: 'store-failed' })
    expect(await pendingMigrations(database, { steps: broken })).toEqual([{ component: 'ledger', name: 'bad' }])
    const { rows } = await database.query("SELECT to_regclass('halves') AS found")
    expect(rows).toEqual([{ found: null }])
  })

  it('refuses what a newer version wrote, and changes nothing', async () => {
    await using database = await open()
    await migrate(database, { steps })
    const older = { ...steps, events: steps.events.slice(0, 1), keys: [{ name: 'k', sql: 'CREATE TABLE keys ()' }] }
    await expect(migrate(database, { steps: older })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('events has the schema step "b"'),
      fix: 'Upgrade inseam, or name another database.',
    })
    expect((await database.query("SELECT to_regclass('keys') AS found")).rows).toEqual([{ found: null }])
  })

  it('refuses a schema of something else', async () => {
    await using database = await open()
    await database.query(`CREATE SCHEMA ${database.schema}; CREATE TABLE theirs (id text)`)
    await expect(migrate(database, { steps })).rejects.toMatchObject({ code: 'config-invalid' })
  })
})
