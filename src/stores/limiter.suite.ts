import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallLimit, Limiter, LimitHold, LimitNeed, LimitSubject } from '../core/call-limit.ts'
import type { Clock } from '../core/clock.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'

/** Opens a limiter that counts by the clock, with nothing in its books. */
export type OpenLimiter = (clock: Clock) => Promise<Limiter>

/** One of a limit's subjects. */
export function limiting(limit: Omit<CallLimit, 'id' | 'scope'>, subject = 'ada'): LimitSubject {
  return { limit: { id: 'key:*', scope: 'key', ...limit }, subject }
}

/** No tokens at all. */
export const nothing: LimitNeed = { inputTokens: 0, outputTokens: 0 }

const input = (inputTokens: number): LimitNeed => ({ inputTokens, outputTokens: 0 })

/** Asks and expects to be let in. */
export async function enter(limiter: Limiter, subjects: readonly LimitSubject[], need = nothing): Promise<LimitHold> {
  const outcome = await limiter.admit(subjects, need)
  if (outcome.type === 'refused') throw new Error(`Refused by ${outcome.limit.id} for its ${outcome.kind}.`)
  return outcome
}

/** What every limiter promises. */
export function describeLimiter(
  name: string,
  open: OpenLimiter,
  { runs = 200 }: { readonly runs?: number } = {},
): void {
  const setUp = async () => {
    const clock = createVirtualClock()
    await clock.advance(999_500)
    return { clock, limiter: await open(clock) }
  }

  describe(`the contract of a limiter, kept by ${name}`, () => {
    it('admits as many requests in a minute as the limit says, and says exactly when the next one may come', async () => {
      const { clock, limiter } = await setUp()
      const subjects = [limiting({ requests: 3 })]
      await enter(limiter, subjects)
      await clock.advance(20_000)
      await enter(limiter, subjects)
      await enter(limiter, subjects)
      const refused = await limiter.admit(subjects, nothing)
      // The first one's second, 999, is wholly out of the last sixty at 1,060.
      expect(refused).toMatchObject({
        type: 'refused',
        kind: 'requests',
        remaining: 0,
        retryAfterMs: 40_500,
        subject: 'ada',
      })
      await clock.advance(40_499)
      expect(await limiter.admit(subjects, nothing)).toMatchObject({ type: 'refused', retryAfterMs: 1 })
      await clock.advance(1)
      await enter(limiter, subjects)
      expect(await limiter.admit(subjects, nothing)).toMatchObject({ type: 'refused', retryAfterMs: 20_000 })
      await limiter.close()
    })

    it('says when so much has left that a large request fits, be it several seconds later', async () => {
      const { clock, limiter } = await setUp()
      const subjects = [limiting({ inputTokens: 100 })]
      for (const tokens of [30, 30, 40]) {
        await enter(limiter, subjects, input(tokens))
        await clock.advance(1_000)
      }
      const refused = await limiter.admit(subjects, input(60))
      expect(refused).toMatchObject({ type: 'refused', kind: 'inputTokens', remaining: 0 })
      const waitMs = refused.type === 'refused' ? refused.retryAfterMs : 0
      await clock.advance(waitMs - 1)
      expect(await limiter.admit(subjects, input(60))).toMatchObject({
        type: 'refused',
        remaining: 30,
        retryAfterMs: 1,
      })
      await clock.advance(1)
      await enter(limiter, subjects, input(60))
      await limiter.close()
    })

    it('takes nothing from any limit for a call that one of them refuses', async () => {
      const { limiter } = await setUp()
      const own = limiting({ requests: 5, inputTokens: 1_000, concurrency: 5 }, 'own')
      const shared = { limit: { id: 'global', scope: 'global', inputTokens: 100 }, subject: '' } as const
      for (let ask = 0; ask < 10; ask++)
        expect(await limiter.admit([own, shared], input(90 + ask * 2))).toMatchObject(
          ask <= 0 ? { type: 'admitted' } : { type: 'refused', limit: { id: 'global' } },
        )
      const held = await enter(limiter, [own], input(0))
      expect(held.rates).toMatchObject({
        requests: { limit: 5, remaining: 3 },
        inputTokens: { limit: 1_000, remaining: 910 },
      })
      await limiter.close()
    })

    it('refuses for good what alone is more than the limit', async () => {
      const { limiter } = await setUp()
      const refused = await limiter.admit([limiting({ outputTokens: 10 })], { inputTokens: 0, outputTokens: 11 })
      expect(refused).toMatchObject({ kind: 'outputTokens', remaining: 10, retryAfterMs: Number.POSITIVE_INFINITY })
      await limiter.close()
    })

    it('names the limit that keeps the call waiting longest', async () => {
      const { clock, limiter } = await setUp()
      const requests = limiting({ requests: 1 }, 'one')
      const tokens = limiting({ inputTokens: 10 }, 'other')
      await enter(limiter, [requests])
      await clock.advance(5_000)
      await enter(limiter, [tokens], input(10))
      expect(await limiter.admit([requests, tokens], input(1))).toMatchObject({ kind: 'inputTokens', subject: 'other' })
      await limiter.close()
    })

    it('counts what was used instead of what was asked for, in the second that it was taken in', async () => {
      const { clock, limiter } = await setUp()
      const subjects = [limiting({ inputTokens: 100, outputTokens: 100 })]
      const held = await enter(limiter, subjects, { inputTokens: 60, outputTokens: 100 })
      await clock.advance(30_000)
      held.settle({ inputTokens: 70, outputTokens: 5 })
      held.settle({ inputTokens: 0, outputTokens: 0 })
      const next = await enter(limiter, subjects, { inputTokens: 10, outputTokens: 20 })
      expect(next.rates).toMatchObject({ inputTokens: { remaining: 20 }, outputTokens: { remaining: 75 } })
      expect(await limiter.admit(subjects, { inputTokens: 30, outputTokens: 0 })).toMatchObject({
        type: 'refused',
        kind: 'inputTokens',
        retryAfterMs: 30_500,
      })
      await limiter.close()
    })

    it('forgets what is settled once its second has left', async () => {
      const { clock, limiter } = await setUp()
      const subjects = [limiting({ inputTokens: 100 })]
      const held = await enter(limiter, subjects, input(60))
      await clock.advance(61_000)
      await enter(limiter, subjects, input(100))
      held.settle({ inputTokens: 10, outputTokens: 0 })
      expect(await limiter.admit(subjects, input(1))).toMatchObject({ type: 'refused', remaining: 0 })
      await limiter.close()
    })

    it('holds places among the calls at once until they are given back, once', async () => {
      const { limiter } = await setUp()
      const subjects = [limiting({ concurrency: 2 })]
      const first = await enter(limiter, subjects)
      await enter(limiter, subjects)
      expect(await limiter.admit(subjects, nothing)).toMatchObject({
        type: 'refused',
        kind: 'concurrency',
        remaining: 0,
      })
      first.release()
      first.release()
      await enter(limiter, subjects)
      expect(await limiter.admit(subjects, nothing)).toMatchObject({ type: 'refused', kind: 'concurrency' })
      await limiter.close()
    })

    it('counts each subject by itself, and each limit', async () => {
      const { limiter } = await setUp()
      await enter(limiter, [limiting({ requests: 1 }, 'ada')])
      await enter(limiter, [limiting({ requests: 1 }, 'grace')])
      await enter(limiter, [
        { ...limiting({ requests: 1 }, 'ada'), limit: { id: 'tenant:*', scope: 'tenant', requests: 1 } },
      ])
      expect(await limiter.admit([limiting({ requests: 1 }, 'ada')], nothing)).toMatchObject({ type: 'refused' })
      await limiter.close()
    })

    it('puts a changed limit in force without forgetting what was counted', async () => {
      const { limiter } = await setUp()
      for (let call = 0; call < 3; call++) await enter(limiter, [limiting({ requests: 10 })])
      expect(await limiter.admit([limiting({ requests: 2 })], nothing)).toMatchObject({ type: 'refused', remaining: 0 })
      const { rates } = await enter(limiter, [limiting({ requests: 4 })])
      expect(rates.requests).toMatchObject({ limit: 4, remaining: 0, resetMs: 60_500 })
      await limiter.close()
    })

    it('never lets a minute hold more than the limit, and counts exactly what was settled', async () => {
      const step = fc.oneof(
        fc.record({ type: fc.constant('ask' as const), tokens: fc.integer({ min: 0, max: 60 }) }),
        fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 25_000 }) }),
        fc.record({ type: fc.constant('end' as const), used: fc.integer({ min: 0, max: 60 }) }),
      )
      let run = 0
      const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, limiter } = await setUp()
        const subjects = [limiting({ requests: 5, inputTokens: 100 }, `run ${run++}`)]
        const taken: { at: number; tokens: number }[] = []
        const open: { hold: LimitHold; entry: { at: number; tokens: number }; asked: number }[] = []
        const within = (end: number) => taken.filter(({ at }) => at > end - 60_000 && at <= end)
        for (const one of steps) {
          if (one.type === 'wait') await clock.advance(one.ms)
          else if (one.type === 'end') {
            const ended = open.shift()
            if (!ended) continue
            // What is given back may be used by others at once; what was used above the need is the provider's word.
            ended.entry.tokens = Math.min(one.used, ended.asked)
            ended.hold.settle(input(ended.entry.tokens))
            ended.hold.release()
          } else {
            const outcome = await limiter.admit(subjects, input(one.tokens))
            if (outcome.type === 'refused') continue
            const entry = { at: clock.now(), tokens: one.tokens }
            taken.push(entry)
            open.push({ hold: outcome, entry, asked: one.tokens })
            const counted = taken.filter(({ at }) => Math.floor(at / 1_000) >= Math.floor(entry.at / 1_000) - 60)
            expect(outcome.rates.inputTokens?.remaining).toBe(
              100 - counted.reduce((sum, { tokens }) => sum + tokens, 0),
            )
          }
          const minute = within(clock.now())
          expect(minute.length).toBeLessThanOrEqual(5)
          expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(100)
        }
        await limiter.close()
      })
      await fc.assert(property, { numRuns: runs })
    })
  })
}
