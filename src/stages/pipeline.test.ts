import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sleep } from '../core/clock.ts'
import { addCost, type Cost, noCost } from '../core/cost.ts'
import type { Delta } from '../core/delta.ts'
import type { Handler } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import { createVirtualClock, type VirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, type ErrorCode, isInseamError } from '../errors/index.ts'
import { pipelineOn } from './pipeline.suite.ts'
import {
  aCall,
  anAlias,
  aReply,
  aTarget,
  fail,
  failure,
  keepEvents,
  never,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

const hello = spell('Hello there')

const codes: readonly ErrorCode[] = [
  'server-error',
  'overloaded',
  'rate-limited',
  'connection-failed',
  'quota-exhausted',
  'conflict',
  'request-rejected',
  'stream-interrupted',
]
const pause = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_000 })).map(wait)
const failing = fc
  .record({ code: fc.constantFrom(...codes), retryAfterMs: fc.option(fc.nat(9_000), { nil: undefined }) })
  .map(({ code, retryAfterMs }) => fail(failure(code, { retryAfterMs })))
const finish = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>(reply()) },
  { weight: 3, arbitrary: failing },
  { weight: 1, arbitrary: fc.constant(never) },
  { weight: 1, arbitrary: fc.constant(fail(new TypeError('a defect'))) },
)
const script = fc
  .record({ pauses: fc.array(pause, { minLength: 5, maxLength: 5 }), count: fc.nat(hello.length), end: finish })
  .map(({ pauses, count, end }): readonly Step[] => {
    const heard = end.type === 'reply' ? hello : hello.slice(0, count)
    return [...heard.flatMap((delta, index) => [pauses[index] ?? wait(0), delta]), pauses[4] ?? wait(0), end]
  })

interface Reader {
  readonly startMs: number
  readonly paceMs: number
  readonly stopAfter: number | undefined
  readonly abortAfterMs: number | undefined
  readonly timeoutMs: number | undefined
  readonly tenant: string
}
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const reader: fc.Arbitrary<Reader> = fc.record({
  startMs: fc.nat(3_000),
  paceMs: fc.constantFrom(0, 0, 0, 700),
  stopAfter: optional(fc.nat(5)),
  abortAfterMs: optional(fc.nat(8_000)),
  timeoutMs: optional(fc.integer({ min: 1, max: 12_000 })),
  tenant: fc.constantFrom('acme', 'umbrella'),
})
const policy = fc.record({
  coalesce: fc.boolean(),
  cache: fc.option(fc.constant({ ttlSeconds: 60 }), { nil: undefined }),
  targets: fc
    .integer({ min: 1, max: 3 })
    .map((count) => ['lab/a', 'lab/b', 'other/c'].slice(0, count).map((name) => aTarget(name))),
  order: fc.constantFrom('priority' as const, 'weighted' as const),
  retry: fc.record({ attempts: fc.integer({ min: 1, max: 4 }), baseMs: fc.constant(500), capMs: fc.constant(8_000) }),
})

interface Outcome {
  readonly deltas: readonly Delta[]
  readonly reply?: Reply
  readonly error?: unknown
  readonly tookMs: number
  readonly listeners: number
}

const nobody = new AbortController().signal

async function readAs(
  { startMs, paceMs, stopAfter, abortAfterMs, timeoutMs, tenant }: Reader,
  handler: Handler,
  clock: VirtualClock,
): Promise<Outcome> {
  await sleep(clock, startMs, nobody)
  const controller = new AbortController()
  const { signal } = controller
  const abort =
    abortAfterMs === undefined ? undefined : clock.timer(abortAfterMs, () => controller.abort(new CallAborted()))
  const startedAt = clock.now()
  const answer = handler(
    aCall(clock, { signal, timeoutMs, caller: { tenant }, alias: undefined, target: undefined, model: 'fast' }),
  )
  const deltas: Delta[] = []
  const done = (how: Pick<Outcome, 'reply' | 'error'>) => {
    abort?.cancel()
    return { deltas, tookMs: clock.now() - startedAt, listeners: getEventListeners(signal, 'abort').length, ...how }
  }
  try {
    for (;;) {
      const step = await answer.next()
      if (step.done) return done({ reply: step.value })
      deltas.push(step.value)
      if (deltas.length === stopAfter) {
        await answer.return(aReply())
        return done({})
      }
      if (paceMs > 0) await sleep(clock, paceMs, nobody)
    }
  } catch (error) {
    return done({ error })
  }
}

const total = (events: readonly { readonly cost: Cost }[]) =>
  events.reduce((sum, { cost }) => addCost(sum, cost), noCost)

it('keeps its promises whatever providers and readers do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(script, { minLength: 1, maxLength: 6 }),
      fc.array(reader, { minLength: 1, maxLength: 6 }),
      policy,
      async (scripts, readers, changes) => {
        const clock = createVirtualClock()
        const inner = scripted(clock, ...scripts)
        const events = keepEvents()
        const handler = pipelineOn(inner.handler, clock, { findAlias: () => anAlias(changes), events })
        const outcomes = await clock.run(Promise.all(readers.map((reader) => readAs(reader, handler, clock))))

        for (const [index, { deltas, reply: whole, error, tookMs, listeners }] of outcomes.entries()) {
          const { paceMs, timeoutMs = 60_000 } = readers[index] as Reader
          if (whole) expect(deltas).toEqual(hello)
          else expect(deltas).toEqual(hello.slice(0, deltas.length))
          if (error !== undefined) expect(isInseamError(error)).toBe(true)
          if (paceMs === 0) expect(tookMs).toBeLessThanOrEqual(timeoutMs)
          expect(listeners).toBe(0)
        }
        expect(inner.open).toBe(0)
        expect(clock.pending).toBe(0)
        expect(events.calls).toHaveLength(readers.length)
        expect(events.attempts).toHaveLength(inner.calls.length)
        expect(total(events.calls)).toEqual(total(events.attempts))
      },
    ),
    { numRuns: 400 },
  )
})
