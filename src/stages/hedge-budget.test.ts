import { expect, it } from 'vitest'
import { createHedgeBudget } from './hedge-budget.ts'

it('gives each alias its share of its own calls, and one to begin with', () => {
  const budget = createHedgeBudget()
  expect([budget.withdraw('fast', 0.5), budget.withdraw('fast', 0.5)]).toEqual([true, false])
  budget.deposit('fast', 0.5)
  expect(budget.withdraw('fast', 0.5)).toBe(false)
  budget.deposit('fast', 0.5)
  expect(budget.withdraw('fast', 0.5)).toBe(true)
  expect(budget.withdraw('smart', 0.5)).toBe(true)
})

it('saves no more than ten for a bad hour', () => {
  const budget = createHedgeBudget()
  for (let call = 0; call < 1_000; call++) budget.deposit('fast', 1)
  const taken = Array.from({ length: 20 }, () => budget.withdraw('fast', 1))
  expect(taken.filter(Boolean)).toHaveLength(10)
})

it('gives none while hedges have cost more than their share', () => {
  const budget = createHedgeBudget()
  budget.deposit('fast', 1)
  budget.paid('fast', 1_000, 200)
  expect(budget.withdraw('fast', 0.1)).toBe(false)
  budget.paid('fast', 1_000, 0)
  expect(budget.withdraw('fast', 0.1)).toBe(true)
})
