import { describe, expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import { accountOf, type Budget } from '../core/budget.ts'
import type { Call } from '../core/call.ts'
import type { Ledger } from '../core/ledger.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { BudgetExceeded, CallAborted, InseamError } from '../errors/index.ts'
import { createMemoryLedger } from '../stores/memory/index.ts'
import { pipelineOn } from './pipeline.suite.ts'
import {
  aCall,
  anAlias,
  anUsage,
  aReply,
  aTarget,
  fail,
  failure,
  keepEvents,
  never,
  read,
  readError,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

/** What `flatBooks` says that an attempt can cost, and what {@link anUsage} does. */
const worst = 1_400
const cost = 40

const hello = spell('Hello there')
const answer: readonly Step[] = [wait(10), ...hello.flatMap((delta) => [delta, wait(10)]), reply({ usage: anUsage })]

function aBudget(changes: Partial<Budget> = {}): Budget {
  return { id: 'b', scope: 'global', limitNanoUsd: 10_000, per: 'day', hard: true, warnAt: [], ...changes }
}

interface Change {
  readonly alias?: Partial<Alias>
  readonly budgets?: readonly Budget[]
  readonly ledger?: (ledger: Ledger) => Ledger | undefined
  readonly scripts: readonly (readonly Step[])[]
}

/** The pipeline as it ships over a ledger in memory, and how its first budget stands. */
function setUp({ alias = {}, budgets = [aBudget()], ledger: change = (ledger) => ledger, scripts }: Change) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...scripts)
  const events = keepEvents()
  const ledger = createMemoryLedger({ clock })
  const run = pipelineOn(inner.handler, clock, {
    findAlias: () => anAlias(alias),
    events,
    budgets,
    ledger: change(ledger),
  })
  const ask = (changes: Parameters<typeof aCall>[1] = {}): Call => aCall(clock, { target: undefined, ...changes })
  const standing = async (subject = '') => {
    const [state] = await ledger.states([accountOf(budgets[0] ?? aBudget(), subject, clock.date())])
    return { settled: state?.settledNanoUsd, reserved: state?.reservedNanoUsd }
  }
  /** Nothing is held any more, and what was spent is what the attempts cost; the worst case where nobody said that. */
  const expectSettled = async (subject = '') => {
    const spent = events.attempts.reduce(
      (sum, { usage, cost }) => sum + (usage.source === 'estimated' ? worst : (cost.nanoUsd ?? 0)),
      0,
    )
    expect(await standing(subject)).toEqual({ settled: spent, reserved: 0 })
  }
  return { clock, inner, events, ledger, run, ask, standing, expectSettled }
}

describe('setting money aside', () => {
  it('holds the worst case while the attempt is under way, and books what it came to', async () => {
    const { clock, run, ask, standing, expectSettled, events } = setUp({ scripts: [answer] })
    const running = read(run(ask()))
    await clock.advance(15)
    expect(await standing()).toEqual({ settled: 0, reserved: worst })
    await clock.run(running)
    expect(await standing()).toEqual({ settled: cost, reserved: 0 })
    await expectSettled()
    expect(events.calls[0]?.moments).toContainEqual(
      expect.objectContaining({ type: 'reserved', target: 'lab/a', nanoUsd: worst, budgets: 1 }),
    )
  })

  it('gives the attempt the id of what is set aside for it', async () => {
    const asked: string[] = []
    const { clock, run, ask, events } = setUp({
      scripts: [answer],
      ledger: (ledger) => ({
        ...ledger,
        states: (accounts) => ledger.states(accounts),
        current: () => ledger.current(),
        presumed: () => ledger.presumed(),
        flush: () => ledger.flush(),
        close: () => ledger.close(),
        reserve(what) {
          asked.push(what.id)
          return ledger.reserve(what)
        },
      }),
    })
    await clock.run(read(run(ask())))
    expect(asked).toEqual(events.attempts.map(({ attemptId }) => attemptId))
  })

  it('refuses what a hard budget does not hold, sends nothing and names all that matters', async () => {
    const { clock, inner, run, ask, standing } = setUp({
      budgets: [aBudget({ scope: 'feature', name: '*', limitNanoUsd: 1_399 })],
      scripts: [answer],
    })
    const error = await clock.run(readError(run(ask({ caller: { feature: 'triage' } }))))
    expect(error).toBeInstanceOf(BudgetExceeded)
    expect(error).toMatchObject({ code: 'budget-exceeded', status: 402, retryable: false })
    expect(error.message).toMatch(
      /^The budget of the feature "triage" has 0\.000001399 USD left of 0\.000001399 USD per day, and this attempt at lab\/a could cost 0\.0000014 USD\. The budget begins anew at \d{4}-.*T00:00:00\.000Z\.$/,
    )
    expect(inner.calls).toEqual([])
    expect(await standing('triage')).toEqual({ settled: 0, reserved: 0 })
  })

  it('counts a call in each budget that is meant for it, all or none', async () => {
    const budgets = [
      aBudget({ id: 'all' }),
      aBudget({ id: 'key', scope: 'key', name: 'ci' }),
      aBudget({ id: 'other', scope: 'key', name: 'other', limitNanoUsd: 1 }),
      aBudget({ id: 'tenant', scope: 'tenant', name: '*' }),
    ]
    const own = aBudget({ id: 'own', scope: 'key', name: 'ci', limitNanoUsd: 5_000 })
    const { clock, run, ask, ledger } = setUp({ budgets, scripts: [answer] })
    const caller = { keyId: 'ci', tenant: 'acme' }
    await clock.run(read(run(ask({ caller, terms: { budgets: [own], limits: [] } }))))
    const accounts = [
      accountOf(budgets[0]!, '', clock.date()),
      accountOf(budgets[1]!, 'ci', clock.date()),
      accountOf(budgets[3]!, 'acme', clock.date()),
      accountOf(own, 'ci', clock.date()),
    ]
    const states = await ledger.states(accounts)
    expect(states.map(({ settledNanoUsd }) => settledNanoUsd)).toEqual([cost, cost, cost, cost])

    const small = aBudget({ id: 'small', scope: 'tenant', name: '*', limitNanoUsd: 100 })
    await clock.run(readError(run(ask({ caller, terms: { budgets: [small], limits: [] } }))))
    const after = await ledger.states(accounts)
    expect(after.map(({ settledNanoUsd, reservedNanoUsd }) => settledNanoUsd + reservedNanoUsd)).toEqual([
      cost,
      cost,
      cost,
      cost,
    ])
  })

  it('counts what begins in a window there, also where it ends in the next, which is whole', async () => {
    const { clock, run, ask, ledger } = setUp({
      budgets: [aBudget({ per: 'hour', limitNanoUsd: worst + 1 })],
      scripts: [[wait(10), ...answer]],
    })
    const account = (at: number) => accountOf(aBudget({ per: 'hour' }), '', at)
    const [before, after] = [account(clock.date()), account(clock.date() + 3_600_000)]
    const standings = async () =>
      (await ledger.states([before, after])).map((state) => [state.settledNanoUsd, state.reservedNanoUsd])
    await clock.advance(3_600_000 - 5)
    const late = read(run(ask({ id: 'call_1' })))
    expect(await clock.run(readError(run(ask({ id: 'call_2' }))))).toBeInstanceOf(BudgetExceeded)
    await clock.advance(6)
    expect(await standings()).toEqual([
      [0, worst],
      [0, 0],
    ])
    const next = read(run(ask({ id: 'call_3' })))
    await clock.advance(1)
    expect(await standings()).toEqual([
      [0, worst],
      [0, worst],
    ])
    await clock.run(Promise.all([late, next]))
    expect(await standings()).toEqual([
      [cost, 0],
      [cost, 0],
    ])
  })

  it('asks no ledger where no budget counts the call, nor for a count', async () => {
    const { clock, run, ask } = setUp({
      budgets: [aBudget({ scope: 'feature', name: 'other' })],
      ledger: () => undefined,
      scripts: [[reply()]],
    })
    expect((await clock.run(read(run(ask())))).reply).toBeDefined()
    const counting = ask({ caller: { feature: 'other' }, request: { operation: 'count-tokens', stream: false } })
    expect((await clock.run(read(run(counting)))).reply).toBeDefined()
  })

  it('never holds more than the limit, however many calls come at once', async () => {
    const { clock, run, ask, standing, expectSettled } = setUp({
      budgets: [aBudget({ limitNanoUsd: worst * 3 + 39 })],
      scripts: [answer],
    })
    const running = Promise.all(Array.from({ length: 50 }, (_, index) => read(run(ask({ id: `call_${index}` })))))
    await clock.advance(5)
    expect(await standing()).toEqual({ settled: 0, reserved: worst * 3 })
    const readings = await clock.run(running)
    expect(readings.filter(({ reply }) => reply)).toHaveLength(3)
    expect(readings.filter(({ error }) => error instanceof BudgetExceeded)).toHaveLength(47)
    await expectSettled()
  })
})

describe('each attempt', () => {
  it('sets aside anew when it is made again, and each is settled', async () => {
    const { clock, run, ask, events, expectSettled } = setUp({
      alias: { retry: { attempts: 3, baseMs: 1, capMs: 2 } },
      scripts: [[fail(failure('server-error'))], [fail(failure('overloaded'))], answer],
    })
    await clock.run(read(run(ask())))
    expect(events.attempts).toHaveLength(3)
    await expectSettled()
  })

  it('falls back to a target whose price is known, and refuses where there is none', async () => {
    const unlisted = aTarget('lab/unlisted')
    const { clock, run, ask, events } = setUp({
      alias: { targets: [unlisted, aTarget('second/b')] },
      scripts: [answer],
    })
    await clock.run(read(run(ask())))
    expect(events.attempts.map(({ provider }) => provider)).toEqual(['second'])

    const alone = setUp({ alias: { targets: [unlisted] }, scripts: [answer] })
    const error = await alone.clock.run(readError(alone.run(alone.ask())))
    expect(error).toMatchObject({ code: 'price-unknown', status: 402, fix: 'Set `prices`.' })
    expect(error.message).toBe(
      'The global budget (0.00001 USD per day) is hard, and nobody can tell what an attempt at lab/unlisted may cost: nobody knows its price.',
    )
    expect(alone.inner.calls).toEqual([])
  })

  it('lets a soft budget pass what nobody can price, and says so', async () => {
    const { clock, run, ask, events, standing } = setUp({
      alias: { targets: [aTarget('lab/unlisted')] },
      budgets: [aBudget({ hard: false })],
      scripts: [answer],
    })
    expect((await clock.run(read(run(ask())))).reply).toBeDefined()
    expect(await standing()).toEqual({ settled: 0, reserved: 0 })
    expect(events.calls[0]?.moments).toContainEqual(
      expect.objectContaining({ type: 'not-counted', target: 'lab/unlisted', because: 'nobody knows its price' }),
    )
  })

  it('of a hedge is settled, that of the loser too', async () => {
    const { clock, run, ask, events, expectSettled } = setUp({
      alias: {
        targets: [aTarget('lab/a'), aTarget('second/b')],
        hedge: { after: 100, budget: 1 },
      },
      scripts: [[wait(10_000), ...answer], answer],
    })
    await clock.run(read(run(ask())))
    expect(events.attempts).toHaveLength(2)
    await expectSettled()
  })

  it('does not end the first lane of a hedge when the second is refused', async () => {
    const { clock, run, ask, events, expectSettled } = setUp({
      alias: { targets: [aTarget('lab/a'), aTarget('second/b')], hedge: { after: 100, budget: 1 } },
      budgets: [aBudget({ limitNanoUsd: worst + 1 })],
      scripts: [[wait(1_000), ...answer]],
    })
    expect((await clock.run(read(run(ask())))).reply).toBeDefined()
    expect(events.attempts).toHaveLength(1)
    await expectSettled()
  })

  it('is paid once where calls share it, and not at all where the cache answers', async () => {
    const { clock, run, ask, events, inner, expectSettled } = setUp({
      alias: { coalesce: true, cache: { ttlSeconds: 60 } },
      scripts: [answer],
    })
    await clock.run(Promise.all(['call_1', 'call_2', 'call_3'].map((id) => read(run(ask({ id }))))))
    await clock.run(read(run(ask({ id: 'call_4' }))))
    expect(inner.calls).toHaveLength(1)
    expect(events.attempts).toHaveLength(1)
    await expectSettled()
  })

  it('that is read on after its caller has left is settled when it is over', async () => {
    const { clock, run, ask, expectSettled, standing } = setUp({
      alias: { targets: [aTarget('lab/a', { drainTokens: 1_000 })] },
      scripts: [answer],
    })
    const controller = new AbortController()
    const running = read(run(ask({ signal: controller.signal })))
    await clock.advance(25)
    controller.abort(new CallAborted())
    await running
    expect(await standing()).toMatchObject({ reserved: expect.any(Number) })
    await clock.run(clock.advance(1_000))
    await expectSettled()
  })
})

describe('whenever a call ends', () => {
  const scripts: Readonly<Record<string, readonly (readonly Step[])[]>> = {
    whole: [answer],
    'cut in the middle': [[wait(10), ...hello.slice(0, 2), wait(10), fail(failure('server-error'))]],
    'never beginning': [[never]],
    'refused, then whole': [[wait(20), fail(failure('overloaded'))], answer],
  }
  for (const [name, script] of Object.entries(scripts)) {
    it.each([0, 1, 5, 10, 11, 15, 20, 21, 30, 40, 60, 100])(
      `by its caller after %i ms, ${name}: nothing stays held`,
      async (leavesAfter) => {
        const { clock, run, ask, expectSettled } = setUp({
          alias: { retry: { attempts: 2, baseMs: 5, capMs: 10 } },
          scripts: script,
        })
        const controller = new AbortController()
        const running = read(run(ask({ signal: controller.signal })))
        const leaving = clock.timer(leavesAfter, () => controller.abort(new CallAborted()))
        await clock.run(running)
        leaving.cancel()
        await expectSettled()
      },
    )

    it.each([1, 2, 3])(`by a reader that stops after %i deltas, ${name}: nothing stays held`, async (stopsAfter) => {
      const { clock, run, ask, expectSettled } = setUp({ scripts: script })
      const reading = run(ask())
      await clock.run(
        (async () => {
          for (let count = 0; count < stopsAfter; count++) {
            const step = await reading.next().catch(() => ({ done: true }))
            if (step.done) return
          }
          await reading.return(aReply())
        })(),
      )
      await expectSettled()
    })
  }

  it('before the ledger has answered: what it grants then is given back', async () => {
    const clock = createVirtualClock()
    const ledger = createMemoryLedger({ clock })
    const slow = {
      states: (accounts) => ledger.states(accounts),
      current: () => ledger.current(),
      presumed: () => ledger.presumed(),
      flush: () => ledger.flush(),
      close: () => ledger.close(),
      async reserve(what) {
        await new Promise<void>((resolve) => void clock.timer(500, resolve))
        return ledger.reserve(what)
      },
    } satisfies Ledger
    const inner = scripted(clock, answer)
    const run = pipelineOn(inner.handler, clock, { findAlias: () => anAlias(), budgets: [aBudget()], ledger: slow })
    const controller = new AbortController()
    const running = readError(run(aCall(clock, { target: undefined, signal: controller.signal })))
    await clock.advance(100)
    controller.abort(new CallAborted())
    expect((await running).code).toBe('aborted')
    expect(clock.now()).toBe(100)
    await clock.advance(1_000)
    const [state] = await ledger.states([accountOf(aBudget(), '', clock.date())])
    expect(state).toMatchObject({ settledNanoUsd: 0, reservedNanoUsd: 0 })
    expect(inner.calls).toEqual([])
  })
})

describe('where the ledger is lost', () => {
  const lost = (): Ledger => ({
    reserve: () => Promise.reject(new InseamError('store-failed', 'The disk is full.', { fix: 'Make room.' })),
    states: async () => [],
    current: async () => [],
    presumed: async () => [],
    flush: async () => {},
    close: async () => {},
  })

  it('a hard budget closes, and the error names what to do', async () => {
    const { clock, inner, run, ask } = setUp({ ledger: lost, scripts: [answer] })
    const error = await clock.run(readError(run(ask())))
    expect(error).toMatchObject({ code: 'ledger-lost', status: 503, fix: 'Make room.' })
    expect(error.message).toContain('The global budget (0.00001 USD per day) is hard')
    expect(inner.calls).toEqual([])
  })

  it('a soft budget lets the call pass uncounted, and the record says so', async () => {
    const { clock, run, ask, events } = setUp({ ledger: lost, budgets: [aBudget({ hard: false })], scripts: [answer] })
    expect((await clock.run(read(run(ask())))).reply).toBeDefined()
    expect(events.calls[0]?.moments).toContainEqual(
      expect.objectContaining({ type: 'not-counted', because: 'The disk is full.' }),
    )
  })
})

describe('warnings', () => {
  it('are told once, to the call that reached the share', async () => {
    const { clock, run, ask, events } = setUp({
      budgets: [aBudget({ hard: false, limitNanoUsd: 2_000, warnAt: [0.5, 1] })],
      scripts: [answer],
    })
    const first = ask({ id: 'call_1' })
    await clock.run(read(run(first)))
    const second = ask({ id: 'call_2' })
    await clock.run(read(run(second)))
    expect(first.story.warnings.map(({ share }) => share)).toEqual([0.5])
    expect(second.story.warnings).toEqual([])
    expect(events.calls[0]?.moments).toContainEqual(
      expect.objectContaining({ type: 'budget-warned', budget: 'b', share: 0.5, leftNanoUsd: 600 }),
    )
  })
})
