import { totalInput, type Usage } from './usage.ts'

/** Nano-dollars a token; one USD per million tokens is 1,000. A part without a price cannot be billed. */
interface Rates {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  readonly cacheWriteOther?: number
  readonly output: number
}

interface Price extends Rates {
  /** Rates for requests whose input is longer than `aboveInputTokens`. */
  readonly long?: Rates & { readonly aboveInputTokens: number }
}

/** USD per million: input, cache read, write for 5 minutes, write for 1 hour, output. */
function anthropic(input: number, read: number, write5m: number, write1h: number, output: number): Price {
  return {
    input: nano(input),
    cacheRead: nano(read),
    cacheWrite5m: nano(write5m),
    cacheWrite1h: nano(write1h),
    output: nano(output),
  }
}

/** USD per million: input, cache read, output, and what an automatic cache write costs where the model bills it. */
function automatic(input: number, read: number, output: number, write?: number): Price {
  return {
    input: nano(input),
    cacheRead: nano(read),
    output: nano(output),
    ...(write !== undefined && { cacheWriteOther: nano(write) }),
  }
}

/** USD per million: vectors are billed by what went in alone. */
function embedding(input: number): Price {
  return automatic(input, input, 0)
}

function nano(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1000)
}

function longer(price: Price, aboveInputTokens: number, rates: Rates): Price {
  return { ...price, long: { ...rates, aboveInputTokens } }
}

/** The simulator's own price list, by exact name. */
const prices: Readonly<Record<string, Price>> = {
  'sim-small': anthropic(1, 0.1, 1.25, 2, 5),
  'sim-large': anthropic(3, 0.3, 3.75, 6, 15),
  'sim-embed': embedding(0.1),
  'amazon.titan-embed-text-v2:0': embedding(0.02),
  'cohere.embed-english-v3': embedding(0.1),
  'cohere.embed-v4:0': embedding(0.12),
  'claude-opus-5-5': anthropic(4, 0.2, 5, 8, 20),
  'claude-opus-5': anthropic(5, 0.5, 6.25, 10, 25),
  'claude-opus-4-8': anthropic(5, 0.5, 6.25, 10, 25),
  'claude-fable-5-1': anthropic(10, 0.25, 12.5, 20, 50),
  'claude-fable-5': anthropic(10, 1, 12.5, 20, 50),
  'claude-sonnet-5': anthropic(2, 0.2, 2.5, 4, 10),
  'claude-sonnet-4-6': anthropic(3, 0.3, 3.75, 6, 15),
  'claude-haiku-4-5': anthropic(1, 0.1, 1.25, 2, 5),
  'gpt-6-astra': longer(automatic(10, 1, 50, 12.5), 272_000, automatic(20, 2, 75, 25)),
  'gpt-6-sol': longer(automatic(2, 0.2, 10, 2.5), 272_000, automatic(4, 0.4, 15, 5)),
  'gpt-6-luna': automatic(0.1, 0.01, 0.5, 0.125),
  'gpt-5.6-sol': automatic(4, 0.4, 20, 5),
  'gpt-5.6-terra': automatic(2, 0.2, 12, 2.5),
  'gpt-5.6-luna': automatic(0.2, 0.02, 1.2, 0.25),
  'gpt-5.5': automatic(5, 0.5, 30),
  'gpt-5.4': automatic(2.5, 0.25, 15),
  'gpt-5.4-mini': automatic(0.75, 0.075, 4.5),
  'gpt-5.4-nano': automatic(0.2, 0.02, 1.25),
  'text-embedding-3-small': embedding(0.02),
  'text-embedding-3-large': embedding(0.13),
  'text-embedding-ada-002': embedding(0.1),
  'gemini-3.8-flash': automatic(0.75, 0.075, 3.75),
  'gemini-3.7-flash': automatic(0.75, 0.075, 3.75),
  'gemini-3.6-flash': automatic(0.75, 0.075, 3.75),
  'gemini-3.5-flash': automatic(1.5, 0.15, 9),
  'gemini-3.5-flash-lite': automatic(0.3, 0.03, 2.5),
  'gemini-3.1-pro-preview': longer(automatic(2, 0.2, 12), 200_000, automatic(4, 0.4, 18)),
  'gemini-3.1-flash-lite': automatic(0.25, 0.025, 1.5),
  'gemini-2.5-flash': automatic(0.3, 0.03, 2.5),
  'gemini-embedding-001': embedding(0.15),
}

/** The names that have a price, in the order of the list. */
export const pricedModels: readonly string[] = Object.keys(prices)

/** Whether the model bills what automatic caching writes, and so reports it. */
export function billsAutomaticWrites(model: string): boolean {
  return prices[model]?.cacheWriteOther !== undefined
}

/** What the usage costs, in whole nano-dollars; null where the model, or a part that was used, has no price. */
export function costNanoUsd(model: string, usage: Usage): number | null {
  const price = Object.hasOwn(prices, model) ? prices[model]! : undefined
  if (price === undefined) return null
  const rates = price.long !== undefined && totalInput(usage) > price.long.aboveInputTokens ? price.long : price
  const parts: readonly (readonly [number, number | undefined])[] = [
    [usage.uncachedInput, rates.input],
    [usage.cacheRead, rates.cacheRead],
    [usage.cacheWrite5m, rates.cacheWrite5m],
    [usage.cacheWrite1h, rates.cacheWrite1h],
    [usage.cacheWriteOther, rates.cacheWriteOther],
    [usage.output, rates.output],
  ]
  let cost = 0
  for (const [tokens, rate] of parts) {
    if (tokens === 0) continue
    if (rate === undefined) return null
    cost += tokens * rate
  }
  return cost
}
