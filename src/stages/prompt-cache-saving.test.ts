import { expect, it } from 'vitest'
import type { Target } from '../core/target.ts'
import { noUsage } from '../core/usage.ts'
import { createBooks } from '../models/index.ts'
import { promptCacheSaving } from './prompt-cache-saving.ts'

const books = createBooks({ overrides: { 'x/one': { input: 10, output: 50, cacheRead: 1, cacheWrite5m: 12.5 } } })
const target = { provider: 'x', model: 'one' } as Target
const saved = (usage: Partial<typeof noUsage>, at = target) => {
  const whole = { ...noUsage, raw: {}, ...usage }
  return promptCacheSaving(books, at, whole, books.price(at, whole))
}

it('is what reads spared less what writes cost more', () => {
  expect(saved({ inputUncached: 100, cacheRead: 1_000, outputText: 10 })).toBe(9_000_000)
  expect(saved({ cacheWrite5m: 1_000 })).toBe(-2_500_000)
  expect(saved({ cacheRead: 1_000, cacheWrite5m: 1_000 })).toBe(6_500_000)
})

it('is nothing where no cache was used, or no price is known', () => {
  expect(saved({ inputUncached: 100 })).toBeUndefined()
  expect(saved({ cacheRead: 100 }, { provider: 'x', model: 'two' } as Target)).toBeUndefined()
})
