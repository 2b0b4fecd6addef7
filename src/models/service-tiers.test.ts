import { describe, expect, it } from 'vitest'
import type { ModelRequest } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { createBooks, type PriceOverride } from './books.ts'
import { tierAsked } from './tier-asked.ts'

const date = () => Date.parse('2026-11-23')
const target = (provider: string, model: string, dialect: Target['dialect'] = 'openai-chat'): Target => ({
  name: `${provider}/${model}`,
  provider,
  model,
  dialect,
  credential: 'default',
  weight: 1,
})
const used = (parts: Partial<Usage>): Usage => ({ ...noUsage, raw: {}, ...parts })
const books = createBooks({ date, version: 'test' })
const nano = (model: string, parts: Partial<Usage>) => books.price(target('any', model), used(parts)).nanoUsd
const stated = (prices: PriceOverride, parts: Partial<Usage>) =>
  createBooks({ overrides: { mine: prices }, date }).price(target('any', 'mine'), used(parts))

describe('service tiers in the price book', () => {
  it('bill batches and flex at half, and priority at what the model lists', () => {
    const parts = { inputUncached: 1000, cacheRead: 1000, outputText: 100 }
    const standard = 1000 * 2000 + 1000 * 200 + 100 * 10_000
    expect(nano('gpt-6-sol', parts)).toBe(standard)
    expect(nano('gpt-6-sol', { ...parts, serviceTier: 'flex' })).toBe(standard / 2)
    expect(nano('gpt-6-sol', { ...parts, serviceTier: 'batch' })).toBe(standard / 2)
    expect(nano('gpt-6-sol', { ...parts, serviceTier: 'priority' })).toBe(standard * 2)
    expect(nano('gpt-6-astra', { inputUncached: 1, serviceTier: 'ultrafast' })).toBe(60_000)
    expect(nano('gpt-5.5', { inputUncached: 1, serviceTier: 'priority' })).toBe(12_500)
  })

  it('multiply the tier of a long request too, and round once at the end', () => {
    expect(nano('gpt-6-sol', { inputUncached: 272_001, serviceTier: 'flex' })).toBe(272_001 * 2000)
    expect(nano('gpt-6-luna', { cacheRead: 1, serviceTier: 'flex' })).toBe(5)
    expect(nano('gpt-5-nano', { cacheRead: 1, serviceTier: 'flex' })).toBe(3)
  })

  it('take prices of their own where a tier is no multiple of the standard one', () => {
    expect(nano('gpt-4o-mini', { inputUncached: 1000, serviceTier: 'priority' })).toBe(250_000)
    expect(nano('gemini-2.5-flash', { cacheRead: 1000, serviceTier: 'batch' })).toBe(30_000)
    expect(nano('gemini-3.1-pro-preview', { inputUncached: 200_001, serviceTier: 'flex' })).toBe(200_001 * 2000)
  })

  it('multiply by the place of computing, but leave the calls of tools as they are', () => {
    expect(nano('claude-opus-5-5', { outputText: 10, inferenceGeo: 'us' })).toBe(220_000)
    const searched = { outputText: 10, serverToolCalls: { web_search: 1 }, serviceTier: 'fast', inferenceGeo: 'us' }
    expect(nano('claude-opus-5-5', searched)).toBe(10 * 20_000 * 2.2 + 10_000_000)
  })

  it('leave a tier or a place unpriced that nobody lists, and never take it for the standard one', () => {
    const cost = books.price(target('any', 'claude-haiku-4-5'), used({ outputText: 1, serviceTier: 'priority' }))
    expect(cost).toEqual({ nanoUsd: null, status: 'unpriced', priceVersion: 'test' })
    expect(nano('claude-haiku-4-5', { outputText: 1, inferenceGeo: 'us' })).toBeNull()
    expect(stated({ input: 1, output: 1 }, { outputText: 1, serviceTier: 'flex' }).nanoUsd).toBeNull()
    expect(stated({ input: 0, output: 0 }, { outputText: 1, serviceTier: 'flex' }).nanoUsd).toBe(0)
  })

  it('are multiplied by what a provider charges beyond the published price, where they have prices of their own', () => {
    const dear = { ...target('azure', 'gpt-4o-mini'), priceFactor: 1.1 }
    expect(books.price(dear, used({ inputUncached: 1000, serviceTier: 'priority' })).nanoUsd).toBe(275_000)
  })

  it('hold for an operator’s own prices, on their days alone', () => {
    const mine = [
      { input: 1, output: 2, effectiveTo: '2026-11-22' },
      { input: 3, output: 4, effectiveFrom: '2026-11-23', serviceTiers: { flex: { input: 1.5, output: 2 } } },
    ]
    const price = (day: string, parts: Partial<Usage>, model = 'gpt-6-sol') =>
      createBooks({ overrides: { [model]: mine }, date: () => Date.parse(day) }).price(
        target('any', model),
        used(parts),
      )
    expect(price('2026-11-22', { inputUncached: 1 }).nanoUsd).toBe(1000)
    expect(price('2026-11-23', { inputUncached: 1 }).nanoUsd).toBe(3000)
    expect(price('2026-11-23', { cacheWrite1h: 1, serviceTier: 'flex' }).nanoUsd).toBe(3000)
    const past = createBooks({ overrides: { 'gpt-6-sol': mine.slice(0, 1) }, date })
    expect(past.price(target('any', 'gpt-6-sol'), used({ inputUncached: 1 })).nanoUsd).toBe(2000)
  })
})

describe('the tier that a request asks for', () => {
  const asking = (extensions: ModelRequest['extensions']): ModelRequest => ({ messages: [], stream: false, extensions })
  it('is read in each dialect’s own words', () => {
    const openai = asking({ 'openai-chat': { service_tier: 'flex' } })
    expect(tierAsked(openai, target('a', 'b'))).toEqual({ serviceTier: 'flex' })
    expect(tierAsked(openai, target('a', 'b', 'openai-responses'))).toEqual({ serviceTier: 'flex' })
    expect(tierAsked(openai, target('a', 'b', 'gemini'))).toEqual({})
    const claude = asking({
      'anthropic-messages': { service_tier: 'standard_only', speed: 'fast', inference_geo: 'us' },
    })
    expect(tierAsked(claude, target('a', 'b', 'anthropic-messages'))).toEqual({
      serviceTier: 'fast',
      inferenceGeo: 'us',
    })
    expect(tierAsked(asking({ gemini: { serviceTier: 'FLEX' } }), target('a', 'b', 'gemini'))).toEqual({
      serviceTier: 'flex',
    })
    const bedrock = asking({ 'bedrock-converse': { serviceTier: { type: 'priority' } } })
    expect(tierAsked(bedrock, target('a', 'b', 'bedrock-converse'))).toEqual({ serviceTier: 'priority' })
    expect(tierAsked(asking({ 'openai-chat': { service_tier: 'auto' } }), target('a', 'b'))).toEqual({})
    expect(tierAsked(asking(undefined), target('a', 'b'))).toEqual({})
  })

  it('prices what was begun and never told its usage', () => {
    const estimate = books.estimate(target('any', 'gpt-6-sol'), asking({ 'openai-chat': { service_tier: 'flex' } }), [
      { type: 'text', text: 'words' },
    ])
    expect(estimate.serviceTier).toBe('flex')
    expect(books.price(target('any', 'gpt-6-sol'), estimate)).toMatchObject({ nanoUsd: 2 * 5000, status: 'estimated' })
  })
})
