import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../free-port.suite.ts'
import { isAway } from './database-problems.ts'
import { openDatabase } from './open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

describe('a Postgres that is not there', () => {
  it('is a store that failed, told with where it is and without the password', async () => {
    const port = await freePort()
    await using database = await openDatabase({ url: `postgres://me:hunter2@127.0.0.1:${port}/books` })
    const failure = await database.query('SELECT 1').catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'store-failed',
      message: `Postgres at 127.0.0.1:${port}/books failed: connect ECONNREFUSED 127.0.0.1:${port}.`,
      fix: 'Start it, or correct host and port of its URL.',
    })
    expect(isAway(failure)).toBe(true)
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('hunter2')
  })

  it.each(['', 'hunter2', 'https://me:hunter2@host/', 'postgres://me:hun/ter2@host:x/db'])(
    'is refused as a URL where it is none: %s',
    async (url) => {
      const failure = await openDatabase({ url }).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'config-invalid' })
      expect(inspect(failure, { depth: 10 })).not.toContain('ter2')
    },
  )
})

describe.skipIf(!hasPostgres)('a Postgres', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('gives whole numbers exactly, and refuses those that a number cannot hold', async () => {
    await using database = await openDatabase({ url: server.url })
    const { rows } = await database.query(
      'SELECT 9007199254740991::int8 AS most, sum(x) AS sum FROM (VALUES (1::int8), (2)) AS t(x)',
    )
    expect(rows).toEqual([{ most: Number.MAX_SAFE_INTEGER, sum: 3 }])
    await expect(database.query('SELECT 9007199254740993::int8 AS more')).rejects.toThrow('9007199254740993')
    await expect(database.query('SELECT 1 AS still')).resolves.toMatchObject({
      rows: [{ still: 1 }],
      columns: ['still'],
    })
  })

  it('keeps all of a transaction or nothing, and passes on what the work threw', async () => {
    await using database = await openDatabase({ url: server.url, schema: 'public' })
    await database.query('CREATE TABLE things (id int)')
    const thrown = new Error('mine')
    const work = database.transaction(async (session) => {
      await session.query('INSERT INTO things VALUES ($1)', [1])
      throw thrown
    })
    await expect(work).rejects.toBe(thrown)
    expect((await database.query('SELECT * FROM things')).count).toBe(0)
    await database.transaction((session) => session.query('INSERT INTO things VALUES ($1)', [2]))
    expect((await database.query('SELECT * FROM things')).rows).toEqual([{ id: 2 }])
    await expect(
      database.transaction((session) => session.query('DELETE FROM things'), { isReadOnly: true }),
    ).rejects.toThrow('read-only transaction')
  })

  it('ends a statement that takes too long, and goes on', async () => {
    await using database = await openDatabase({ url: server.url, statementTimeoutMs: 50 })
    await expect(database.query('SELECT pg_sleep(60)')).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('statement timeout'),
    })
    expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  it('is found again after it was killed, idle and in the midst of a transaction', async () => {
    await using own = await startPostgres()
    await using database = await openDatabase({ url: own.url })
    await database.query('SELECT 1')
    const work = database.transaction(async (session) => {
      await session.query('SELECT 1')
      await own.kill()
      await session.query('SELECT 2')
    })
    const failure = await work.catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'store-failed' })
    expect(isAway(failure)).toBe(true)
    await own.restart()
    expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})
