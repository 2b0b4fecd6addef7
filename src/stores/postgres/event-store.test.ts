import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InseamError } from '../../errors/index.ts'
import { eventSinkSuite } from '../event-sink.suite.ts'
import { freePort } from '../free-port.suite.ts'
import { sampleAttempt, sampleCall, sampleRun, sampleStep } from '../sample-events.suite.ts'
import { openPostgresEventStore, type PostgresEventStoreOptions } from './event-store.ts'
import { type Database, openDatabase } from './open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

const maxBytes = 2 ** 30

describe.skipIf(!hasPostgres)('the record in Postgres', () => {
  let server: PostgresServer
  let folder = ''
  let schemas = 0
  beforeAll(async () => {
    server = await startPostgres()
    folder = mkdtempSync(join(tmpdir(), 'inseam-spool-'))
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const place = (schema = `schema_${++schemas}`) => ({
    url: server.url,
    schema,
    spool: { path: join(folder, schema), maxBytes },
    flushIntervalMs: 5,
  })
  const idsIn = async (database: Database): Promise<string[]> => {
    const sql = ['call', 'attempt', 'run', 'step'].map((name) => `SELECT ${name}_id AS id FROM v_${name}s`)
    const { rows } = await database.query<{ id: string }>(sql.join(' UNION ALL '))
    return rows.map(({ id }) => id)
  }
  const count = async (options: PostgresEventStoreOptions, table = 'calls'): Promise<number> => {
    await using database = await openDatabase(options)
    const { rows } = await database.query<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)
    return rows[0]!.count
  }

  eventSinkSuite('postgres', async () => {
    const options = place()
    const sink = await openPostgresEventStore(options)
    const database = await openDatabase(options)
    return {
      sink,
      ids: () => idsIn(database),
      dropped: () => sink.dropped,
      async withContent() {
        const { rows } = await database.query<{ kept: number }>(
          'SELECT count(*) AS kept FROM contents WHERE is_cut = 0',
        )
        return rows[0]!.kept
      },
      async [Symbol.asyncDispose]() {
        await sink.close()
        await database.close()
      },
    }
  })

  it('is not changed by what it has already, and takes what is new beside it', async () => {
    await using store = await openPostgresEventStore(place())
    store.record(sampleCall('call_1'))
    await store.flush()
    store.record(sampleCall('call_1', { model: 'other' }))
    store.record(sampleCall('call_2'))
    store.record(sampleRun('run_1'))
    store.record(sampleStep('step_1', 'run_1'))
    store.record(sampleStep('step_1', 'run_1'))
    await store.flush()
    expect(store.status()).toEqual({ recorded: 6, stored: 6, spooled: 0, pending: 0, dropped: 0 })
    await using database = await openDatabase({ url: server.url, schema: `schema_${schemas}` })
    expect((await idsIn(database)).sort()).toEqual(['call_1', 'call_2', 'run_1', 'step_1'])
    expect((await database.query('SELECT model FROM v_calls ORDER BY call_id')).rows).toEqual([
      { model: 'fast' },
      { model: 'fast' },
    ])
  })

  it('keeps every character but NUL, and tells times and money as the file does', async () => {
    const options = place()
    await using store = await openPostgresEventStore(options)
    const odd = 'a\tb\nc\rd\\e\\N"\'{}é漢🙂\ud800'
    store.record(sampleCall('call_1', { feature: odd, session: 'nul\0', tags: [odd, '\0'] }))
    await store.flush()
    await using database = await openDatabase(options)
    const { rows } = await database.query('SELECT feature, session_id, tags, started_at, cost_usd FROM v_calls')
    expect(rows).toEqual([
      {
        feature: odd.replace('\ud800', '\u{fffd}'),
        session_id: 'nul\u{fffd}',
        tags: JSON.stringify([odd, '\0']),
        started_at: '2026-01-01T00:00:00.000Z',
        cost_usd: 0.00029,
      },
    ])
  })

  it('keeps whole milliseconds of when something began', async () => {
    const options = place()
    await using store = await openPostgresEventStore(options)
    store.record(sampleCall('call_1', { startedAt: 1_795_496_676_508.7249 }))
    store.record(sampleAttempt('attempt_1', 'call_1', { startedAt: 1_795_496_676_508.2 }))
    await store.flush()
    await using database = await openDatabase(options)
    const { rows } = await database.query(
      'SELECT c.started_at AS call, a.started_at AS attempt FROM calls c, attempts a',
    )
    expect(rows).toEqual([{ call: 1_795_496_676_509, attempt: 1_795_496_676_508 }])
  })

  it('drops the one row that does not fit, says so, and keeps the others of its batch', async () => {
    const told: InseamError[] = []
    const options = { ...place(), onProblem: (problem: InseamError) => told.push(problem) }
    await using store = await openPostgresEventStore(options)
    for (let index = 0; index < 100; index++)
      store.record(sampleCall(`call_${index}`, index === 37 ? { attempts: 1.5 } : {}))
    await expect(store.flush()).rejects.toMatchObject({ code: 'store-failed' })
    expect(store.status()).toMatchObject({ recorded: 100, stored: 99, dropped: 1 })
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toContain('1.5')
    expect(await count(options)).toBe(99)
  })

  it('keeps weeks apart, makes those that come, and takes away those that are too old', async () => {
    const week = 7 * 86_400_000
    const now = Date.now()
    const options = place()
    {
      await using store = await openPostgresEventStore(options)
      for (const age of [0, 1, 4, 9]) store.record(sampleCall(`call_${age}`, { startedAt: now - age * week }))
      await store.flush()
      expect(await count(options)).toBe(4)
    }
    await using store = await openPostgresEventStore({ ...options, retentionMs: 5 * week })
    expect(store.status().dropped).toBe(0)
    expect(await count(options)).toBe(3)
    const parts = await count(options, "pg_inherits WHERE inhparent = 'calls'::regclass")
    expect(parts).toBe(4)
  })

  it('starts where Postgres is away, keeps events on disk, and is refused where it says no', async () => {
    const spool = { path: join(folder, 'away'), maxBytes }
    const port = await freePort()
    const told: InseamError[] = []
    const store = await openPostgresEventStore({
      url: `postgres://me:hunter2@127.0.0.1:${port}/books`,
      spool,
      onProblem: (problem) => told.push(problem),
    })
    store.record(sampleCall('call_1'))
    await store.flush()
    expect(store.status()).toMatchObject({ recorded: 1, spooled: 1, stored: 0, pending: 0, dropped: 0 })
    expect(store.problems()).toEqual([expect.stringContaining('1 events wait on disk')])
    await store.close()
    expect(readdirSync(spool.path)).toHaveLength(1)
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining(`Events wait in ${spool.path}`)])
    const nobody = openPostgresEventStore({ url: server.url.replace('/postgres', '/nothing'), spool })
    await expect(nobody).rejects.toMatchObject({ code: 'store-failed', fix: expect.stringContaining('database') })
  })

  it('drops and counts what the spool has no room for', async () => {
    const port = await freePort()
    const told: InseamError[] = []
    await using store = await openPostgresEventStore({
      url: `postgres://127.0.0.1:${port}/books`,
      spool: { path: join(folder, 'small'), maxBytes: 10_000 },
      onProblem: (problem) => told.push(problem),
    })
    for (let index = 0; index < 100; index++) store.record(sampleCall(`call_${index}`))
    await expect(store.flush()).rejects.toMatchObject({ fix: expect.stringContaining('events.spool.maxBytes') })
    const { spooled, dropped } = store.status()
    expect(spooled).toBeGreaterThan(5)
    expect(spooled + dropped).toBe(100)
    expect(store.problems()).toContain('The spool of events is full: new ones are dropped.')
  })

  it('loses nothing and keeps nothing twice when Postgres is killed under load and comes back', async () => {
    await using own = await startPostgres()
    const options = { ...place(), url: own.url }
    await using store = await openPostgresEventStore(options)
    let recorded = 0
    const some = async (batches: number) => {
      for (let batch = 0; batch < batches; batch++) {
        for (let index = 0; index < 200; index++) {
          const id = recorded++
          store.record(sampleCall(`call_${id}`))
          store.record(sampleAttempt(`attempt_${id}`, `call_${id}`))
        }
        await store.flush()
      }
    }
    await some(5)
    for (let round = 0; round < 2; round++) {
      await Promise.all([some(10), own.kill()])
      await some(5)
      await own.restart()
      await some(5)
    }
    await untilDrained(store)
    expect(store.status()).toMatchObject({ recorded: recorded * 2, stored: recorded * 2, spooled: 0, dropped: 0 })
    expect(await count(options)).toBe(recorded)
    expect(await count(options, 'attempts')).toBe(recorded)
    expect(store.problems()).toEqual([])
  })

  it('keeps apart what several spool into one folder, and each counts what is its own', async () => {
    await using own = await startPostgres()
    const options = { ...place(), url: own.url }
    const told: string[] = []
    const stores = await Promise.all(
      [0, 1, 2].map(() => openPostgresEventStore({ ...options, onRecovery: (message) => told.push(message) })),
    )
    const some = async (round: string) => {
      for (const [index, store] of stores.entries())
        for (let call = 0; call < 50; call++) store.record(sampleCall(`call_${round}_${index}_${call}`))
      await Promise.all(stores.map((store) => store.flush()))
    }
    await some('before')
    await own.kill()
    for (const round of ['one', 'two', 'three']) await some(round)
    expect(stores.map((store) => store.status().spooled)).toEqual([150, 150, 150])
    await own.restart()
    await some('after')
    await Promise.all(stores.map(untilDrained))
    for (const store of stores)
      expect(store.status()).toMatchObject({ recorded: 250, stored: 250, spooled: 0, pending: 0, dropped: 0 })
    expect(await count(options)).toBe(750)
    expect(told.length).toBeGreaterThanOrEqual(3)
    expect(readdirSync(options.spool.path)).toEqual([])
    for (const store of stores) await store.close()
  })

  it('counts as stored what somebody else has sent, who took it for left behind', async () => {
    await using own = await startPostgres()
    await own.kill()
    const options = { ...place(), url: own.url }
    await using slow = await openPostgresEventStore(options)
    for (let call = 0; call < 20; call++) slow.record(sampleCall(`call_${call}`))
    await slow.flush()
    const [name = ''] = readdirSync(options.spool.path)
    // As it looks from another host where nobody has touched it for long.
    rmSync(join(options.spool.path, name))
    await own.restart()
    await untilDrained(slow)
    expect(slow.status()).toMatchObject({ recorded: 20, stored: 20, spooled: 0, pending: 0 })
  })

  it('sends what a killed process had on disk, all that it acknowledged, once', async () => {
    await using own = await startPostgres()
    const spool = join(folder, 'killed')
    await own.kill()
    const acknowledged = await killAfter(20, [own.url, spool, 'a'])
    expect(readdirSync(spool).length).toBeGreaterThan(0)
    await own.restart()
    const options = { url: own.url, spool: { path: spool, maxBytes } }
    await using store = await openPostgresEventStore(options)
    await expect.poll(() => readdirSync(spool), { timeout: 60_000 }).toEqual([])
    expect(store.dropped).toBe(0)
    const ids = 'calls WHERE substr(call_id, 8)::int <'
    expect(await count(options, `${ids} ${acknowledged}`)).toBe(acknowledged)
    expect(await count(options, '(SELECT DISTINCT call_id FROM calls) AS c')).toBe(await count(options))
  })

  it('loses nothing that was acknowledged when the process is killed while it writes to Postgres', async () => {
    await using own = await startPostgres()
    const spool = join(folder, 'writing')
    const acknowledged = await killAfter(30, [own.url, spool, 'b'])
    expect(
      await count(
        { url: own.url, spool: { path: spool, maxBytes } },
        `calls WHERE substr(call_id, 8)::int < ${acknowledged}`,
      ),
    ).toBe(acknowledged)
  })
})

const writer = fileURLToPath(new URL('./record-writer.suite.ts', import.meta.url))

/** Kills a writer after so many acknowledgements; gives how many calls the last one covered. */
async function killAfter(acknowledgements: number, parameters: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', writer, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let last = 0
  let heard = 0
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (++heard === acknowledgements) child.kill('SIGKILL')
  }
  await ended
  expect(child.signalCode).toBe('SIGKILL')
  return last
}

async function untilDrained(store: { status(): { readonly spooled: number } }): Promise<void> {
  await expect.poll(() => store.status().spooled, { timeout: 60_000 }).toBe(0)
}
