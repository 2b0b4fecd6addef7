import { describe, expect, it } from 'vitest'
import { findModel, knownModels } from './known-models.ts'
import type { UnitPrices } from './model-facts.ts'

const day = /^\d{4}-\d{2}-\d{2}$/

describe('the known models', () => {
  it('names no model twice', () => {
    const names = knownModels.flatMap(({ id, aliases = [] }) => [id, ...aliases])
    expect(new Set(names).size).toBe(names.length)
  })

  it('knows exact ids and listed aliases, and nothing that merely begins like one', () => {
    expect(findModel('claude-haiku-4-5')?.id).toBe('claude-haiku-4-5')
    expect(findModel('claude-haiku-4-5-20251001')?.id).toBe('claude-haiku-4-5')
    expect(findModel('claude-haiku-4-5-20991231')).toBeUndefined()
    expect(findModel('claude-sonnet-5-5')?.prices).toEqual([])
    expect(findModel('anthropic/claude-haiku-4-5')).toBeUndefined()
    expect(findModel('constructor')).toBeUndefined()
  })

  it('reads a simulated model past its script, and no other name', () => {
    expect(findModel('sim-small+stall@2')?.id).toBe('sim-small')
    expect(findModel('gpt-5.4+stall@2')).toBeUndefined()
  })

  for (const model of knownModels) {
    it(`holds plausible figures for ${model.id}`, () => {
      if (model.maxOutputTokens) expect(model.maxOutputTokens).toBeLessThan(model.contextTokens ?? 0)
      for (const period of model.prices) {
        expect(period.sourceUrl).toMatch(/^https:\/\//)
        for (const date of [period.checkedOn, period.effectiveFrom, period.effectiveTo]) {
          if (date === undefined) continue
          expect(date).toMatch(day)
          expect(new Date(date).toISOString().slice(0, 10)).toBe(date)
        }
        expect((period.effectiveFrom ?? '0000') <= (period.effectiveTo ?? '9999')).toBe(true)
        expectOrdered(period, model.embeds)
        let above = 0
        for (const tier of period.tiers ?? []) {
          expect(tier.aboveInputTokens).toBeGreaterThan(above)
          above = tier.aboveInputTokens
          expectOrdered(tier)
          expect(tier.input).toBeGreaterThanOrEqual(period.input)
          expect(tier.output).toBeGreaterThanOrEqual(period.output)
          expect(tier.cacheWriteOther === undefined).toBe(period.cacheWriteOther === undefined)
        }
      }
    })
  }

  it('lets no two periods of a model overlap', () => {
    for (const { id, prices } of knownModels) {
      const sorted = prices.toSorted((left, right) =>
        (left.effectiveFrom ?? '').localeCompare(right.effectiveFrom ?? ''),
      )
      for (const [index, later] of sorted.slice(1).entries()) {
        expect((sorted[index]?.effectiveTo ?? '9999') < (later.effectiveFrom ?? ''), id).toBe(true)
      }
    }
  })
})

function expectOrdered(
  { input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWriteOther, output }: UnitPrices,
  embeds = false,
): void {
  expect(input).toBeGreaterThan(0)
  if (embeds) expect(output).toBe(0)
  else expect(output).toBeGreaterThanOrEqual(input)
  expect(cacheRead ?? 0).toBeLessThanOrEqual(input)
  expect(cacheWrite5m ?? input).toBeGreaterThanOrEqual(input)
  expect(cacheWriteOther ?? input).toBeGreaterThanOrEqual(input)
  if (cacheWrite1h !== undefined) expect(cacheWrite1h).toBeCloseTo(cacheWrite5m! * 1.6, 9)
}
