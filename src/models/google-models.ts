import type { ModelFacts, PricePeriod } from './model-facts.ts'

/** USD per million: input, cache read, output. */
function price(input: number, cacheRead: number, output: number, more: Partial<PricePeriod> = {}): PricePeriod {
  const sourceUrl = 'https://ai.google.dev/gemini-api/docs/pricing'
  return { input, cacheRead, output, serviceTiers: usual, ...more, sourceUrl, checkedOn: '2026-09-23' }
}

/** USD per million. Vectors are billed by what went in alone. */
function embedding(input: number): PricePeriod {
  return {
    input,
    output: 0,
    serviceTiers: { batch: 0.5 },
    sourceUrl: 'https://ai.google.dev/gemini-api/docs/pricing',
    checkedOn: '2026-11-23',
  }
}

/** Batches and flex cost half, priority 1.8 times as much. */
const usual = { batch: 0.5, flex: 0.5, priority: 1.8 }

const family = 'google'
const million = { family, contextTokens: 1_000_000 } as const
/** Where what is read from the cache costs more than half in a cheaper tier. */
const flash25 = {
  batch: { input: 0.15, cacheRead: 0.03, output: 1.25, audioIn: 0.5 },
  flex: { input: 0.15, cacheRead: 0.03, output: 1.25, audioIn: 0.5 },
  priority: 1.8,
}
const lite = {
  batch: { input: 0.15, cacheRead: 0.02, output: 1.25 },
  flex: { input: 0.15, cacheRead: 0.02, output: 1.25 },
  priority: 1.8,
}
const halfPro = {
  input: 1,
  cacheRead: 0.2,
  output: 6,
  tiers: [{ aboveInputTokens: 200_000, input: 2, cacheRead: 0.4, output: 9 }],
}
const pro = { batch: halfPro, flex: halfPro, priority: 1.8 }
/** What these will cost later is not known yet: from then on they are `unpriced`, until the book is. */
const introductory = { effectiveTo: '2026-12-31' }

/** As in @pydantic/genai-prices 0.1.8 (2026-09-23); service tiers as in LiteLLM 1.109.1, Google's own API. Cache storage by the hour is not in the books. */
export const googleModels: readonly ModelFacts[] = [
  { id: 'gemini-3.8-flash', ...million, prices: [price(0.75, 0.075, 3.75, introductory)] },
  { id: 'gemini-3.7-flash', ...million, prices: [price(0.75, 0.075, 3.75, introductory)] },
  { id: 'gemini-3.6-flash', ...million, prices: [price(0.75, 0.075, 3.75, introductory)] },
  { id: 'gemini-3.5-flash', ...million, prices: [price(1.5, 0.15, 9)] },
  { id: 'gemini-3.5-flash-lite', ...million, prices: [price(0.3, 0.03, 2.5, { serviceTiers: lite })] },
  {
    id: 'gemini-3.1-pro-preview',
    family,
    prices: [
      price(2, 0.2, 12, {
        tiers: [{ aboveInputTokens: 200_000, input: 4, cacheRead: 0.4, output: 18 }],
        serviceTiers: pro,
      }),
    ],
  },
  { id: 'gemini-3.1-flash-lite', ...million, prices: [price(0.25, 0.025, 1.5, { audioIn: 0.5 })] },
  {
    id: 'gemini-2.5-flash',
    family,
    contextTokens: 1_048_576,
    prices: [price(0.3, 0.03, 2.5, { audioIn: 1, serviceTiers: flash25 })],
  },
  { id: 'gemini-embedding-001', family, contextTokens: 2048, embeds: true, prices: [embedding(0.15)] },
  // Google bills these by the character, and the book has tokens.
  { id: 'text-embedding-005', family, contextTokens: 2048, embeds: true, prices: [] },
  { id: 'text-multilingual-embedding-002', family, contextTokens: 2048, embeds: true, prices: [] },
  // No source that could be checked lists a price for these.
  { id: 'gemini-4-argon', family, prices: [] },
  { id: 'gemini-4-carbon', family, prices: [] },
]
