/** One limit of a provider's, as it stood when the provider answered. */
export interface RateLimit {
  /** What it is when nothing of it is used. Absent: not told. */
  readonly limit?: number
  readonly remaining: number
  /** Milliseconds until all of it is there again. Absent: not told. */
  readonly resetMs?: number
}

/** What a provider says of its own limits for a model and a credential. Absent: it says nothing of this one. */
export interface RateLimits {
  readonly requests?: RateLimit
  /** Input and output together. */
  readonly tokens?: RateLimit
  readonly inputTokens?: RateLimit
  readonly outputTokens?: RateLimit
}
