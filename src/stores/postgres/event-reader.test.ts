import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleAttempt, sampleCall, sampleRun, sampleStep } from '../sample-events.suite.ts'
import { openPostgresEventReader } from './event-reader.ts'
import { openPostgresEventStore, type PostgresEventStore } from './event-store.ts'
import { openDatabase } from './open-database.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.suite.ts'

describe.skipIf(!hasPostgres)('the reader of the record in Postgres', () => {
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

  const place = () => ({
    url: server.url,
    schema: `schema_${++schemas}`,
    spool: { path: join(folder, 's'), maxBytes: 1e6 },
  })
  const open = async (): Promise<{ store: PostgresEventStore; options: ReturnType<typeof place> }> => {
    const options = place()
    return { store: await openPostgresEventStore(options), options }
  }

  it('gives back a call with its attempts and content, and a run with its calls and steps, as they were', async () => {
    const { store, options } = await open()
    const content = { messages: [], answer: [{ type: 'text', text: 'é\0' }], isCut: false } as const
    const call = sampleCall('call_1', { feature: 'triage', tags: ['a'], firstTokenMs: 12.5, runId: 'run_1', content })
    const raw = { prompt_tokens: 120, details: { ünï: null } }
    const attempt = sampleAttempt('attempt_1', 'call_1', {
      usage: { ...call.usage, raw, serverToolCalls: { web_search: 2 } },
      cost: { nanoUsd: null, status: 'unpriced' },
    })
    const step = sampleStep('step_1', 'run_1')
    const child = sampleCall('call_2', { parentId: 'call_1' })
    for (const event of [attempt, call, step, sampleRun('run_1'), child]) store.record(event)
    await store.close()
    await using reader = await openPostgresEventReader(options)
    const { content: _content, ...bare } = call
    expect(await reader.story('call_1')).toEqual({ call: bare, attempts: [attempt], content, children: [child] })
    expect(await reader.run('run_1')).toEqual({ run: sampleRun('run_1'), calls: [bare], steps: [step] })
    expect(await reader.story('call_9')).toBeUndefined()
    expect(await reader.run('run_9')).toBeUndefined()
    expect(await reader.idsLike('')).toEqual(['call_2', 'call_1'])
    expect(await reader.idsLike('call_')).toEqual(['call_2', 'call_1'])
    expect(await reader.idsLike('run')).toEqual(['run_1'])
  })

  it('answers one query that reads, up to a limit, and refuses what writes or is several', async () => {
    const { store, options } = await open()
    for (let index = 0; index < 5; index++) store.record(sampleCall(`call_${index}`))
    await store.close()
    await using reader = await openPostgresEventReader(options)
    expect(await reader.query('select call_id from v_calls order by 1; -- all\n', [], { limit: 2 })).toEqual({
      columns: ['call_id'],
      rows: [{ call_id: 'call_0' }, { call_id: 'call_1' }],
      isCut: true,
    })
    expect(
      (await reader.query('select sum(cost_nano_usd) as n from v_calls where call_id = $1', ['call_1'])).rows,
    ).toEqual([{ n: 290_000 }])
    for (const sql of [
      'delete from calls',
      'select 1; delete from calls',
      'select 1; commit; delete from calls',
      'with gone as (delete from calls returning 1) select * from gone',
      "select nextval('calls_seq')",
      'select nonsense',
    ])
      await expect(reader.query(sql)).rejects.toMatchObject({ code: 'invalid-request' })
    expect((await reader.query('select count(*) as n from v_calls')).rows).toEqual([{ n: 5 }])
  })

  it('goes on from where it was, and waits for a transaction that has a place and is under way', async () => {
    const { store, options } = await open()
    store.record(sampleCall('call_1', { feature: 'other' }))
    await store.flush()
    await using reader = await openPostgresEventReader(options)
    const first = await reader.tail()
    expect(first.calls.map(({ callId }) => callId)).toEqual(['call_1'])
    await using database = await openDatabase(options)
    await database.transaction(async (session) => {
      await session.query("SELECT nextval('calls_seq')")
      store.record(sampleCall('call_3'))
      await store.flush()
      expect(await reader.tail({ after: first.at })).toEqual({ calls: [], at: first.at })
    })
    await database.query("UPDATE calls SET stored_at = now() - interval '1 minute'")
    const second = await reader.tail({ after: first.at })
    expect(second.calls.map(({ callId }) => callId)).toEqual(['call_3'])
    expect(await reader.tail({ after: second.at })).toEqual({ calls: [], at: second.at })
    expect((await reader.tail({ feature: 'other' })).calls).toHaveLength(1)
    await store.close()
  })

  it('says that there is no record', async () => {
    await expect(openPostgresEventReader(place())).rejects.toMatchObject({ code: 'not-found' })
  })
})
