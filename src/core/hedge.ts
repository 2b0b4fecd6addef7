/** When a second target is asked beside the first, and how often at most. */
export interface HedgePolicy {
  /** How long the first content may take before it is, in milliseconds; `p95`: longer than 95 of 100 like it took lately. */
  readonly after: 'p95' | number
  /** Of all calls, and of all that they cost: the share that hedges may take. From 0 to 1. */
  readonly budget: number
}
