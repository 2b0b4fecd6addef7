import { describe, expect, it } from 'vitest'
import { broken } from './promises.ts'
import { sabotages } from './sabotages.ts'
import { live } from './world.ts'

/** `SEED=123` lives one world again, exactly. */
const only = process.env.SEED === undefined ? undefined : Number(process.env.SEED)
const worlds = Number(process.env.WORLDS ?? 3_000)

it(`keeps its promises in ${only === undefined ? `${worlds} worlds` : `the world ${only}`}`, {
  timeout: 120_000,
}, async () => {
  const seeds = only === undefined ? Array.from({ length: worlds }, (_, index) => index + 1) : [only]
  for (const seed of seeds) {
    const history = await live(seed)
    expect(broken(history), `SEED=${seed}`).toEqual([])
  }
})

it('lives the same seed the same way', async () => {
  const [one, other] = [await live(7), await live(7)]
  expect(other.attempts).toEqual(one.attempts)
  expect(other.lived.map(({ endedAt }) => endedAt)).toEqual(one.lived.map(({ endedAt }) => endedAt))
})

it('comes by everything that the stages do', async () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 300; seed++) {
    for (const { moments } of (await live(seed)).calls) for (const { type } of moments) seen.add(type)
  }
  const expected = ['cache-hit', 'cache-stored', 'coalesced', 'routed', 'fell-back', 'waited', 'gave-up-retrying']
  expect([...seen]).toEqual(expect.arrayContaining([...expected, 'breaker-open', 'hedged', 'resumed', 'committed']))
  const held = ['queued', 'let-through', 'left-queue', 'shed', 'target-closed', 'limit-lowered']
  expect([...seen]).toEqual(expect.arrayContaining(held))
})

describe('a planted defect is caught', () => {
  it.each(Object.entries(sabotages))('%s', { timeout: 60_000 }, async (_, sabotage) => {
    for (let seed = 1; seed <= 400; seed++) {
      const problems = await live(seed, sabotage).then(broken, (thrown: unknown) => [String(thrown)])
      if (problems.length > 0) return
    }
    expect.unreachable('400 worlds did not show it')
  })
})
