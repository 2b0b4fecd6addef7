import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountOf, type Budget } from '../../src/core/budget.ts'
import { type Simulator, startSimulator } from '../../src/simulator/index.ts'
import type { StoredLedger } from '../../src/stores/ledger/stored-ledger.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../../src/stores/postgres/postgres-server.suite.ts'
import { openBooks, type Place, type Point, type Spending } from './spend.ts'
import { type Spender, startSpender } from './spenders.ts'

/** More than one attempt can cost. */
const aCall = 900_000

/** How long a process is taken to live that is not heard of, in milliseconds. */
const lifeMs = 500

interface Death {
  readonly at: string
  readonly spending?: Partial<Spending>
  /** Resolves when the process stands there. */
  readonly reached: (spender: Spender, simulator: Simulator, asking: string) => Promise<unknown>
  /** Whether something is held then, or may be. */
  readonly holds: 'something' | 'nothing' | 'perhaps'
}

const stopped = (spender: Spender) => spender.line('stopped')
const stoppingAt = (point: Point, holds: Death['holds']): Death => ({
  at: point,
  spending: { stopAt: point },
  reached: stopped,
  holds,
})
const arrived = (simulator: Simulator, asking: string) => () =>
  simulator.log().some(({ body }) => JSON.stringify(body).includes(asking))

/** Every point between the beginning of a call and its end in the books at which its process may die. */
const deaths: readonly Death[] = [
  stoppingAt('before reserving', 'nothing'),
  stoppingAt('reserving', 'perhaps'),
  stoppingAt('reserved', 'something'),
  {
    at: 'sent, and nothing came',
    spending: { model: 'simulator/sim-small+no-answer' },
    reached: (_, simulator, asking) => expect.poll(arrived(simulator, asking), { timeout: 60_000 }).toBe(true),
    holds: 'something',
  },
  {
    at: 'in the middle of the answer',
    spending: { model: 'simulator/sim-small+stall:after=3', streamed: true },
    reached: (spender) => spender.line('content'),
    holds: 'something',
  },
  stoppingAt('answered', 'something'),
  stoppingAt('settling', 'perhaps'),
  stoppingAt('settled', 'nothing'),
]

/** Kills a process at each of the points, and compares the books with the bill, before the truth is known and after. */
async function killEverywhere(place: Place, deaths: readonly Death[]): Promise<void> {
  const budget: Budget = {
    id: 'all',
    scope: 'global',
    limitNanoUsd: aCall * deaths.length,
    per: 'month',
    hard: true,
    warnAt: [],
  }
  await using simulator = await startSimulator({ keepBodies: true })
  const account = accountOf(budget, '', Date.now())
  const look = async (books: StoredLedger) => {
    const [state] = await books.states([account])
    const { settledNanoUsd: settled, reservedNanoUsd: reserved } = state!
    expect(settled + reserved).toBeLessThanOrEqual(budget.limitNanoUsd)
    return { settled, reserved }
  }
  await using observer = await openBooks(place)
  /** What a process finds in the books that comes later: it looks for the dead first. */
  const lookLater = async () => {
    await using books = await openBooks(place)
    return look(books)
  }
  const asked = new Map<string, string>()
  await using spenders = new AsyncDisposableStack()
  const killed = deaths.map(async ({ spending, reached }, index) => {
    const asking = `of-${index}-end`
    const common = {
      simulatorUrl: simulator.url,
      place,
      budget,
      calls: 1,
      model: 'simulator/sim-small',
      asking,
      lifeMs,
    }
    const spender = spenders.use(await startSpender({ ...common, ...spending }))
    spender.go()
    asked.set((await spender.line('call ')).slice(5), asking)
    await reached(spender, simulator, asking)
    await look(observer)
    await spender.kill()
  })
  await Promise.all(killed)
  await simulator.idle()
  await expect.poll(async () => (await lookLater()).reserved, { timeout: 60_000, interval: 100 }).toBe(0)

  const { totals } = simulator.invoice()
  const { settled } = await look(observer)
  expect(settled).toBeGreaterThanOrEqual(totals.costNanoUsd)
  const presumed = new Set((await observer.presumed()).map(({ callId }) => asked.get(callId ?? '')))
  deaths.forEach(({ at, holds }, index) => {
    const isPresumed = presumed.has(`of-${index}-end`)
    if (holds !== 'perhaps') expect([at, isPresumed]).toEqual([at, holds === 'something'])
  })

  const costOf = (callId: string | undefined): number => {
    const asking = asked.get(callId ?? '') ?? 'nobody'
    const exchanges = simulator.log().filter(({ body }) => JSON.stringify(body).includes(asking))
    return exchanges.reduce((sum, { billed }) => sum + (billed?.costNanoUsd ?? 0), 0)
  }
  expect(await observer.reconcile(({ callId }) => costOf(callId))).toBe(presumed.size)
  expect(await look(observer)).toEqual({ settled: totals.costNanoUsd, reserved: 0 })
  expect(await observer.presumed()).toEqual([])
}

describe('a process that is killed, at whichever point of a call, leaves the books above the bill, and they equal it once the truth is known', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'inseam-killed-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('on a SQLite file', () => killEverywhere({ path: join(directory, 'state.db') }, deaths))
})

describe.skipIf(!hasPostgres)('the same on a Postgres', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('where something is held, or may be', () =>
    killEverywhere(
      { url: server.url },
      deaths.filter(({ holds }) => holds !== 'nothing'),
    ))
})
