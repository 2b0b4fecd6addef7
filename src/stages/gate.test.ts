import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import type { LoadClass } from '../core/load-class.ts'
import type { ProviderLimits } from '../core/provider-limits.ts'
import type { RateLimits } from '../core/rate-limits.ts'
import type { Slot } from '../core/slot.ts'
import { createVirtualClock, type VirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, isInseamError } from '../errors/index.ts'
import { createGates } from './gates.ts'
import { aCall, anUsage, aTarget, failure, flatBooks } from './scripted.suite.ts'

function setUp(limits?: ProviderLimits) {
  const clock = createVirtualClock()
  const target = aTarget('lab/a', limits && { limits })
  const gates = createGates({ clock, books: flatBooks })
  const gate = gates.of(target)
  const ask = (changes: Parameters<typeof aCall>[1] = {}) => aCall(clock, { target, ...changes })
  /** Enters, and says when it was let in or what became of it. */
  const enter = (call: Call = ask()) => {
    const entry: { slot?: Slot; error?: unknown } = {}
    const done = gate.enter(call).then(
      (slot) => void Object.assign(entry, { slot }),
      (error: unknown) => void Object.assign(entry, { error }),
    )
    return Object.assign(entry, { done, call })
  }
  return { clock, target, gates, gate, ask, enter }
}

const settle = (clock: VirtualClock) => clock.advance(0)
const codeOf = (thrown: unknown) => (isInseamError(thrown) ? thrown.code : thrown)
const requests = (limit: number, remaining: number, resetMs: number): RateLimits => ({
  requests: { limit, remaining, resetMs },
})

describe('a gate that nobody has closed', () => {
  it('is free, and counts who is inside', () => {
    const { gate, ask } = setUp()
    expect(gate.isFree(ask())).toBe(true)
    const slots = Array.from({ length: 500 }, () => gate.take(ask()))
    expect(gate.isFree(ask())).toBe(true)
    expect(gate.inFlight).toBe(500)
    for (const slot of slots) slot.release()
    for (const slot of slots) slot.release()
    expect(gate.inFlight).toBe(0)
  })
})

describe('a gate of so many places', () => {
  it('lets the next one in when a place is given back, and once', async () => {
    const { clock, gate, enter } = setUp({ concurrency: 2 })
    const entries = [enter(), enter(), enter(), enter()]
    await settle(clock)
    expect(entries.map(({ slot }) => slot !== undefined)).toEqual([true, true, false, false])
    entries[0]?.slot?.release()
    entries[0]?.slot?.release()
    await settle(clock)
    expect(entries.map(({ slot }) => slot !== undefined)).toEqual([true, true, true, false])
    expect(gate.inFlight).toBe(2)
  })

  it('shares its places among the models of a provider, in turns', async () => {
    const { clock, gates, enter, ask } = setUp({ concurrency: 1 })
    const other = aTarget('lab/b', { limits: { concurrency: 1 } })
    const first = enter()
    const order: string[] = []
    const waits = ['a', 'a', 'b', 'b'].map(async (model) => {
      const slot = await (model === 'a' ? gates.of(first.call.target ?? other) : gates.of(other)).enter(
        ask({ target: model === 'a' ? first.call.target : other }),
      )
      order.push(model)
      clock.timer(10, () => slot.release())
    })
    await settle(clock)
    first.slot?.release()
    await clock.run(Promise.all(waits))
    expect(order).toEqual(['a', 'b', 'a', 'b'])
  })

  it('lets in whoever has the least time left, and of equal ones who came first', async () => {
    const { clock, ask, enter } = setUp({ concurrency: 1 })
    const inside = enter()
    await settle(clock)
    const waiting = [9_000, 3_000, 9_000, 5_000].map((deadlineAt) => enter(ask({ deadlineAt })))
    const order: number[] = []
    waiting.forEach(({ done }, index) => void done.then(() => order.push(index)))
    let slot = inside.slot
    for (let round = 0; round < 4; round++) {
      slot?.release()
      await settle(clock)
      slot = waiting[order.at(-1) ?? 0]?.slot
    }
    expect(order).toEqual([1, 3, 0, 2])
  })

  it('turns away at once who could not be served in time, by how long answers take', async () => {
    const { clock, ask, enter } = setUp({ concurrency: 1 })
    const first = enter()
    await settle(clock)
    await clock.advance(2_000)
    first.slot?.succeeded(anUsage)
    first.slot?.release()
    const inside = enter()
    const hurried = enter(ask({ deadlineAt: clock.now() + 1_000 }))
    const patient = enter(ask({ deadlineAt: clock.now() + 60_000 }))
    await settle(clock)
    expect(inside.slot).toBeDefined()
    expect(hurried.error).toMatchObject({ code: 'throttled', advice: 'fall-back', retryAfterMs: 2_000 })
    expect([patient.slot, patient.error]).toEqual([undefined, undefined])
  })

  it('sends a call on that has another target, at once where the wait is known and soon where it is not', async () => {
    const { clock, ask, enter } = setUp({ concurrency: 1 })
    enter()
    await settle(clock)
    const call = enter(ask({ fallbacksLeft: 1 }))
    await clock.advance(249)
    expect(call.error).toBeUndefined()
    await clock.advance(1)
    expect(codeOf(call.error)).toBe('throttled')
    expect(clock.pending).toBe(0)
    expect(getEventListeners(call.call.signal, 'abort')).toEqual([])
  })

  it('turns away what overflows, batch before interactive', async () => {
    const { clock, gate, ask, enter } = setUp({ concurrency: 1, queue: 2 })
    enter()
    const batch = enter(ask({ loadClass: 'batch' }))
    const second = enter(ask({ loadClass: 'batch' }))
    const third = enter(ask({ loadClass: 'batch' }))
    const interactive = enter()
    await settle(clock)
    expect(codeOf(third.error)).toBe('throttled')
    expect(codeOf(second.error)).toBe('throttled')
    expect([batch, interactive].map(({ error }) => error)).toEqual([undefined, undefined])
    expect(gate.waiting).toBe(2)
  })

  it('lets nobody wait where there is no queue', async () => {
    const { clock, enter } = setUp({ concurrency: 1, queue: 0 })
    enter()
    const late = enter()
    await settle(clock)
    expect(codeOf(late.error)).toBe('throttled')
  })

  it('keeps half of its places from batch while somebody waits for an answer, and one always', async () => {
    const { clock, ask, enter } = setUp({ concurrency: 4 })
    const batch = Array.from({ length: 4 }, () => enter(ask({ loadClass: 'batch' })))
    await settle(clock)
    expect(batch.filter(({ slot }) => slot)).toHaveLength(3)
    const somebody = enter()
    await settle(clock)
    expect(somebody.slot).toBeDefined()
    batch[0]?.slot?.release()
    await settle(clock)
    expect(batch.filter(({ slot }) => slot)).toHaveLength(3)
    somebody.slot?.release()
    await settle(clock)
    expect(batch.filter(({ slot }) => slot)).toHaveLength(4)
  })

  it('forgets who leaves while waiting', async () => {
    const { clock, gate, ask, enter } = setUp({ concurrency: 1 })
    enter()
    const controller = new AbortController()
    const left = enter(ask({ signal: controller.signal }))
    await clock.advance(30)
    controller.abort(new CallAborted())
    await settle(clock)
    expect(codeOf(left.error)).toBe('aborted')
    expect(left.call.story.moments.map(({ type }) => type)).toEqual(['queued', 'left-queue'])
    expect(gate.waiting).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

describe('a gate whose provider has pushed back', () => {
  it('stays closed for everybody as long as it was told', async () => {
    const { clock, gate, ask, enter } = setUp()
    const slot = gate.take(ask())
    slot.failed(failure('rate-limited', { retryAfterMs: 5_000 }))
    slot.release()
    expect(gate.isFree(ask())).toBe(false)
    const waiting = enter()
    const other = enter(ask({ fallbacksLeft: 1 }))
    await clock.advance(4_999)
    expect(waiting.slot).toBeUndefined()
    expect(other.error).toMatchObject({ code: 'throttled', retryAfterMs: 5_000 })
    await clock.advance(1)
    expect(waiting.slot?.queuedMs).toBe(5_000)
    expect(clock.pending).toBe(0)
  })

  it('lets a thousand that waited in again a few at a time', async () => {
    const { clock, gate, ask, enter } = setUp({ queue: 2_000 })
    const slot = gate.take(ask())
    slot.failed(failure('rate-limited', { retryAfterMs: 5_000 }))
    slot.release()
    const waiting = Array.from({ length: 1_000 }, () => enter())
    await clock.advance(5_000)
    expect(gate.inFlight).toBe(4)
    for (const { slot } of waiting.filter(({ slot }) => slot)) {
      slot?.succeeded(anUsage)
      slot?.release()
    }
    await settle(clock)
    expect(gate.inFlight).toBe(8)
  })

  it('lets 0.7 of those in who were too many, once for one crowd, and one more for each round that held somebody up', async () => {
    const { clock, gate, ask, enter } = setUp()
    const crowd = Array.from({ length: 10 }, () => ({ call: ask(), slot: undefined as Slot | undefined }))
    for (const member of crowd) member.slot = gate.take(member.call)
    for (const { slot } of crowd.slice(0, 5)) slot?.failed(failure('overloaded'))
    const lowered = crowd.flatMap(({ call }) => call.story.moments.filter(({ type }) => type === 'limit-lowered'))
    expect(lowered).toEqual([{ type: 'limit-lowered', target: 'lab/a', from: undefined, to: 7, atMs: 0 }])
    for (const { slot } of crowd) slot?.release()
    const entries = Array.from({ length: 30 }, () => enter())
    await settle(clock)
    expect(gate.inFlight).toBe(7)
    for (let round = 0; round < 7; round++) {
      const inside = entries.find(({ slot }) => slot)
      entries.splice(entries.indexOf(inside as never), 1)
      inside?.slot?.succeeded(anUsage)
      inside?.slot?.release()
      await settle(clock)
    }
    expect(gate.inFlight).toBe(8)
  })

  it('forgets in time what it has learnt', async () => {
    const { clock, gate, ask, enter } = setUp()
    const slots = [gate.take(ask()), gate.take(ask())]
    slots[0]?.failed(failure('overloaded'))
    for (const slot of slots) slot.release()
    await clock.advance(11 * 60_000)
    const entry = enter()
    await settle(clock)
    entry.slot?.release()
    expect(gate.isFree(ask())).toBe(true)
  })

  it('grows by half in a quarter of an hour after slow_down', async () => {
    const { clock, gate, ask, enter } = setUp({ queue: 10_000 })
    const crowd = Array.from({ length: 100 }, () => gate.take(ask()))
    crowd[0]?.failed(failure('rate-limited', { providerCode: 'slow_down' }))
    for (const slot of crowd) slot.release()
    const entries = Array.from({ length: 9_000 }, () => enter())
    let most = 0
    await settle(clock)
    expect(gate.inFlight).toBe(70)
    for (let minute = 0; minute < 15; minute++) {
      for (const entry of entries.filter(({ slot }) => slot)) {
        entries.splice(entries.indexOf(entry), 1)
        entry.slot?.succeeded(anUsage)
        entry.slot?.release()
      }
      await clock.advance(60_000)
      most = Math.max(most, gate.inFlight)
    }
    expect(most).toBeGreaterThan(70)
    expect(most).toBeLessThanOrEqual(105)
  })
})

describe('a gate whose provider says what is left', () => {
  it('lets in what is left and then as much as comes back', async () => {
    const { clock, gate, ask, enter } = setUp()
    const slot = gate.take(ask())
    slot.answered(requests(60, 2, 58_000))
    slot.release()
    const entries = [enter(), enter(), enter(), enter()]
    await settle(clock)
    expect(entries.filter(({ slot }) => slot)).toHaveLength(2)
    await clock.advance(999)
    expect(entries.filter(({ slot }) => slot)).toHaveLength(2)
    await clock.advance(2)
    expect(entries.filter(({ slot }) => slot)).toHaveLength(3)
  })

  it('counts what was sent after the call whose answer tells it', async () => {
    const { clock, gate, ask, enter } = setUp()
    const [first, second] = [gate.take(ask()), gate.take(ask())]
    gate.take(ask())
    first?.answered(requests(100, 3, 97_000))
    second?.answered(requests(100, 2, 98_000))
    first?.answered(requests(100, 90, 10_000))
    const entries = [enter(), enter()]
    await settle(clock)
    expect(entries.map(({ slot }) => slot !== undefined)).toEqual([true, false])
  })

  it('waits for tokens: what the call says and, but at Anthropic, what it may answer', async () => {
    const { clock, gate, ask, enter } = setUp()
    const slot = gate.take(ask())
    slot.answered({ tokens: { limit: 1_000, remaining: 100, resetMs: 90_000 } })
    slot.release()
    const small = enter(ask({ request: { maxOutputTokens: 50 } }))
    const large = enter(ask({ request: { maxOutputTokens: 500 } }))
    await settle(clock)
    expect([small, large].map(({ slot }) => slot !== undefined)).toEqual([true, false])
    await clock.advance(60_000)
    expect(large.slot).toBeDefined()
  })

  it('asks the provider all the same for what is more than there ever is', async () => {
    const { clock, gate, ask, enter } = setUp()
    const slot = gate.take(ask())
    slot.answered({ tokens: { limit: 100, remaining: 100, resetMs: 0 } })
    slot.release()
    const huge = enter(ask({ request: { maxOutputTokens: 5_000 } }))
    await settle(clock)
    expect(huge.slot).toBeDefined()
  })
})

describe('the operator’s limits', () => {
  it('let no more requests through in any minute, wherever it begins', async () => {
    const { clock, enter } = setUp({ requestsPerMinute: 5 })
    const times: number[] = []
    const entries = Array.from({ length: 17 }, async () => {
      const entry = enter()
      await entry.done
      times.push(clock.now())
      entry.slot?.release()
    })
    await clock.run(Promise.all(entries))
    for (const from of times)
      expect(times.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(5)
    expect(Math.max(...times)).toBeLessThan(4 * 61_000)
  })

  it('count what a call may use until it is known what it did', async () => {
    const { clock, ask, enter } = setUp({ tokensPerMinute: 1_000 })
    const first = enter(ask({ request: { maxOutputTokens: 900 } }))
    const second = enter(ask({ request: { maxOutputTokens: 900 } }))
    await settle(clock)
    expect([first, second].map(({ slot }) => slot !== undefined)).toEqual([true, false])
    first.slot?.succeeded(anUsage)
    first.slot?.release()
    await settle(clock)
    expect(second.slot).toBeDefined()
  })
})

describe('whatever callers do', () => {
  const caller = fc.record({
    comesAt: fc.nat(500),
    staysMs: fc.nat(300),
    patienceMs: fc.option(fc.nat(800), { nil: undefined }),
    loadClass: fc.constantFrom<LoadClass>('interactive', 'batch'),
    fails: fc.constantFrom(undefined, 'rate-limited' as const, 'overloaded' as const),
    retryAfterMs: fc.option(fc.nat(400), { nil: undefined }),
  })

  it('there are never more inside than places, everybody gets in or is told why, and nothing is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(caller, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 4 }),
        async (callers, concurrency) => {
          const { clock, gate, ask } = setUp({ concurrency, queue: 10 })
          let most = 0
          let settled = 0
          const lives = callers.map(async ({ comesAt, staysMs, patienceMs, loadClass, fails, retryAfterMs }) => {
            await new Promise<void>((resolve) => void clock.timer(comesAt, resolve))
            const controller = new AbortController()
            const leaving =
              patienceMs === undefined ? undefined : clock.timer(patienceMs, () => controller.abort(new CallAborted()))
            try {
              const slot = await gate.enter(ask({ signal: controller.signal, loadClass }))
              most = Math.max(most, gate.inFlight)
              await new Promise<void>((resolve) => void clock.timer(staysMs, resolve))
              if (fails) slot.failed(failure(fails, { retryAfterMs }))
              else slot.succeeded(anUsage)
              slot.release()
              slot.release()
            } catch (thrown) {
              expect(['throttled', 'aborted']).toContain(codeOf(thrown))
            }
            settled++
            leaving?.cancel()
            expect(getEventListeners(controller.signal, 'abort')).toEqual([])
          })
          await clock.run(Promise.all(lives))
          expect(settled).toBe(callers.length)
          expect(most).toBeLessThanOrEqual(concurrency)
          expect([gate.inFlight, gate.waiting, clock.pending]).toEqual([0, 0, 0])
        },
      ),
      { numRuns: 150 },
    )
  })
})
