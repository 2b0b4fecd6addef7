import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type EventStore, openEventStore } from '../stores/sqlite/index.ts'
import { eventsCommand } from './events.ts'
import { explainCommand } from './explain.ts'

type SeamEvent = Parameters<EventStore['record']>[0]
type CallEvent = Extract<SeamEvent, { type: 'call' }>

const usage: CallEvent['usage'] = {
  source: 'measured',
  inputUncached: 120,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  outputText: 34,
  outputReasoning: 0,
  audioIn: 0,
  audioOut: 0,
  imageIn: 0,
  imageOut: 0,
}
const money = { usage, cost: { nanoUsd: 290_000, status: 'priced' } } as const
const call = (callId: string, more: Partial<CallEvent> = {}): CallEvent => ({
  type: 'call',
  schemaVersion: 1,
  callId,
  door: 'gateway',
  model: 'fast',
  target: 'simulator/sim-small',
  streamed: false,
  source: 'provider',
  startedAt: Date.UTC(2026, 0, 1, 12),
  totalMs: 812.5,
  overheadMs: 0.25,
  outcome: { ending: 'completed', rawStop: 'stop' },
  ...money,
  attempts: 1,
  fallbacks: 0,
  cache: 'off',
  losses: [],
  moments: [],
  ...more,
})
const attempt = (attemptId: string, callId: string): SeamEvent => ({
  type: 'attempt',
  schemaVersion: 1,
  attemptId,
  callId,
  ordinal: 1,
  provider: 'simulator',
  model: 'sim-small',
  credential: 'default',
  dialect: 'openai-chat',
  streamed: false,
  startedAt: Date.UTC(2026, 0, 1, 12),
  totalMs: 812,
  outcome: { ending: 'completed', rawStop: 'stop' },
  ...money,
})

let directory = ''
let path = ''
let store: EventStore
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'inseam-cli-'))
  path = join(directory, 'events.db')
  store = await openEventStore({ path })
  const outcome = { ending: 'error', errorCode: 'overloaded', errorMessage: 'No capacity.' } as const
  store.record(call('call_aa1', { feature: 'triage' }))
  store.record(attempt('attempt_1', 'call_aa1'))
  store.record(call('call_aa2', { feature: 'summary, long', outcome }))
  store.record(call('call_b', { source: 'rule' }))
  await store.flush()
})
afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})
afterEach(() => vi.unstubAllEnvs())

/** Runs the command while the store is open for writing, as it is beside a gateway. */
async function run(...words: string[]): Promise<{ out: string; err: string }> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  eventsCommand(program)
  explainCommand(program)
  let out = ''
  let err = ''
  const writeOut = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  const writeErr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
  try {
    await program.parseAsync(words, { from: 'user' })
  } finally {
    writeOut.mockRestore()
    writeErr.mockRestore()
  }
  return { out, err }
}

describe('inseam events tail', () => {
  it('lists the calls in a table, the newest last', async () => {
    const { out } = await run('events', 'tail', '--db', path)
    expect(out).toBe(
      `${[
        'TIME                 CALL      FEATURE        KIND    ANSWERED BY          ENDING      TRIES   MS   IN  OUT       COST',
        '2026-01-01 12:00:00  call_aa1  triage         answer  simulator/sim-small  completed       1  813  120   34  $0.000290',
        '2026-01-01 12:00:00  call_aa2  summary, long  answer  simulator/sim-small  overloaded      1  813  120   34  $0.000290',
        '2026-01-01 12:00:00  call_b    -              answer  rule                 completed       1  813  120   34  $0.000290',
      ].join('\n')}\n`,
    )
  })

  it('lists only what is asked for, as JSON where wanted', async () => {
    const ids = async (...words: string[]) =>
      (await run('events', 'tail', '--json', '--db', path, ...words)).out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).callId)
    expect(await ids()).toEqual(['call_aa1', 'call_aa2', 'call_b'])
    expect(await ids('--limit', '1')).toEqual(['call_b'])
    expect(await ids('--errors')).toEqual(['call_aa2'])
    expect(await ids('--feature', 'triage')).toEqual(['call_aa1'])
    await expect(ids('--limit', 'many')).rejects.toThrow(/whole number/)
  })

  it('takes the file from the environment, and says so when there is none', async () => {
    vi.stubEnv('INSEAM_DB', path)
    expect((await run('events', 'tail', '-n', '1')).out).toContain('call_b')
    vi.stubEnv('INSEAM_DB', join(directory, 'nowhere.db'))
    await expect(run('events', 'tail')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nowhere.db'),
      fix: expect.any(String),
    })
  })
})

describe('inseam events sql', () => {
  const query = 'select feature, cost_usd as usd from v_calls order by call_id limit 2'

  it('prints rows as a table, JSON or CSV', async () => {
    const sql = (...words: string[]) => run('events', 'sql', query, '--db', path, ...words)
    expect((await sql()).out).toBe('feature        usd\ntriage         0.00029\nsummary, long  0.00029\n')
    expect(JSON.parse((await sql('--json')).out)).toEqual([
      { feature: 'triage', usd: 0.00029 },
      { feature: 'summary, long', usd: 0.00029 },
    ])
    expect((await sql('--csv')).out).toBe('feature,usd\r\ntriage,0.00029\r\n"summary, long",0.00029\r\n')
  })

  it('says when there are more rows than the limit', async () => {
    const { out, err } = await run('events', 'sql', query, '--db', path, '--limit', '1')
    expect(out).not.toContain('summary')
    expect(err).toMatch(/first 1 rows/)
  })

  it('refuses to write, and gives the words of SQLite for a mistake', async () => {
    const sql = (text: string) => run('events', 'sql', text, '--db', path)
    await expect(sql('delete from calls')).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(sql('select nonsense from v_calls')).rejects.toThrow(/no such column: nonsense/)
    await expect(run('events', 'sql', '--db', path)).rejects.toThrow(/--schema/)
  })

  it('prints the views and what their columns mean, without a file', async () => {
    vi.stubEnv('INSEAM_DB', join(directory, 'nowhere.db'))
    const { out } = await run('events', 'sql', '--schema')
    expect(out).toMatch(/^v_calls: One row per call/)
    expect(out).toMatch(/ cost_usd +what it cost in USD; null where unpriced\n/)
    expect(out).toContain('\nv_attempts: ')
  })
})

describe('inseam explain', () => {
  const explain = (...words: string[]) => run('explain', '--db', path, ...words)

  it('tells the story of a call, by its id, its beginning or as the last one', async () => {
    expect((await explain('call_aa1')).out).toMatch(
      /^call_aa1 [\s\S]*simulator\/sim-small answered\.[\s\S]*120 tokens in, 34 out/,
    )
    expect((await explain('call_b')).out).toMatch(/^call_b /)
    expect((await explain('last')).out).toMatch(/^call_b /)
    expect((await explain('call_aa1', '--color')).out).toContain('\u001b[1m')
  })

  it('gives the same as JSON', async () => {
    const { out } = await explain('call_aa1', '--json')
    expect(JSON.parse(out)).toMatchObject({ call: { callId: 'call_aa1' }, attempts: [{ attemptId: 'attempt_1' }] })
  })

  it('asks for more of the id where several begin so, and says when there is none', async () => {
    await expect(explain('call_a')).rejects.toMatchObject({ fix: expect.stringContaining('call_aa2, call_aa1') })
    await expect(explain('call_z')).rejects.toMatchObject({ code: 'not-found', fix: expect.stringContaining('tail') })
  })

  it('tells the story of a run, and names the run and the corrections of a call', async () => {
    const db = join(directory, 'runs.db')
    await using runs = await openEventStore({ path: db })
    runs.record(call('call_1', { runId: 'run_ab1', feature: 'support-agent' }))
    runs.record({ ...call('call_2', { parentId: 'call_1' }) })
    runs.record({
      type: 'step',
      schemaVersion: 1,
      stepId: 'step_1',
      runId: 'run_ab1',
      callId: 'call_1',
      ordinal: 1,
      tool: 'issue_refund',
      startedAt: Date.UTC(2026, 0, 1, 12, 0, 1),
      totalMs: 40,
      outcome: 'done',
    })
    runs.record({
      type: 'run',
      schemaVersion: 1,
      runId: 'run_ab1',
      door: 'library',
      feature: 'support-agent',
      startedAt: Date.UTC(2026, 0, 1, 12),
      totalMs: 2_000,
      outcome: { type: 'stopped', by: 'repeating' },
      calls: 1,
      toolCalls: 1,
      cost: money.cost,
    })
    await runs.flush()
    const told = (await run('explain', '--db', db, 'run_a')).out
    expect(told).toMatch(/^run_ab1 [\s\S]*It was stopped: repeating, after 1 call and 1 tool\.[\s\S]*Fix: /)
    expect(told).toMatch(/call_1: simulator\/sim-small answered and asked for 1\s+tool[\s\S]*issue_refund: done; 40 ms/)
    const asJson = JSON.parse((await run('explain', '--db', db, 'run_ab1', '--json')).out)
    expect(asJson).toMatchObject({ run: { runId: 'run_ab1' }, calls: [{ callId: 'call_1' }], steps: [{ ordinal: 1 }] })
    expect((await run('explain', '--db', db, 'call_1')).out).toMatch(/call of run_ab1\.[\s\S]*Corrections\n.*call_2/)
    expect((await run('explain', '--db', db, 'last')).out).toMatch(/^call_2 /)
    await expect(run('explain', '--db', db, 'run_b')).rejects.toMatchObject({ code: 'not-found' })
  })
})
