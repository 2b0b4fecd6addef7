import { describe, expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import { compose } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { breakCircuit } from './break.ts'
import { createBreakers } from './breakers.ts'
import { createGates } from './gates.ts'
import { attemptOn } from './pipeline.suite.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { route } from './route.ts'
import {
  aCall,
  anAlias,
  aReply,
  aTarget,
  fail,
  failure,
  flatBooks,
  keepEvents,
  read,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'
import { throttle } from './throttle.ts'

const a = aTarget('lab/a')
const b = aTarget('second/b')

function setUp(alias: Partial<Alias>, ...scripts: readonly (readonly Step[])[]) {
  const clock = createVirtualClock()
  const random = () => 0
  const budget = createRetryBudget({ clock })
  const gates = createGates({ clock, books: flatBooks })
  const inner = scripted(clock, ...scripts)
  const stages = [route({ random, budget }), retry({ clock, random, budget }), throttle({ gates })]
  const run = compose(stages, attemptOn(inner.handler, clock, keepEvents(), gates))
  const ask = (changes: Parameters<typeof aCall>[1] = {}) => aCall(clock, { alias: anAlias(alias), ...changes })
  const asked = () => inner.calls.map(({ target }) => target?.name)
  return { clock, gates, run, ask, asked }
}

describe('throttle', () => {
  it('spares everybody else the 429 that one call has met: they go to the next target at once', async () => {
    const pushback = fail(failure('rate-limited', { retryAfterMs: 30_000 }))
    const { clock, run, ask, asked } = setUp({ targets: [a, b] }, [pushback], [reply()])
    await clock.run(read(run(ask())))
    const calls = Array.from({ length: 100 }, () => ask())
    const readings = await clock.run(Promise.all(calls.map((call) => read(run(call)))))
    expect(readings.every(({ reply }) => reply)).toBe(true)
    expect(asked().filter((name) => name === 'lab/a')).toHaveLength(1)
    expect(calls[0]?.story.moments.map(({ type }) => type)).toContain('shed')
    expect(clock.now()).toBe(0)
  })

  it('lets a call wait that has nowhere else to go, and answers it when the wait is over', async () => {
    const pushback = fail(failure('rate-limited', { retryAfterMs: 3_000 }))
    const { clock, run, ask } = setUp({ targets: [a] }, [pushback], [...spell('Hello there'), reply()])
    await clock.run(read(run(ask())))
    const call = ask({ deadlineAt: clock.now() + 60_000 })
    const { reply: answer } = await clock.run(read(run(call)))
    expect(answer?.text).toBe('Hello there')
    expect(clock.now()).toBe(3_000)
    expect(clock.pending).toBe(0)
  })

  it('says at once that the wait would pass the deadline, how long it is and what to do', async () => {
    const pushback = fail(failure('rate-limited', { retryAfterMs: 30_000 }))
    const { clock, run, ask, asked } = setUp({ targets: [a] }, [pushback], [reply()])
    await clock.run(read(run(ask())))
    const { error } = await clock.run(read(run(ask({ deadlineAt: clock.now() + 5_000 }))))
    expect(error).toMatchObject({ code: 'throttled', status: 503, retryAfterMs: 30_000 })
    expect(String(error)).toContain('a place is likely in 30,000 ms, and the call has 5,000 ms left')
    expect(asked()).toEqual(['lab/a'])
  })

  it('gives the place back when a reader stops early, and when an answer fails', async () => {
    const limited = aTarget('lab/a', { limits: { concurrency: 1 } })
    const script = [...spell('Hello there'), wait(1_000), reply()]
    const { clock, gates, run, ask } = setUp({ targets: [limited] }, script, [fail(failure('server-error'))], script)
    const answer = run(ask())
    await clock.run(answer.next())
    expect(gates.inFlight).toBe(1)
    await answer.return(aReply())
    expect(gates.inFlight).toBe(0)
    await clock.run(read(run(ask())))
    expect(gates.inFlight).toBe(0)
    expect((await clock.run(read(run(ask())))).reply).toBeDefined()
    expect([gates.inFlight, clock.pending]).toEqual([0, 0])
  })

  it('holds no count of tokens back', async () => {
    const closed = aTarget('lab/a', { limits: { concurrency: 1 } })
    const { clock, gates, run, ask } = setUp({ targets: [closed] }, [wait(500), reply()])
    const first = read(run(ask({ request: { stream: false } })))
    const count = read(run(ask({ request: { operation: 'count-tokens', stream: false } })))
    await clock.advance(500)
    expect((await count).reply).toBeDefined()
    await first
    expect(gates.inFlight).toBe(0)
  })
})

it('lets nobody who waited go on where the breaker has opened meanwhile', async () => {
  const clock = createVirtualClock()
  const breakers = createBreakers({ clock, random: () => 0 })
  const gates = createGates({ clock, books: flatBooks })
  const inner = scripted(clock, [wait(100), fail(failure('server-error'))])
  const stages = [breakCircuit({ clock, breakers }), throttle({ gates, breakers })]
  const run = compose(stages, attemptOn(inner.handler, clock, keepEvents(), gates))
  const target = aTarget('lab/a', { limits: { concurrency: 5 } })
  const calls = Array.from({ length: 50 }, () => aCall(clock, { alias: anAlias({ targets: [target] }), target }))
  const readings = await clock.run(Promise.all(calls.map((call) => read(run(call)))))
  // The five whose failures open it, and whoever took their places before that was known.
  expect(inner.calls.length).toBeLessThanOrEqual(10)
  const codes = readings.map(({ error }) => (error as { code: string }).code)
  expect(codes.filter((code) => code === 'breaker-open')).toHaveLength(50 - inner.calls.length)
  expect(gates.inFlight).toBe(0)
})
