import type { ModelFacts, PricePeriod } from './model-facts.ts'

/** Where computing in the United States may be chosen, it costs a tenth more. */
const us = { geographies: { us: 1.1 } }
/** The fast mode, a research preview of a few models, costs twice as much. */
const fast = { ...us, serviceTiers: { batch: 0.5, fast: 2 } }

/**
 * USD per million: input, cache read, cache write for 5 minutes, for 1 hour, output. Web searches cost 10 USD per thousand; batches half.
 * The priority tier is paid in advance and so has no price here.
 */
function price(
  input: number,
  cacheRead: number,
  cacheWrite5m: number,
  cacheWrite1h: number,
  output: number,
  more: Partial<PricePeriod> = {},
): PricePeriod {
  return {
    input,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h,
    output,
    serverTools: { web_search: 10 },
    serviceTiers: { batch: 0.5 },
    ...more,
    sourceUrl: 'https://platform.claude.com/docs/en/about-claude/pricing',
    checkedOn: '2026-09-23',
  }
}

const family = 'anthropic'
const large = { family, contextTokens: 1_000_000, maxOutputTokens: 128_000 } as const
const small = { family, contextTokens: 200_000, maxOutputTokens: 64_000 } as const

/**
 * Vertex AI writes `@` before the date. Prices and context windows as in @pydantic/genai-prices 0.1.8 (2026-09-23); output limits as in
 * @ai-sdk/anthropic 4.0.105; service tiers and places as in LiteLLM 1.109.1. The shortest prompts that are kept: platform.claude.com/docs/en/build-with-claude/prompt-caching, as its
 * readers quote it (2026-07); where they disagree (claude-sonnet-4-6: 1,024 or 2,048; claude-opus-4-7: 2,048 or 4,096), the longer.
 */
export const anthropicModels: readonly ModelFacts[] = [
  { id: 'claude-opus-5-5', ...large, prices: [price(4, 0.2, 5, 8, 20, fast)] },
  { id: 'claude-opus-5', ...large, minCacheableTokens: 512, prices: [price(5, 0.5, 6.25, 10, 25, fast)] },
  { id: 'claude-opus-4-8', ...large, minCacheableTokens: 1024, prices: [price(5, 0.5, 6.25, 10, 25, fast)] },
  { id: 'claude-opus-4-7', ...large, minCacheableTokens: 4096, prices: [price(5, 0.5, 6.25, 10, 25, us)] },
  { id: 'claude-opus-4-6', ...large, minCacheableTokens: 4096, prices: [price(5, 0.5, 6.25, 10, 25, us)] },
  {
    id: 'claude-opus-4-5',
    aliases: ['claude-opus-4-5-20251101', 'claude-opus-4-5@20251101'],
    ...small,
    minCacheableTokens: 4096,
    prices: [price(5, 0.5, 6.25, 10, 25)],
  },
  { id: 'claude-fable-5-1', ...large, prices: [price(10, 0.25, 12.5, 20, 50, us)] },
  { id: 'claude-fable-5', ...large, minCacheableTokens: 512, prices: [price(10, 1, 12.5, 20, 50, us)] },
  { id: 'claude-sonnet-5', ...large, minCacheableTokens: 1024, prices: [price(2, 0.2, 2.5, 4, 10, us)] },
  { id: 'claude-sonnet-4-6', ...large, minCacheableTokens: 2048, prices: [price(3, 0.3, 3.75, 6, 15, us)] },
  // The long-context beta is retired: longer requests fail, so its tier is left out.
  {
    id: 'claude-sonnet-4-5',
    aliases: ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5@20250929'],
    ...small,
    minCacheableTokens: 1024,
    prices: [price(3, 0.3, 3.75, 6, 15)],
  },
  {
    id: 'claude-haiku-4-5',
    aliases: ['claude-haiku-4-5-20251001', 'claude-haiku-4-5@20251001'],
    ...small,
    minCacheableTokens: 4096,
    prices: [price(1, 0.1, 1.25, 2, 5)],
  },
  // No source that could be checked lists a price for these.
  { id: 'claude-fable-5-2', family, prices: [] },
  { id: 'claude-mythos-5-2', family, prices: [] },
  { id: 'claude-sonnet-5-5', family, prices: [] },
  { id: 'claude-haiku-5-5', family, prices: [] },
]
