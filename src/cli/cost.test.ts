import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type EventStore, openEventStore } from '../stores/sqlite/index.ts'
import { costCommand } from './cost.ts'

type CallEvent = Extract<Parameters<EventStore['record']>[0], { type: 'call' }>

const usage: CallEvent['usage'] = {
  source: 'measured',
  inputUncached: 1_000,
  cacheRead: 200,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  outputText: 50,
  outputReasoning: 0,
  audioIn: 0,
  audioOut: 0,
  imageIn: 0,
  imageOut: 0,
}
const call = (callId: string, more: Partial<CallEvent> = {}): CallEvent => ({
  type: 'call',
  schemaVersion: 1,
  callId,
  door: 'gateway',
  model: 'fast',
  target: 'x/one',
  streamed: false,
  source: 'provider',
  startedAt: Date.UTC(2026, 0, 1, 12),
  totalMs: 812.5,
  overheadMs: 0.25,
  outcome: { ending: 'completed', rawStop: 'stop' },
  usage,
  cost: { nanoUsd: 2_000_000_000, status: 'priced' },
  attempts: 1,
  fallbacks: 0,
  cache: 'off',
  losses: [],
  moments: [],
  ...more,
})
const nothing = { ...usage, inputUncached: 0, cacheRead: 0, outputText: 0 }
const free = { usage: nothing, cost: { nanoUsd: 0, status: 'priced' } } as const

let folder = ''
let path = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inseam-cost-'))
  path = join(folder, 'events.db')
  await using store = await openEventStore({ path })
  store.record(call('call_1', { feature: 'triage', promptCacheSavedNanoUsd: 500_000_000 }))
  store.record(call('call_2', { feature: 'triage', source: 'rule', ...free }))
  store.record(
    call('call_3', {
      feature: 'triage',
      source: 'cache',
      cache: 'hit',
      ...free,
      sparedCost: { nanoUsd: 2e9, status: 'priced' },
    }),
  )
  store.record(call('call_4', { feature: '=sum(A1)', cost: { nanoUsd: 6e9, status: 'estimated' } }))
  store.record(call('call_5', { cost: { nanoUsd: null, status: 'unpriced' }, startedAt: Date.UTC(2026, 0, 2, 12) }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  costCommand(program)
  let out = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  try {
    await program.parseAsync(['cost', '--db', path, '--since', '2026-01-01', '--until', '2026-02-01', ...words], {
      from: 'user',
    })
  } finally {
    write.mockRestore()
  }
  return out
}

it('says what was spent, for what, and what was saved', async () => {
  const lines = (await run()).split('\n')
  expect(lines.slice(0, 5)).toEqual([
    'FEATURE       CALLS     IN  CACHED  OUT         COST   SHARE        SAVED  NOTE',
    '=sum(A1)          1  1,200     200   50  about $6.00   75.0%        $0.00  1 estimated',
    'triage            3  1,200     200   50        $2.00   25.0%  about $4.50',
    '(no feature)      1  1,200     200   50        $0.00    0.0%        $0.00  1 unpriced',
    'total             5  3,600     600  150  about $8.00  100.0%  about $4.50  1 unpriced, 1 estimated',
  ])
  expect(lines.slice(6, 10)).toEqual([
    'Saved by kept and shared replies: $2.00, what they cost when they were made.',
    "Saved by providers' prompt caches: $0.5000, reads less what writing cost more.",
    "Saved by rules and look-ups: about $2.00, at what the feature's calls by a model cost on average.",
    'Calls that are unpriced are in no sum: "prices" in inseam.yaml gives their models a price.',
  ])
})

it('tells days, models and tenants apart', async () => {
  expect((await run('--by', 'day')).split('\n').slice(1, 3)).toEqual([
    expect.stringMatching(/^2026-01-01 +4 /),
    expect.stringMatching(/^2026-01-02 +1 /),
  ])
  expect(JSON.parse(await run('--by', 'model', '--json')).rows.map(({ name }: { name: string }) => name)).toEqual([
    'x/one',
  ])
  await expect(run('--by', 'colour')).rejects.toThrow(/one of feature/)
  await expect(run('--since', 'yesterday')).rejects.toThrow(/--since/)
})

it('gives CSV in which no name is a formula', async () => {
  const [head, first] = (await run('--csv')).split('\r\n')
  expect(head).toMatch(/^name,calls,input_tokens,/)
  expect(first).toMatch(/^'=sum\(A1\),1,1200,200,50,6,0.75,0,1,/)
})
