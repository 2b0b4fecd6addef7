import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountOf, type Budget, type BudgetAccount } from '../core/budget.ts'
import type { BudgetRefusal, Ledger, Reservation } from '../core/ledger.ts'
import { isInseamError } from '../errors/index.ts'
import type { StoredLedger } from './ledger/stored-ledger.ts'

/** A budget for tests: 1,000 nano-dollars a day, hard, for everything. */
export function sampleBudget(changes: Partial<Budget> = {}): Budget {
  return { id: 'all', scope: 'global', limitNanoUsd: 1_000, per: 'day', hard: true, warnAt: [], ...changes }
}

const noon = Date.UTC(2026, 10, 23, 12)

/** Its account at a time. */
export function sampleAccount(changes: Partial<Budget> = {}, subject = '', at = noon): BudgetAccount {
  return accountOf(sampleBudget(changes), subject, at)
}

let attempts = 0
const ask = (worstNanoUsd: number, accounts: readonly BudgetAccount[]) => {
  attempts++
  return { id: `attempt_${attempts}`, callId: `call_${attempts}`, worstNanoUsd, accounts }
}

/** The reservation, where there is one. */
export function held(answer: Reservation | BudgetRefusal): Reservation {
  if (answer.type !== 'reserved') throw new Error(`It was refused: ${JSON.stringify(answer.state)}`)
  return answer
}

async function stateOf(ledger: Ledger, account: BudgetAccount): Promise<readonly [settled: number, reserved: number]> {
  const [state] = await ledger.states([account])
  expect(state?.account).toBe(account)
  return [state!.settledNanoUsd, state!.reservedNanoUsd]
}

/** What every ledger promises. `open` gives one with nothing in it. */
export function ledgerSuite(name: string, open: () => Promise<StoredLedger>): void {
  describe(`${name} as a ledger`, () => {
    it('holds the worst case in every account, books the truth instead, and frees the rest', async () => {
      await using ledger = await open()
      const accounts = [sampleAccount(), sampleAccount({ id: 'tenants', scope: 'tenant' }, 'acme')]
      const reservation = held(await ledger.reserve(ask(600, accounts)))
      for (const account of accounts) expect(await stateOf(ledger, account)).toEqual([0, 600])
      reservation.settle(250)
      await ledger.flush()
      for (const account of accounts) expect(await stateOf(ledger, account)).toEqual([250, 0])
    })

    it('books once: what is said later changes nothing', async () => {
      await using ledger = await open()
      const account = sampleAccount()
      const [settled, released] = [
        held(await ledger.reserve(ask(10, [account]))),
        held(await ledger.reserve(ask(10, [account]))),
      ]
      settled.settle(7)
      settled.settle(9)
      settled.release()
      released.release()
      released.settle(10)
      await ledger.flush()
      expect(await stateOf(ledger, account)).toEqual([7, 0])
    })

    it('refuses what a hard budget does not hold, says how it stands, and takes nothing from the others', async () => {
      await using ledger = await open()
      const [wide, narrow] = [sampleAccount({ id: 'wide' }), sampleAccount({ id: 'narrow', limitNanoUsd: 100 })]
      held(await ledger.reserve(ask(60, [wide, narrow])))
      const refusal = await ledger.reserve(ask(41, [wide, narrow]))
      expect(refusal).toEqual({
        type: 'refused',
        state: { account: narrow, settledNanoUsd: 0, reservedNanoUsd: 60 },
      })
      expect(await stateOf(ledger, wide)).toEqual([0, 60])
      held(await ledger.reserve(ask(40, [wide, narrow])))
      expect(await stateOf(ledger, narrow)).toEqual([0, 100])
    })

    it('never refuses for a soft budget, and counts beyond its limit', async () => {
      await using ledger = await open()
      const account = sampleAccount({ hard: false, limitNanoUsd: 100 })
      held(await ledger.reserve(ask(5_000, [account]))).settle(4_000)
      held(await ledger.reserve(ask(70, [account])))
      expect(await stateOf(ledger, account)).toEqual([4_000, 70])
    })

    it('counts the worst case of what nobody tells the cost of, and books the truth where it is known after all', async () => {
      await using ledger = await open()
      const [account, soft] = [sampleAccount(), sampleAccount({ id: 'soft', hard: false })]
      const untold = [
        held(await ledger.reserve(ask(100, [account, soft]))),
        held(await ledger.reserve(ask(70, [account]))),
      ]
      for (const reservation of untold) {
        reservation.presume(30)
        reservation.settle(1)
      }
      held(await ledger.reserve(ask(50, [soft]))).presume(20)
      held(await ledger.reserve(ask(10, [account]))).presume(12)
      await ledger.flush()
      expect(await stateOf(ledger, account)).toEqual([182, 0])
      expect(await stateOf(ledger, soft)).toEqual([120, 0])
      const ids = untold.map(({ id }) => id)
      expect((await ledger.presumed()).map(({ id, nanoUsd }) => [id, nanoUsd])).toEqual([
        [ids[0], 100],
        [ids[1], 70],
      ])
      await expect(ledger.reconcile(() => -1)).rejects.toMatchObject({ code: 'internal-error' })
      expect(await ledger.reconcile(({ id }) => (id === ids[0] ? 40 : undefined))).toBe(1)
      expect(await stateOf(ledger, account)).toEqual([122, 0])
      expect(await stateOf(ledger, soft)).toEqual([60, 0])
      expect(await ledger.presumed()).toHaveLength(1)
    })

    it('books more than the worst case where a provider took more, and refuses from then on', async () => {
      await using ledger = await open()
      const account = sampleAccount({ limitNanoUsd: 100 })
      held(await ledger.reserve(ask(90, [account]))).settle(120)
      await ledger.flush()
      expect(await stateOf(ledger, account)).toEqual([120, 0])
      expect((await ledger.reserve(ask(1, [account]))).type).toBe('refused')
    })

    it('lets what costs nothing through at the limit itself', async () => {
      await using ledger = await open()
      const account = sampleAccount({ limitNanoUsd: 100 })
      held(await ledger.reserve(ask(100, [account])))
      expect((await ledger.reserve(ask(0, [account]))).type).toBe('reserved')
      expect((await ledger.reserve(ask(1, [account]))).type).toBe('refused')
    })

    it('lets exactly as many of a thousand at once through as the last cents hold', async () => {
      await using ledger = await open()
      const account = sampleAccount({ limitNanoUsd: 10_000_000 })
      held(await ledger.reserve(ask(1, [account]))).settle(1)
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => ledger.reserve(ask(100_000, [account]))))
      const reservations = answers.filter((answer) => answer.type === 'reserved')
      expect(reservations).toHaveLength(99)
      expect(await stateOf(ledger, account)).toEqual([1, 9_900_000])
      for (const reservation of reservations) reservation.settle(99_999)
      await ledger.flush()
      expect(await stateOf(ledger, account)).toEqual([1 + 99 * 99_999, 0])
    })

    it('warns of each share of an account once, of several that one reservation reaches, too', async () => {
      await using ledger = await open()
      const account = sampleAccount({ warnAt: [0.5, 0.8, 1] })
      const shares = async (worst: number) => {
        const reservation = held(await ledger.reserve(ask(worst, [account])))
        return { reservation, shares: reservation.warnings.map(({ share }) => share) }
      }
      expect((await shares(499)).shares).toEqual([])
      const second = await shares(1)
      expect(second.shares).toEqual([0.5])
      expect(second.reservation.warnings[0]?.state).toEqual({ account, settledNanoUsd: 0, reservedNanoUsd: 500 })
      second.reservation.release()
      expect((await shares(1)).shares).toEqual([])
      expect((await shares(500)).shares).toEqual([0.8, 1])
      const others = sampleAccount({ warnAt: [0.5, 0.8, 1] }, '', noon + 86_400_000)
      expect(held(await ledger.reserve(ask(500, [others]))).warnings).toHaveLength(1)
    })

    it('counts each window by itself: a reservation belongs to the one in which it was made', async () => {
      await using ledger = await open()
      const begin = Date.UTC(2026, 11, 1)
      for (const per of ['hour', 'day', 'month'] as const) {
        const [before, after] = [
          sampleAccount({ id: per, per }, '', begin - 1),
          sampleAccount({ id: per, per }, '', begin),
        ]
        const late = held(await ledger.reserve(ask(1_000, [before])))
        expect((await ledger.reserve(ask(1, [before]))).type).toBe('refused')
        held(await ledger.reserve(ask(1_000, [after])))
        late.settle(900)
        await ledger.flush()
        expect(await stateOf(ledger, before)).toEqual([900, 0])
        expect(await stateOf(ledger, after)).toEqual([0, 1_000])
      }
    })

    it('tells how accounts stand in their order, those that nothing was drawn on too', async () => {
      await using ledger = await open()
      const [first, second] = [sampleAccount({ id: 'z' }), sampleAccount({ id: 'a' })]
      held(await ledger.reserve(ask(3, [first])))
      const states = await ledger.states([second, first, second])
      expect(states.map(({ account, reservedNanoUsd }) => [account.id, reservedNanoUsd])).toEqual([
        [second.id, 0],
        [first.id, 3],
        [second.id, 0],
      ])
      expect(await ledger.states([])).toEqual([])
    })

    it('tells of every account that is under way, by budget and subject', async () => {
      await using ledger = await open()
      const at = Date.now()
      const [b, a] = ['b', 'a'].map((subject) =>
        sampleAccount({ id: 'features', scope: 'feature', name: '*' }, subject, at),
      )
      const past = sampleAccount({ id: 'features' }, 'c', at - 2 * 86_400_000)
      held(await ledger.reserve(ask(5, [b!, past])))
      held(await ledger.reserve(ask(7, [a!]))).settle(6)
      await ledger.flush()
      const { startsAt, endsAt } = a!
      expect(await ledger.current()).toEqual([
        { budgetId: 'features', subject: 'a', startsAt, endsAt, settled: 6, reserved: 0 },
        { budgetId: 'features', subject: 'b', startsAt, endsAt, settled: 0, reserved: 5 },
      ])
    })

    it('refuses an absurd amount, and books at the worst case what nobody can count', async () => {
      await using ledger = await open()
      const account = sampleAccount({ limitNanoUsd: Number.MAX_SAFE_INTEGER })
      for (const worst of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
        const thrown = await ledger.reserve(ask(worst, [account])).catch((error: unknown) => error)
        expect(isInseamError(thrown) && thrown.code).toBe('internal-error')
      }
      expect(await stateOf(ledger, account)).toEqual([0, 0])
      for (const truth of [-1, 0.5, Number.NaN, 2 ** 60]) held(await ledger.reserve(ask(10, [account]))).settle(truth)
      await ledger.flush()
      expect(await stateOf(ledger, account)).toEqual([40, 0])
    })

    it('refuses before a sum is beyond what is exact, for a soft budget too', async () => {
      await using ledger = await open()
      const account = sampleAccount({ hard: false })
      held(await ledger.reserve(ask(Number.MAX_SAFE_INTEGER - 1, [account]))).settle(Number.MAX_SAFE_INTEGER - 1)
      expect((await ledger.reserve(ask(2, [account]))).type).toBe('refused')
      held(await ledger.reserve(ask(1, [account]))).settle(9)
      await ledger.flush()
      expect(await stateOf(ledger, account)).toEqual([Number.MAX_SAFE_INTEGER, 0])
    })

    it('reserves once an attempt: another amount for the same id is a defect, and nothing is taken for it', async () => {
      await using ledger = await open()
      const account = sampleAccount()
      const first = ask(10, [account])
      held(await ledger.reserve(first))
      const thrown = await ledger.reserve({ ...first, worstNanoUsd: 20 }).catch((error: unknown) => error)
      expect(isInseamError(thrown) && thrown.message).toMatch(/something else for the attempt/)
      expect(await stateOf(ledger, account)).toEqual([0, 10])
    })

    it('takes any subject for what it is, quotes and separators too', async () => {
      await using ledger = await open()
      const subjects = ["'; DROP TABLE ledger_accounts; --", 'a|b', '{a,b}', '"', '\\', 'ünïcode 🪡', '%_', '']
      const accounts = subjects.map((subject) => sampleAccount({ id: 'odd' }, subject))
      for (const [index, account] of accounts.entries()) held(await ledger.reserve(ask(index + 1, [account])))
      const states = await ledger.states(accounts)
      expect(states.map(({ reservedNanoUsd }) => reservedNanoUsd)).toEqual(subjects.map((_, index) => index + 1))
    })

    it('refuses once it is closed, and says so', async () => {
      const ledger = await open()
      await ledger.close()
      await ledger.close()
      const thrown = await ledger.reserve(ask(1, [sampleAccount()])).catch((error: unknown) => error)
      expect(isInseamError(thrown) && thrown.code).toBe('store-failed')
    })

    it('keeps every hard budget at every step, and every sum to the nano-dollar, whatever is done in whatever order', async () => {
      await using ledger = await open()
      let round = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          await follow(ledger, steps, `round_${++round}`)
        }),
        { numRuns: 25 },
      )
    })
  })
}

type Step =
  | { readonly type: 'reserve'; readonly worst: number; readonly in: readonly number[] }
  | { readonly type: 'settle'; readonly which: number; readonly share: number }
  | { readonly type: 'release'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    type: fc.constant('reserve' as const),
    worst: fc.integer({ min: 0, max: 400 }),
    in: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('settle' as const),
    which: fc.nat(20),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ type: fc.constant('release' as const), which: fc.nat(20) }),
)

/** Takes the steps beside a model of plain numbers, and compares after each. */
async function follow(ledger: Ledger, steps: readonly Step[], round: string): Promise<void> {
  const accounts = [
    sampleAccount({ id: 'hard' }, round),
    sampleAccount({ id: 'tight', limitNanoUsd: 500 }, round),
    sampleAccount({ id: 'soft', limitNanoUsd: 300, hard: false }, round),
  ]
  const model = accounts.map(() => ({ settled: 0, reserved: 0 }))
  const open: { readonly reservation: Reservation; readonly worst: number; readonly in: readonly number[] }[] = []
  for (const taken of steps) {
    if (taken.type === 'reserve') {
      const fits = taken.in.every((index) => {
        const { budget } = accounts[index]!
        const { settled, reserved } = model[index]!
        return !budget.hard || settled + reserved + taken.worst <= budget.limitNanoUsd
      })
      const answer = await ledger.reserve(
        ask(
          taken.worst,
          taken.in.map((index) => accounts[index]!),
        ),
      )
      expect(answer.type).toBe(fits ? 'reserved' : 'refused')
      if (answer.type === 'reserved') {
        for (const index of taken.in) model[index]!.reserved += taken.worst
        open.push({ reservation: answer, worst: taken.worst, in: taken.in })
      }
    } else if (open.length > 0) {
      const [ended] = open.splice(taken.which % open.length, 1)
      const { reservation, worst, in: indices } = ended!
      const truth = taken.type === 'settle' ? Math.floor(worst * taken.share) : 0
      if (taken.type === 'settle') reservation.settle(truth)
      else reservation.release()
      for (const index of indices) {
        model[index]!.reserved -= worst
        model[index]!.settled += truth
      }
      await ledger.flush()
    }
    const states = await ledger.states(accounts)
    expect(states.map(({ settledNanoUsd: settled, reservedNanoUsd: reserved }) => ({ settled, reserved }))).toEqual(
      model,
    )
    for (const { account, settledNanoUsd, reservedNanoUsd } of states)
      if (account.budget.hard) expect(settledNanoUsd + reservedNanoUsd).toBeLessThanOrEqual(account.budget.limitNanoUsd)
  }
}
