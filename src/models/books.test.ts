import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../core/target.ts'
import { noUsage, type Usage, usageParts } from '../core/usage.ts'
import { createBooks } from './books.ts'
import { exactCost, exactPrices } from './exact-cost.ts'

const at = (day: string) => () => Date.parse(day)
const now = at('2026-11-23')
const target = (name: string): Target => {
  const slash = name.indexOf('/')
  return {
    name,
    provider: name.slice(0, slash),
    model: name.slice(slash + 1),
    dialect: 'openai-chat',
    credential: 'default',
    weight: 1,
  }
}
const used = (parts: Partial<Usage>): Usage => ({ ...noUsage, ...parts })
const books = createBooks({ date: now, version: 'test' })
const nano = (name: string, parts: Partial<Usage>) => books.price(target(name), used(parts)).nanoUsd

describe('the price book', () => {
  it('prices each part of a usage by its own rate', () => {
    const cost = books.price(
      target('anthropic/claude-opus-5-5'),
      used({
        inputUncached: 100,
        cacheRead: 1000,
        cacheWrite5m: 10,
        cacheWrite1h: 10,
        outputText: 50,
        outputReasoning: 5,
      }),
    )
    expect(cost).toEqual({
      nanoUsd: 100 * 4000 + 1000 * 200 + 10 * 5000 + 10 * 8000 + 55 * 20_000,
      status: 'priced',
      priceVersion: 'test',
    })
  })

  it('prices a million tokens at exactly the price that the book states', () => {
    expect(nano('simulator/sim-small', { inputUncached: 1e6 })).toBe(1e9)
    expect(nano('simulator/sim-large+stall@2', { outputText: 1e6 })).toBe(15e9)
    expect(nano('openai/gpt-6-luna', { cacheRead: 100_000 })).toBe(1_000_000)
  })

  it('finds a model by its exact name, whoever serves it', () => {
    expect(nano('lab/claude-haiku-4-5', { inputUncached: 1 })).toBe(1000)
    expect(nano('anthropic/claude-haiku-4-5-20251001', { inputUncached: 1 })).toBe(1000)
  })

  it('prices a name that the operator gave as what it stands for, and by its looks never', () => {
    const asked = (name: string, standsFor: string | null) => ({ ...target(name), standsFor })
    const cost = (at: Target) => books.price(at, used({ inputUncached: 1 })).nanoUsd
    expect(cost(asked('azure/my-small', 'gpt-5.4-mini'))).toBe(750)
    expect(cost(asked('azure/gpt-5.4', 'gpt-5.4-mini'))).toBe(750)
    expect(cost(asked('azure/gpt-5.4', null))).toBeNull()
    const stated = createBooks({ overrides: { 'azure/gpt-5.4': { input: 9, output: 9 } }, date: now })
    expect(stated.price(asked('azure/gpt-5.4', null), used({ inputUncached: 1 })).nanoUsd).toBe(9000)
    const byModel = createBooks({ overrides: { 'gpt-5.4-mini': { input: 8, output: 9 } }, date: now })
    expect(byModel.price(asked('azure/mine', 'gpt-5.4-mini'), used({ inputUncached: 1 })).nanoUsd).toBe(8000)
  })

  it('prices a place that is dearer so many times what is published, to the last digit, and an own price as it is', () => {
    const regional = { ...target('vertex-anthropic/claude-haiku-4-5@20251001'), priceFactor: 1.1 }
    const usage = used({ inputUncached: 1e6, cacheRead: 1e6, outputText: 1e6, serverToolCalls: { web_search: 1 } })
    expect(books.price(regional, usage).nanoUsd).toBe(1.1e9 + 0.11e9 + 5.5e9 + 0.01e9)
    expect(books.price({ ...regional, priceFactor: 1 }, usage).nanoUsd).toBe(1e9 + 0.1e9 + 5e9 + 0.01e9)
    const stated = createBooks({ overrides: { 'claude-haiku-4-5@20251001': { input: 9, output: 9 } }, date: now })
    expect(stated.price(regional, used({ inputUncached: 1 })).nanoUsd).toBe(9000)
  })

  it('calls what it does not list unpriced, never free', () => {
    for (const name of [
      'openai/gpt-6.1-sol',
      'anthropic/claude-sonnet-5-5',
      'lab/llama',
      'openrouter/anthropic/claude-haiku-4-5',
    ])
      expect(books.price(target(name), used({ inputUncached: 10 }))).toEqual({
        nanoUsd: null,
        status: 'unpriced',
        priceVersion: 'test',
      })
  })

  it('charges nothing for an attempt that was never billed, so that a call with one can still be priced', () => {
    expect(books.price(target('lab/llama'), noUsage)).toMatchObject({ nanoUsd: 0, status: 'priced' })
    expect(nano('lab/llama', { raw: { total_tokens: 0 } })).toBeNull()
  })

  it('calls an attempt unpriced when it used a part without a price', () => {
    expect(nano('openai/gpt-5.4', { inputUncached: 10, cacheWriteOther: 10 })).toBeNull()
    expect(nano('openai/gpt-5.4', { inputUncached: 10 })).toBe(25_000)
  })

  it('prices the whole request at the long rates once its input, cached or not, is over the limit', () => {
    expect(nano('openai/gpt-6-sol', { inputUncached: 72_000, cacheRead: 200_000, outputText: 10 })).toBe(
      72_000 * 2000 + 200_000 * 200 + 10 * 10_000,
    )
    expect(nano('openai/gpt-6-sol', { inputUncached: 72_001, cacheRead: 200_000, outputText: 10 })).toBe(
      72_001 * 4000 + 200_000 * 400 + 10 * 15_000,
    )
    expect(nano('openai/gpt-5.4', { inputUncached: 272_000 })).toBe(272_000 * 5000)
  })

  it('lets dated prices hold on their days only, the last one included', () => {
    const price = (day: string, name: string) =>
      createBooks({ date: at(day) }).price(target(name), used({ inputUncached: 1 })).nanoUsd
    expect(price('2026-08-20T23:59:59Z', 'openai/gpt-5.6-sol')).toBeNull()
    expect(price('2026-08-21T00:00:00Z', 'openai/gpt-5.6-sol')).toBe(4000)
    expect(price('2026-12-31T23:59:59Z', 'google/gemini-3.8-flash')).toBe(750)
    expect(price('2027-01-01T00:00:00Z', 'google/gemini-3.8-flash')).toBeNull()
  })

  it('flags the cost of an estimated usage', () => {
    expect(books.price(target('x/sim-small'), used({ source: 'estimated', inputUncached: 3 }))).toMatchObject({
      nanoUsd: 3000,
      status: 'estimated',
    })
  })

  it('prices listed server tools by the call and flags the cost where one is not listed', () => {
    const searched = (serverToolCalls: Record<string, number>) =>
      books.price(target('anthropic/claude-haiku-4-5'), used({ inputUncached: 1, serverToolCalls }))
    expect(searched({ web_search: 2 })).toMatchObject({ nanoUsd: 1000 + 20_000_000, status: 'priced' })
    expect(searched({ toString: 1 })).toMatchObject({ nanoUsd: 1000, status: 'estimated' })
    expect(searched({ code_execution: 0 })).toMatchObject({ nanoUsd: 1000, status: 'priced' })
  })

  it('rounds once per attempt, half up', () => {
    const tenth = exactPrices('tiny', { input: 0.0001, output: 0.0001 })
    expect(exactCost(tenth, used({ inputUncached: 4 }))?.nanoUsd).toBe(0)
    expect(exactCost(tenth, used({ inputUncached: 5 }))?.nanoUsd).toBe(1)
    expect(exactCost(tenth, used({ inputUncached: 7, outputText: 7 }))?.nanoUsd).toBe(1)
  })

  it('stays exact, or at least does not throw, whatever a provider counts', () => {
    expect(nano('a/sim-large', { inputUncached: 900_000_000, outputText: 900_000_001 })).toBe(
      900_000_000 * 3000 + 900_000_001 * 15_000,
    )
    expect(nano('a/sim-large', { inputUncached: -5, outputText: Number.NaN })).toBe(0)
    expect(nano('a/sim-large', { inputUncached: Number.POSITIVE_INFINITY })).toBeGreaterThan(1e15)
  })

  it('adds up: the cost of two usages below every tier is the sum of their costs', () => {
    const part = fc.integer({ min: 0, max: 10_000 })
    const usage = fc.record(Object.fromEntries(usageParts.map((name) => [name, part])) as Record<string, typeof part>)
    fc.assert(
      fc.property(usage, usage, (left, right) => {
        const sum = Object.fromEntries(usageParts.map((name) => [name, left[name]! + right[name]!]))
        const without = { cacheWriteOther: 0 }
        expect(nano('x/sim-small', { ...sum, ...without })).toBe(
          nano('x/sim-small', { ...left, ...without })! + nano('x/sim-small', { ...right, ...without })!,
        )
      }),
    )
  })
})

describe("an operator's own prices", () => {
  const own = createBooks({
    date: now,
    overrides: {
      llama: { input: 0, output: 0 },
      'lab/claude-haiku-4-5': { input: 0.5, output: 2 },
      'sim-small': { input: 7, output: 9, cacheRead: 1 },
    },
  })
  const price = (name: string, parts: Partial<Usage>) => own.price(target(name), used(parts))

  it('go before the book, those of one provider before those of the model', () => {
    expect(price('lab/claude-haiku-4-5', { inputUncached: 1, outputText: 1 }).nanoUsd).toBe(2500)
    expect(price('anthropic/claude-haiku-4-5', { inputUncached: 1, outputText: 1 }).nanoUsd).toBe(6000)
    expect(price('any/sim-small+cut@3', { inputUncached: 1, cacheRead: 1 }).nanoUsd).toBe(8000)
  })

  it('make a local model free where the operator says so', () => {
    expect(price('gpu/llama', { inputUncached: 10, cacheRead: 5, cacheWriteOther: 2, outputText: 4 })).toMatchObject({
      nanoUsd: 0,
      status: 'priced',
    })
  })

  it('are completed for the cache by the usual ratios', () => {
    const parts = { cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheWriteOther: 1 }
    expect(price('lab/claude-haiku-4-5', parts).nanoUsd).toBe(500 + 625 + 1000 + 625)
    expect(() => createBooks({ overrides: { odd: { input: 0.123457, output: 1 } } })).not.toThrow()
  })

  it('change the version that is written beside each cost', () => {
    const version = (books: ReturnType<typeof createBooks>) => books.price(target('x/sim-small'), noUsage).priceVersion
    expect(version(own)).toMatch(/^2026-11-23\.[0-9a-f]{8}$/)
    expect(version(own)).not.toBe(version(createBooks()))
    expect(version(createBooks())).toBe(version(createBooks()))
  })

  it('are refused when they are no prices', () => {
    for (const input of [-1, Number.NaN, 0.0000001])
      expect(() => createBooks({ overrides: { bad: { input, output: 1 } } })).toThrow(/price .* of "bad"/)
  })
})
