import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountOf, type Budget } from '../../src/core/budget.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../../src/stores/postgres/postgres-server.suite.ts'
import { openBooks, type Place } from './spend.ts'
import { startSpender } from './spenders.ts'

/** More than one attempt can cost, and how many of these the budget holds. */
const aCall = 900_000
const calls = 40

const budgetNamed = (id: string): Budget => ({
  id,
  scope: 'global',
  limitNanoUsd: aCall * calls,
  per: 'month',
  hard: true,
  warnAt: [0.8],
})

/** A thousand calls at once, spread over processes that share the books: looks at the books all the while, and at the bill at the end. */
async function spendTheLastCent(place: Place, processes: number, leaseNanoUsd = 0, id = 'all'): Promise<void> {
  const budget = budgetNamed(id)
  await using simulator = await startSimulator({ pace: { firstTokenMs: 5 } })
  await using observer = await openBooks(place)
  const account = accountOf(budget, '', Date.now())
  const look = async () => {
    const [state] = await observer.states([account])
    return { settled: state!.settledNanoUsd, reserved: state!.reservedNanoUsd }
  }
  const spending = {
    simulatorUrl: simulator.url,
    place,
    budget,
    calls: 1_000 / processes,
    model: 'simulator/sim-small',
    leaseNanoUsd,
  }
  const spenders = await Promise.all(Array.from({ length: processes }, () => startSpender(spending)))
  try {
    const ended = Promise.all(spenders.map((spender) => spender.line('answered')))
    for (const spender of spenders) spender.go()
    let isOver = false
    ended.finally(() => (isOver = true)).catch(() => undefined)
    let highest = 0
    while (!isOver) {
      const { settled, reserved } = await look()
      highest = Math.max(highest, settled + reserved)
    }
    const counts = (await ended).map((line) => line.match(/\d+/g)!.map(Number))
    const sum = (which: number) => counts.reduce((total, each) => total + each[which]!, 0)
    const { lines, totals } = simulator.invoice()
    expect(highest).toBeLessThanOrEqual(budget.limitNanoUsd)
    expect([sum(0) + sum(1), sum(0)]).toEqual([1_000, lines.length])
    expect(sum(0)).toBeGreaterThanOrEqual(leaseNanoUsd > 0 ? 1 : calls)
    expect(sum(1)).toBeGreaterThan(0)
    expect(await look()).toEqual({ settled: totals.costNanoUsd, reserved: 0 })
  } finally {
    await Promise.all(spenders.map((spender) => spender.kill()))
  }
}

describe('a thousand calls at the last cent spend no more than there is, and the books equal the bill', () => {
  let directory = ''
  let files = 0
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'inseam-money-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it.each([
    [1, 0],
    [2, 0],
    [4, 0],
    [2, aCall * 2],
  ])('from %i processes on one SQLite file, with leases of %i nano-dollars', async (processes, lease) => {
    await spendTheLastCent({ path: join(directory, `${++files}.db`) }, processes, lease)
  })
})

describe.skipIf(!hasPostgres)('the same on one Postgres', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it.each([2, 4])('from %i processes', async (processes) => {
    await spendTheLastCent({ url: server.url }, processes, 0, `by ${processes}`)
  })
})
