/** The operator's own limits for a provider and a credential, over all of its models. Absent: none. */
export interface ProviderLimits {
  /** Calls in flight at most. */
  readonly concurrency?: number
  /** In flight at each model to begin with; it grows while the model keeps up. */
  readonly initialConcurrency?: number
  /** In any minute. */
  readonly requestsPerMinute?: number
  /** In any minute, input and output together: what a call may use, until it is known what it did use. */
  readonly tokensPerMinute?: number
  /** Calls that wait for a model at most. Default 1,000. */
  readonly queue?: number
}
