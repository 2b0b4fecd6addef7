import type { ModelFacts, PricePeriod, UnitPrices } from './model-facts.ts'

interface Row {
  /** The price of an automatic cache write, where the model bills it. */
  readonly write?: number
  /** Requests with more input than this cost twice as much for input and cache, and one and a half times for output. */
  readonly longAbove?: number
  readonly effectiveFrom?: string
  readonly serviceTiers?: PricePeriod['serviceTiers']
}

/** Batches and flex cost half; priority, which newer models call fast, usually twice as much. */
const batch = { batch: 0.5 }
const flex = { ...batch, flex: 0.5 }
const faster = (factor: number) => ({ priority: factor, fast: factor })
const usual = { ...flex, ...faster(2) }
const ultrafast = { ...usual, ultrafast: 6 }

/** USD per million: input, cache read, output. */
function price(
  input: number,
  cacheRead: number,
  output: number,
  { write, longAbove, effectiveFrom, serviceTiers = usual }: Row = {},
): PricePeriod {
  const base = unit(input, cacheRead, output, write)
  const long = unit(input * 2, cacheRead * 2, output * 1.5, write && write * 2)
  return {
    ...base,
    ...(longAbove && { tiers: [{ aboveInputTokens: longAbove, ...long }] }),
    ...(effectiveFrom && { effectiveFrom }),
    serviceTiers,
    sourceUrl: 'https://developers.openai.com/api/docs/pricing',
    checkedOn: '2026-09-23',
  }
}

/** USD per million. Vectors are billed by what went in alone. */
function embedding(input: number): PricePeriod {
  return {
    input,
    output: 0,
    serviceTiers: batch,
    sourceUrl: 'https://developers.openai.com/api/docs/pricing',
    checkedOn: '2026-11-23',
  }
}

function unit(input: number, cacheRead: number, output: number, write: number | undefined): UnitPrices {
  return { input, cacheRead, output, ...(write !== undefined && { cacheWriteOther: write }) }
}

const family = 'openai'
/** Breakpoints are taken by gpt-5.6 and later (`openai` 7.57, `prompt_cache_options`); prompts are kept from here on (its guide to prompt caching). */
const minCacheableTokens = 1024
const million = { family, contextTokens: 1_050_000 } as const

/**
 * As in @pydantic/genai-prices 0.1.8 (2026-09-23); service tiers as in LiteLLM 1.109.1; snapshots as the openai package 7.57 lists them. Where OpenAI states its
 * standard rates for "<272K", the long tier begins at 272,000 itself, hence 271,999.
 */
export const openaiModels: readonly ModelFacts[] = [
  {
    id: 'gpt-6-astra',
    ...million,
    minCacheableTokens,
    prices: [price(10, 1, 50, { write: 12.5, longAbove: 271_999, serviceTiers: ultrafast })],
  },
  { id: 'gpt-6-sol', ...million, minCacheableTokens, prices: [price(2, 0.2, 10, { write: 2.5, longAbove: 272_000 })] },
  {
    id: 'gpt-6-luna',
    ...million,
    minCacheableTokens,
    prices: [price(0.1, 0.01, 0.5, { write: 0.125, longAbove: 272_000 })],
  },
  {
    id: 'gpt-5.6-sol',
    ...million,
    minCacheableTokens,
    prices: [price(4, 0.4, 20, { write: 5, longAbove: 271_999, effectiveFrom: '2026-08-21' })],
  },
  {
    id: 'gpt-5.6-terra',
    ...million,
    minCacheableTokens,
    prices: [price(2, 0.2, 12, { write: 2.5, longAbove: 271_999, effectiveFrom: '2026-07-30' })],
  },
  {
    id: 'gpt-5.6-luna',
    ...million,
    minCacheableTokens,
    prices: [price(0.2, 0.02, 1.2, { write: 0.25, longAbove: 271_999, effectiveFrom: '2026-07-30' })],
  },
  {
    id: 'gpt-5.5',
    aliases: ['gpt-5.5-2026-04-23'],
    family,
    contextTokens: 1_000_000,
    prices: [price(5, 0.5, 30, { longAbove: 271_999, serviceTiers: { ...flex, ...faster(2.5) } })],
  },
  { id: 'gpt-5.4', ...million, prices: [price(2.5, 0.25, 15, { longAbove: 271_999 })] },
  {
    id: 'gpt-5.4-mini',
    aliases: ['gpt-5.4-mini-2026-03-17'],
    family,
    contextTokens: 400_000,
    prices: [price(0.75, 0.075, 4.5)],
  },
  {
    id: 'gpt-5.4-nano',
    aliases: ['gpt-5.4-nano-2026-03-17'],
    family,
    contextTokens: 400_000,
    prices: [price(0.2, 0.02, 1.25, { serviceTiers: flex })],
  },
  {
    id: 'gpt-5.2',
    aliases: ['gpt-5.2-2025-12-11'],
    family,
    contextTokens: 400_000,
    prices: [price(1.75, 0.175, 14)],
  },
  { id: 'gpt-5.1', aliases: ['gpt-5.1-2025-11-13'], family, contextTokens: 400_000, prices: [price(1.25, 0.125, 10)] },
  { id: 'gpt-5', aliases: ['gpt-5-2025-08-07'], family, contextTokens: 400_000, prices: [price(1.25, 0.125, 10)] },
  {
    id: 'gpt-5-mini',
    aliases: ['gpt-5-mini-2025-08-07'],
    family,
    contextTokens: 400_000,
    prices: [price(0.25, 0.025, 2, { serviceTiers: { ...flex, ...faster(1.8) } })],
  },
  {
    id: 'gpt-5-nano',
    aliases: ['gpt-5-nano-2025-08-07'],
    family,
    contextTokens: 400_000,
    prices: [price(0.05, 0.005, 0.4, { serviceTiers: flex })],
  },
  {
    id: 'gpt-4.1',
    aliases: ['gpt-4.1-2025-04-14'],
    family,
    contextTokens: 1_000_000,
    prices: [price(2, 0.5, 8, { serviceTiers: { ...batch, ...faster(1.75) } })],
  },
  {
    id: 'gpt-4.1-mini',
    aliases: ['gpt-4.1-mini-2025-04-14'],
    family,
    contextTokens: 1_000_000,
    prices: [price(0.4, 0.1, 1.6, { serviceTiers: { ...batch, ...faster(1.75) } })],
  },
  {
    id: 'gpt-4o',
    family,
    contextTokens: 128_000,
    prices: [price(2.5, 1.25, 10, { serviceTiers: { ...batch, ...faster(1.7) } })],
  },
  {
    id: 'gpt-4o-mini',
    aliases: ['gpt-4o-mini-2024-07-18'],
    family,
    contextTokens: 128_000,
    prices: [price(0.15, 0.075, 0.6, { serviceTiers: { ...batch, priority: unit(0.25, 0.125, 1, undefined) } })],
  },
  ...[
    { id: 'text-embedding-3-small', usd: 0.02 },
    { id: 'text-embedding-3-large', usd: 0.13 },
    { id: 'text-embedding-ada-002', usd: 0.1 },
  ].map(({ id, usd }): ModelFacts => ({ id, family, contextTokens: 8192, embeds: true, prices: [embedding(usd)] })),
  // No source that could be checked lists a price for these.
  { id: 'gpt-6.1-sol', family, minCacheableTokens, prices: [] },
  { id: 'gpt-6.1-terra', family, minCacheableTokens, prices: [] },
]
