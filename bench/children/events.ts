import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AttemptEvent, CallEvent } from '../../src/index.ts'
import { openPostgresEventStore } from '../../src/stores/postgres/index.ts'
import { openEventStore } from '../../src/stores/sqlite/index.ts'
import { serve } from './serve.ts'

/** What storing took. */
export interface Stored {
  readonly perSecond: number
  readonly mainThreadUs: number
}

/** What the process does. */
export type EventsCommands = {
  /** Into a fresh file, or a fresh schema of the Postgres that is named; it stays there. */
  store(count: number, postgresUrl?: string): Promise<Stored>
}

const perTurn = 250

async function store(count: number, postgresUrl?: string): Promise<Stored> {
  const folder = await mkdtemp(join(tmpdir(), 'inseam-bench-'))
  const store = await (postgresUrl === undefined
    ? openEventStore({ path: join(folder, 'events.db') })
    : openPostgresEventStore({
        url: postgresUrl,
        schema: `inseam_bench_${Date.now()}`,
        spool: { path: join(folder, 'spool'), maxBytes: 0 },
      }))
  const events = Array.from({ length: count / 2 }, (_, number) => [callEvent(number), attemptEvent(number)]).flat()
  const threadBefore = process.threadCpuUsage()
  const start = performance.now()
  for (let at = 0; at < events.length; at += perTurn) {
    for (const event of events.slice(at, at + perTurn)) store.record(event)
    await new Promise(setImmediate)
  }
  await store.flush()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.threadCpuUsage(threadBefore)
  const { stored, dropped } = store.status()
  if (stored !== count) throw new Error(`${stored} of ${count} events were stored, ${dropped} dropped.`)
  await store.close()
  await rm(folder, { recursive: true })
  return { perSecond: count / seconds, mainThreadUs: (user + system) / count }
}

const startedAt = Date.UTC(2026, 10, 23)
const usage: AttemptEvent['usage'] = {
  source: 'measured',
  inputUncached: 142,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
  outputText: 118,
  outputReasoning: 0,
  audioIn: 0,
  audioOut: 0,
  imageIn: 0,
  imageOut: 0,
  raw: { prompt_tokens: 142, completion_tokens: 118, total_tokens: 260 },
}
const cost: AttemptEvent['cost'] = { nanoUsd: 637_500, status: 'priced', priceVersion: '2026-11-23.4d67d2f7' }
const outcome: AttemptEvent['outcome'] = { ending: 'completed', rawStop: 'stop' }

function callEvent(number: number): CallEvent {
  return {
    type: 'call',
    schemaVersion: 1,
    callId: `call_${number.toString(32).padStart(22, '0')}`,
    door: 'gateway',
    feature: `feature-${number % 1_000}`,
    tenant: `tenant-${number}`,
    user: `user-${number}`,
    session: `session-${number}`,
    tags: ['bench', `release-${number % 97}`],
    keyId: 'bench',
    model: 'fast',
    target: 'mock/gpt-5.4-mini',
    dialectIn: 'openai-chat',
    dialectOut: 'openai-chat',
    streamed: false,
    source: 'provider',
    startedAt: startedAt + number,
    totalMs: 812.5 + (number % 400),
    overheadMs: 0.4,
    outcome,
    usage,
    cost,
    attempts: 1,
    fallbacks: 0,
    cache: 'off',
    losses: [],
    moments: [
      { type: 'routed', target: 'mock/gpt-5.4-mini', because: 'priority', atMs: 0.1 },
      { type: 'attempt-started', attempt: 1, target: 'mock/gpt-5.4-mini', atMs: 0.2 },
      { type: 'attempt-ended', attempt: 1, outcome: 'completed', atMs: 812 },
    ],
  }
}

function attemptEvent(number: number): AttemptEvent {
  return {
    type: 'attempt',
    schemaVersion: 1,
    attemptId: `attempt_${number.toString(32).padStart(22, '0')}`,
    callId: `call_${number.toString(32).padStart(22, '0')}`,
    ordinal: 1,
    provider: 'mock',
    model: 'gpt-5.4-mini',
    answeredModel: 'gpt-5.4-mini-2026-03-01',
    credential: 'default',
    dialect: 'openai-chat',
    streamed: false,
    startedAt: startedAt + number,
    connectMs: 0.3,
    headersMs: 800 + (number % 400),
    totalMs: 812 + (number % 400),
    status: 200,
    requestId: `req_${number}`,
    outcome,
    usage,
    cost,
  }
}

serve({ store } satisfies EventsCommands)
