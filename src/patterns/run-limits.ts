/** Bounds of a run. What is reached ends it with a typed outcome; what was done by then stays in the result. */
export interface RunLimits {
  /** Calls to the model. Default 10. */
  readonly steps?: number
  /** The whole run, in milliseconds: calls, tools, waits. Default 300,000. */
  readonly totalMs?: number
  /** What its calls may cost, in USD. No call begins once it is reached. Default: no limit. */
  readonly costUsd?: number
  /** Tools that run at the same time. Default 4. */
  readonly parallelTools?: number
}
