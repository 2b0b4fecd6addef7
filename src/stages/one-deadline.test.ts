import { describe, expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import { sleep } from '../core/clock.ts'
import { drain, type Handler } from '../core/handler.ts'
import { createVirtualClock, type VirtualClock } from '../core/virtual-clock.ts'
import { isInseamError } from '../errors/index.ts'
import { pipelineOn } from './pipeline.suite.ts'
import { aCall, anAlias, aReply, aTarget, failure, keepEvents, mapCache, read, spell } from './scripted.suite.ts'

const deadlineMs = 10_000
/** Two targets, and no clock but the deadline. */
const base: Partial<Alias> = {
  targets: [aTarget('lab/a'), aTarget('other/b')],
  retry: { attempts: 3, baseMs: 500, capMs: 8_000 },
  timeouts: { connectMs: 1e6, headersMs: 1e6, firstTokenMs: 1e6, idleMs: 1e6, totalMs: deadlineMs },
}
const only = { targets: [aTarget('lab/a')] }

/** What a target does each time it is asked, the last one from then on. */
type Deed =
  | { readonly does: 'answer' | 'hang'; readonly afterMs?: number }
  | { readonly does: 'fail'; readonly afterMs?: number; readonly error: Error }
  | { readonly does: 'break' | 'speak-and-hang' }

const hang: Deed = { does: 'hang' }
const fail = (error: Error, afterMs = 0): Deed => ({ does: 'fail', error, afterMs })
const overload = failure('overloaded', { providerStatus: 503 })

interface Phase {
  readonly of: string
  readonly alias?: Partial<Alias>
  readonly targets: Readonly<Record<string, readonly Deed[]>>
  readonly call?: Partial<Omit<Call, 'request'>>
  /** How many of the requests go out before it is over, of this call. */
  readonly asked: number
  /** Default: it waits to the very end. */
  readonly endsAt?: number
  readonly code?: string
}

/** Asks the pipeline once; says when it ended, and what was asked of whom, when. */
async function ask(
  phase: Phase,
  stream: boolean,
  {
    before,
    startsAt = 0,
  }: { readonly before?: (run: Handler, clock: VirtualClock) => void; readonly startsAt?: number } = {},
) {
  const clock = createVirtualClock()
  const asked: { readonly at: number; readonly of: string; readonly by: string }[] = []
  const events = keepEvents()
  const provider: Handler = async function* provider(call) {
    const of = call.target?.name ?? ''
    const deeds = phase.targets[of] ?? []
    const deed = deeds[Math.min(asked.filter((one) => one.of === of).length, deeds.length - 1)] ?? hang
    asked.push({ at: clock.now(), of, by: call.id })
    if ('afterMs' in deed) await sleep(clock, deed.afterMs ?? 0, call.signal)
    if (deed.does === 'fail') throw deed.error
    if (deed.does === 'hang') await sleep(clock, 1e9, call.signal)
    if (call.request.stream) yield* spell('Hello there')
    if (deed.does === 'speak-and-hang') await sleep(clock, 1e9, call.signal)
    if (deed.does === 'break') {
      await sleep(clock, 6_000, call.signal)
      throw failure('stream-interrupted')
    }
    return aReply({ target: of })
  }
  const alias = anAlias({ ...base, ...phase.alias })
  const store = { ...mapCache(), get: () => sleep(clock, 1e9, new AbortController().signal).then(() => undefined) }
  const run = pipelineOn(provider, clock, { findAlias: () => alias, events, store })
  before?.(run, clock)
  await clock.advance(startsAt)
  const call = aCall(clock, { alias: undefined, target: undefined, ...phase.call, request: { stream } })
  const { reply, error } = await clock.run(read(run(call)))
  const endedAt = clock.now()
  const own = asked.filter(({ by }) => by === call.id)
  return { clock, reply, error, endedAt, asked: own, events }
}

const phases: readonly Phase[] = [
  { of: 'an attempt that hangs', targets: { 'lab/a': [hang] }, asked: 1 },
  {
    of: 'a rule that hangs',
    targets: {},
    call: {
      deciders: [{ name: 'slow', source: 'lookup', decide: () => new Promise(() => {}) }],
    },
    asked: 0,
  },
  {
    of: 'the wait for the cache',
    alias: { cache: { ttlSeconds: 60 } },
    targets: {},
    call: { timeoutMs: 100 },
    endsAt: 100,
    asked: 0,
  },
  { of: 'an attempt after the cache', alias: { cache: { ttlSeconds: 60 } }, targets: { 'lab/a': [hang] }, asked: 1 },
  { of: 'a flight that is shared', alias: { coalesce: true }, targets: { 'lab/a': [hang] }, asked: 1 },
  {
    of: 'an attempt after a back-off',
    alias: only,
    targets: { 'lab/a': [fail(overload, 2_000), hang] },
    asked: 2,
  },
  {
    of: 'a back-off that would pass it',
    alias: { ...only, retry: { attempts: 3, baseMs: 16_000, capMs: 60_000 } },
    targets: { 'lab/a': [fail(overload, 5_000)] },
    asked: 1,
    endsAt: 5_000,
    code: 'overloaded',
  },
  {
    of: 'a stated wait that would pass it',
    alias: only,
    targets: { 'lab/a': [fail(failure('rate-limited', { retryAfterMs: 9_000 }), 2_000)] },
    asked: 1,
    endsAt: 2_000,
    code: 'rate-limited',
  },
  { of: 'a fallback', targets: { 'lab/a': [fail(failure('quota-exhausted'), 6_000)], 'other/b': [hang] }, asked: 2 },
  {
    of: 'a fallback that is due as the time ends',
    targets: { 'lab/a': [fail(failure('model-not-found'), deadlineMs)], 'other/b': [{ does: 'answer' }] },
    asked: 1,
  },
  {
    of: 'a hedge',
    alias: { hedge: { after: 4_000, budget: 1 } },
    targets: { 'lab/a': [hang], 'other/b': [hang] },
    asked: 2,
  },
  {
    of: 'a hedge that is due as the time ends',
    alias: { hedge: { after: deadlineMs, budget: 1 } },
    targets: { 'lab/a': [hang], 'other/b': [{ does: 'answer' }] },
    asked: 1,
  },
  {
    of: 'a way on of a prompt that does not fit',
    alias: { onContextExceeded: [aTarget('large/c')] },
    targets: { 'lab/a': [fail(failure('context-exceeded'), 6_000)], 'large/c': [hang] },
    asked: 2,
  },
  {
    of: 'a way on of a prompt that a policy blocks',
    alias: { onContentBlocked: [aTarget('open/d')] },
    targets: { 'lab/a': [fail(failure('content-blocked'), 6_000)], 'open/d': [hang] },
    asked: 2,
  },
  {
    of: 'a queue, before a target of one place',
    alias: { targets: [aTarget('lab/a', { limits: { concurrency: 1 } })] },
    targets: { 'lab/a': [hang] },
    asked: 0,
  },
]

const onlyStreams: readonly Phase[] = [
  {
    of: 'an answer that begins again',
    alias: { ...only, onInterrupted: 'restart' },
    targets: { 'lab/a': [{ does: 'break' }, hang] },
    asked: 2,
  },
  {
    of: 'an answer that is spliced',
    alias: { onInterrupted: 'splice' },
    targets: { 'lab/a': [{ does: 'break' }], 'other/b': [{ does: 'break' }] },
    asked: 2,
  },
  {
    of: 'an answer that is held back',
    alias: { holdBack: 'whole' },
    targets: { 'lab/a': [{ does: 'speak-and-hang' }] },
    asked: 1,
  },
  {
    of: 'an answer that is read by another call too',
    alias: { coalesce: true },
    targets: { 'lab/a': [{ does: 'speak-and-hang' }] },
    asked: 1,
  },
]

/** Another call of the same alias, which holds what there is for longer. */
const hold = (run: Handler, clock: VirtualClock) => {
  const call = aCall(clock, { id: 'call_0', alias: undefined, target: undefined, request: { stream: false } })
  drain(run(call)).catch(() => undefined)
}

describe.each([
  ['whole', phases, false],
  ['streamed', [...phases, ...onlyStreams], true],
] as const)('the deadline of a call whose answer is %s', (_, cases, stream) => {
  it.each(cases)('spans $of, and nothing is begun after it', async (phase) => {
    const isQueued = phase.of.startsWith('a queue')
    const { clock, error, endedAt, asked } = await ask(phase, stream, isQueued ? { before: hold } : {})
    expect(endedAt).toBe(phase.endsAt ?? deadlineMs)
    expect(error).toMatchObject({ code: phase.code ?? 'deadline-exceeded' })
    expect(asked).toHaveLength(phase.asked)
    expect(asked.every(({ at }) => at < deadlineMs)).toBe(true)
    await clock.advance(2e9)
    expect(clock.pending).toBe(0)
  })

  it.each(cases)('refuses what has expired at its entry before $of', async (phase) => {
    const { error, asked, events } = await ask({ ...phase, call: { ...phase.call, deadlineAt: 0 } }, stream)
    expect(isInseamError(error) && error.code).toBe('deadline-exceeded')
    expect(asked).toEqual([])
    expect(events.attempts).toEqual([])
    expect(events.calls).toHaveLength(1)
  })
})

it('does not open the breaker for calls that expired before the target was asked', async () => {
  const alias: Partial<Alias> = { targets: [aTarget('lab/a', { limits: { concurrency: 1 } })] }
  const phase: Phase = { of: '', alias, targets: { 'lab/a': [hang, { does: 'answer' }] }, asked: 1 }
  const crowd = (run: Handler, clock: VirtualClock) => {
    for (let count = 0; count < 6; count++) hold(run, clock)
  }
  const { reply } = await ask(phase, true, { before: crowd, startsAt: 2 * deadlineMs })
  expect(reply?.target).toBe('lab/a')
})
