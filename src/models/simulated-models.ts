import type { ModelFacts } from './model-facts.ts'

const invented = { sourceUrl: 'https://example.com/simulated', checkedOn: '2026-11-23' }

/** The simulator's models, at invented prices. The simulator bills by a table of its own, so that the two can be compared. */
export const simulatedModels: readonly ModelFacts[] = [
  {
    id: 'sim-small',
    family: 'simulated',
    minCacheableTokens: 1024,
    prices: [{ input: 1, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2, output: 5, ...invented }],
  },
  {
    id: 'sim-large',
    family: 'simulated',
    minCacheableTokens: 1024,
    prices: [{ input: 3, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, output: 15, ...invented }],
  },
  {
    id: 'sim-embed',
    family: 'simulated',
    contextTokens: 8192,
    embeds: true,
    prices: [{ input: 0.1, output: 0, ...invented }],
  },
]
