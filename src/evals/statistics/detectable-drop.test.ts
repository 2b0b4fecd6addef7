import fc from 'fast-check'
import { expect, it } from 'vitest'
import { casesToSee, detectableDrop } from './detectable-drop.ts'

it.each([
  [0.01, 0.05, 3_923],
  [0.02, 0.05, 979],
  [0.03, 0.05, 434],
  [0.02, 0.1, 1_960],
  [0.05, 0.1, 312],
  [0.08, 0.1, 121],
  [0.05, 0.15, 469],
  [0.1, 0.15, 116],
  [0.1, 0.2, 155],
])('needs the published number of cases to see a drop of %d where %d of them flip', (drop, discordance, cases) => {
  expect(Math.ceil(casesToSee(drop, discordance))).toBeGreaterThanOrEqual(cases - 1)
  expect(Math.floor(casesToSee(drop, discordance))).toBeLessThanOrEqual(cases + 1)
})

it('sees no drop at all with fewer than six cases', () => {
  expect(detectableDrop(5)).toBeUndefined()
  expect(detectableDrop(0)).toBeUndefined()
})

it('finds the drop for which the cases are just enough, and sees less of one with more cases', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 200_000 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      (cases, rate) => {
        const drop = detectableDrop(cases, rate)!
        expect(drop).toBeGreaterThanOrEqual(6 / cases)
        expect(drop).toBeLessThanOrEqual(1)
        expect(casesToSee(drop, rate)).toBeLessThanOrEqual(cases * (1 + 1e-3))
        expect(detectableDrop(cases * 2, rate)!).toBeLessThanOrEqual(drop)
      },
    ),
  )
})
