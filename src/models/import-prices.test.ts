import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBooks } from './books.ts'
import { importPrices, recognisePrices } from './import-prices.ts'
import { perMillion } from './per-million.ts'

/** Shapes as LiteLLM and models.dev have them; models and figures are invented. */
const litellm = {
  sample_spec: { litellm_provider: 'one of many', input_cost_per_token: 0 },
  'acme-large': {
    litellm_provider: 'acme',
    mode: 'chat',
    max_input_tokens: 1000,
    input_cost_per_token: 2.5e-6,
    output_cost_per_token: 1.1e-5,
    output_cost_per_reasoning_token: 1.1e-5,
    cache_read_input_token_cost: 3e-7,
    cache_creation_input_token_cost: 3.125e-6,
    cache_creation_input_token_cost_above_1hr: 5e-6,
    input_cost_per_token_above_200k_tokens: 5e-6,
    output_cost_per_token_above_200k_tokens: 1.65e-5,
    provider_specific_entry: { us: 1.1, fast: 2 },
    search_context_cost_per_query: { search_context_size_low: 0.01, search_context_size_high: 0.01 },
    google_maps_grounding_cost_per_query: 0.014,
    source: 'https://acme.example/prices',
  },
  'gemini/tiny': {
    litellm_provider: 'gemini',
    mode: 'chat',
    input_cost_per_token: 1e-7,
    output_cost_per_token: 4e-7,
    input_cost_per_token_batches: 5e-8,
    output_cost_per_token_batches: 2e-7,
    input_cost_per_token_priority: 2.5e-7,
    output_cost_per_token_priority: 5e-7,
  },
  'acme/vectors': { litellm_provider: 'acme', mode: 'embedding', input_cost_per_token: 2e-8 },
  'acme/pictures': { litellm_provider: 'acme', mode: 'image_generation', output_cost_per_image: 0.04 },
  'acme/wrong': { litellm_provider: 'acme', mode: 'chat', input_cost_per_token: -1e-6, output_cost_per_token: 1e-6 },
  'acme/half': { litellm_provider: 'acme', mode: 'chat', input_cost_per_token: 1e-6 },
}
const modelsDev = {
  acme: {
    id: 'acme',
    models: {
      large: {
        id: 'large',
        cost: {
          input: 2.5,
          output: 11,
          cache_read: 0.3,
          cache_write: 3.125,
          input_audio: 4,
          context_over_200k: { input: 5, output: 16.5 },
          tiers: [{ input: 6, output: 17, tier: { type: 'context', size: 400_000 } }],
        },
      },
      thinker: { id: 'thinker', cost: { input: 1, output: 2, reasoning: 3 } },
      free: { id: 'free', cost: { input: 0, output: 0 } },
      unknown: { id: 'unknown' },
    },
  },
}

describe("LiteLLM's list", () => {
  const { models, notTaken } = importPrices(litellm, 'litellm')

  it('becomes prices for a million tokens, with lengths, lifetimes, tiers and places', () => {
    expect(models['acme/acme-large']).toEqual({
      input: 2.5,
      output: 11,
      cacheRead: 0.3,
      cacheWrite5m: 3.125,
      cacheWriteOther: 3.125,
      cacheWrite1h: 5,
      tiers: [
        {
          aboveInputTokens: 200_000,
          input: 5,
          output: 16.5,
          cacheRead: 0.3,
          cacheWrite5m: 3.125,
          cacheWriteOther: 3.125,
          cacheWrite1h: 5,
        },
      ],
      serviceTiers: { fast: 2 },
      geographies: { us: 1.1 },
      serverTools: { web_search: 10 },
      sourceUrl: 'https://acme.example/prices',
    })
    expect(models['google/tiny']?.serviceTiers).toEqual({ batch: 0.5, priority: { input: 0.25, output: 0.5 } })
    expect(models['acme/vectors']).toEqual({ input: 0.02, output: 0 })
    expect(() => createBooks({ overrides: models })).not.toThrow()
  })

  it('says what was not taken, and why', () => {
    expect(notTaken).toEqual([
      { name: 'acme/acme-large', why: 'google_maps_grounding_cost_per_query has no place in a price file' },
      { name: 'acme/pictures', why: 'its mode is image_generation, which is not billed by the token' },
      { name: 'acme/half', why: 'it has no price for both input and output tokens' },
      { name: 'acme/wrong', why: 'its figure -1 is no price that a price file can hold' },
    ])
  })

  it('is taken only where it is wanted', () => {
    expect(Object.keys(importPrices(litellm, 'litellm', (name) => name.startsWith('google/')).models)).toEqual([
      'google/tiny',
    ])
  })
})

describe("models.dev's list", () => {
  const { models, notTaken } = importPrices(modelsDev, 'models.dev')

  it('becomes prices with their lengths', () => {
    const base = { cacheRead: 0.3, cacheWrite5m: 3.125, cacheWriteOther: 3.125, audioIn: 4 }
    expect(models['acme/large']).toEqual({
      ...base,
      input: 2.5,
      output: 11,
      tiers: [
        { ...base, input: 5, output: 16.5, aboveInputTokens: 200_000 },
        { ...base, input: 6, output: 17, aboveInputTokens: 400_000 },
      ],
    })
    expect(models['acme/free']).toEqual({ input: 0, output: 0 })
  })

  it('says what was not taken, and why', () => {
    expect(notTaken).toEqual([
      { name: 'acme/thinker', why: 'its reasoning costs other than its output' },
      { name: 'acme/unknown', why: 'it has no price for both input and output tokens' },
    ])
  })
})

it('knows the lists apart, and takes no other', () => {
  expect(recognisePrices(litellm)).toBe('litellm')
  expect(recognisePrices(modelsDev)).toBe('models.dev')
  expect(recognisePrices({ a: 1 })).toBeUndefined()
  expect(recognisePrices([])).toBeUndefined()
})

it('moves the decimal point without any noise', () => {
  expect(perMillion(0.0000025)).toBe(2.5)
  expect(perMillion(1.1e-7)).toBe(0.11)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (micro) => {
      expect(perMillion(Number(`${micro}e-12`))).toBe(Number(`${micro}e-6`))
    }),
  )
})

it('takes whatever a file holds without throwing', () => {
  const field = fc.constantFrom(
    'litellm_provider',
    'mode',
    'input_cost_per_token',
    'output_cost_per_token',
    'cost',
    'models',
    'tiers',
  )
  const list = fc.dictionary(fc.string(), fc.dictionary(field, fc.jsonValue()))
  fc.assert(
    fc.property(fc.oneof(list, fc.jsonValue()), fc.constantFrom('litellm', 'models.dev'), (value, from) => {
      const { models } = importPrices(value as never, from as 'litellm')
      expect(() => createBooks({ overrides: models })).not.toThrow()
    }),
  )
})
