/** When the circuit breaker of a target opens, and how it closes again. */
export interface BreakerPolicy {
  /** It opens after this many failures in a row. */
  readonly failures: number
  /** It opens where at least this share of the calls of the window failed, from 0 to 1; a handful of calls says nothing. */
  readonly ratio: number
  /** How far back that share is counted, in milliseconds. */
  readonly windowMs: number
  /** Open, it lets one call through so often, in milliseconds; the first that succeeds closes it. */
  readonly probeEveryMs: number
}

/**
 * Five in a row as Envoy's outlier detection, half of ten seconds as Hystrix and opossum. The interval is fixed, and does not double:
 * a probe costs one fallback, whatever the load, and a minute of doubling would keep a target out that is long back.
 */
export const defaultBreakerPolicy: BreakerPolicy = { failures: 5, ratio: 0.5, windowMs: 10_000, probeEveryMs: 5_000 }
