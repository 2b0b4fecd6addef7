import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { createRetryBudget } from './retry-budget.ts'

it('allows ten retries a second over ten seconds where nothing else was asked', () => {
  const budget = createRetryBudget({ clock: createVirtualClock() })
  expect(draw(budget, 'lab', 150)).toBe(100)
})

it('allows a fifth of the first attempts besides', () => {
  const budget = createRetryBudget({ clock: createVirtualClock(), minimumPerSecond: 0 })
  for (let ask = 0; ask < 15; ask++) budget.deposit('lab')
  expect(draw(budget, 'lab', 10)).toBe(3)
})

it('forgets first attempts and retries after ten seconds', async () => {
  const clock = createVirtualClock()
  const budget = createRetryBudget({ clock, minimumPerSecond: 1 })
  for (let ask = 0; ask < 50; ask++) budget.deposit('lab')
  expect(draw(budget, 'lab', 100)).toBe(20)
  await clock.advance(9_000)
  expect(draw(budget, 'lab', 100)).toBe(0)
  await clock.advance(1_000)
  expect(draw(budget, 'lab', 100)).toBe(10)
})

it('keeps one budget per receiving provider, and takes back what was not used', () => {
  const budget = createRetryBudget({ clock: createVirtualClock(), minimumPerSecond: 0.1 })
  expect(draw(budget, 'lab', 5)).toBe(1)
  expect(draw(budget, 'other', 5)).toBe(1)
  budget.giveBack('lab')
  expect(draw(budget, 'lab', 5)).toBe(1)
})

it('never lets retries exceed the minimum and the ratio, whatever the order of things', async () => {
  const move = fc.oneof(
    fc.record({ type: fc.constant('deposit' as const), count: fc.nat(40) }),
    fc.record({ type: fc.constant('withdraw' as const), count: fc.nat(40) }),
    fc.record({ type: fc.constant('pass' as const), count: fc.nat(4_000) }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(move),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(3),
      async (moves, ratio, floor) => {
        const clock = createVirtualClock()
        const budget = createRetryBudget({ clock, ratio, minimumPerSecond: floor })
        const second = () => Math.floor(clock.now() / 1000)
        const asked: number[] = []
        const again: number[] = []
        const counting = (seconds: readonly number[]) => seconds.filter((at) => at > second() - 10).length
        for (const { type, count } of moves) {
          if (type === 'pass') await clock.advance(count)
          else if (type === 'deposit') {
            for (let n = 0; n < count; n++) {
              budget.deposit('lab')
              asked.push(second())
            }
          } else {
            for (let n = draw(budget, 'lab', count); n > 0; n--) again.push(second())
            if (count > 0 && again.at(-1) === second()) {
              expect(counting(again)).toBeLessThanOrEqual(floor * 10 + ratio * counting(asked))
            }
          }
        }
      },
    ),
    { numRuns: 60 },
  )
})

function draw(budget: ReturnType<typeof createRetryBudget>, provider: string, tries: number): number {
  let drawn = 0
  for (let attempt = 0; attempt < tries; attempt++) drawn += Number(budget.withdraw(provider))
  return drawn
}
