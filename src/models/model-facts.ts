/** Whose model it is. Says nothing about who serves it. */
export type ModelFamily = 'anthropic' | 'openai' | 'google' | 'amazon' | 'meta' | 'mistral' | 'cohere' | 'simulated'

/**
 * What each part of a usage costs, in USD per million tokens. Parts do not overlap, so the cost is the sum of part times price.
 * A part that is used and has no price leaves the attempt `unpriced`, but for these: reasoning is priced as `output`, audio and
 * images as `input` and `output` where they have no price of their own.
 */
export interface UnitPrices {
  /** Input that touched no cache. */
  readonly input: number
  readonly cacheRead?: number
  readonly cacheWrite5m?: number
  /** Costs 1.6 times the five-minute write at Anthropic; never the same. */
  readonly cacheWrite1h?: number
  /** Writes of an automatic cache, without a stated lifetime. */
  readonly cacheWriteOther?: number
  readonly output: number
  readonly audioIn?: number
  readonly audioOut?: number
  readonly imageIn?: number
  readonly imageOut?: number
}

/** Prices that depend on how long a request is. */
export interface PriceSchedule extends UnitPrices {
  /** Other prices for the whole request where its input, cached or not, is longer than `aboveInputTokens`. Ascending. */
  readonly tiers?: readonly (UnitPrices & { readonly aboveInputTokens: number })[]
}

/** The prices of a model during one time. */
export interface PricePeriod extends PriceSchedule {
  /**
   * What tokens cost in a service tier other than the standard one (`batch`, `flex`, `priority`, `fast`): so many times the standard
   * price, or prices of its own. A tier that is not here has no price.
   */
  readonly serviceTiers?: Readonly<Record<string, number | PriceSchedule>>
  /** How many times as much tokens cost where the place of computing is chosen, by place (`us`). A place that is not here has no price. */
  readonly geographies?: Readonly<Record<string, number>>
  /** What a call of a provider's own tool costs beside its tokens, by tool name, in USD per thousand calls. */
  readonly serverTools?: Readonly<Record<string, number>>
  /** The first day (UTC, `2026-08-21`); absent: as far back as anybody asks. */
  readonly effectiveFrom?: string
  /** The last day (UTC, inclusive); absent: until further notice. */
  readonly effectiveTo?: string
  /** The provider's own page. */
  readonly sourceUrl: string
  /** The day on which the figures were last compared with a source. */
  readonly checkedOn: string
}

/** What is known of one model. */
export interface ModelFacts {
  readonly id: string
  readonly family: ModelFamily
  /** Other exact names of the same model at the same price: dated snapshots. Nothing is matched by prefix. */
  readonly aliases?: readonly string[]
  /** It gives vectors, and no answers: its output is free. */
  readonly embeds?: true
  /** Input and output together, in tokens; of a model that embeds, those of one text. */
  readonly contextTokens?: number
  readonly maxOutputTokens?: number
  /** The shortest prompt that the prompt cache keeps where it is marked, in tokens. Absent: no source says it, or it takes no marks. */
  readonly minCacheableTokens?: number
  /** The id of the same model at its maker, or without a prefix: what is known of its abilities is known under that. */
  readonly sameAs?: string
  /** Where its price holds, in regions of AWS: those of the United States, or all but GovCloud and China. Absent: wherever it is asked. */
  readonly pricedIn?: 'us' | 'commercial'
  /** Empty: nobody has published a price that could be checked, and calls are `unpriced`. */
  readonly prices: readonly PricePeriod[]
}
