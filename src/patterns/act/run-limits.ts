/**
 * Bounds of a run. What is reached ends it with a typed outcome; what was done by then stays in the result. Tools that the last call
 * asks for are not run where no further call may begin: nobody would read what they gave.
 */
export interface RunLimits {
  /** Calls to the model. Default 10. */
  readonly steps?: number
  /** The whole run, in milliseconds: calls, tools, waits. The caller's own limit counts where it is shorter. Default 300,000. */
  readonly totalMs?: number
  /**
   * What its calls may cost, in USD. No call begins once it is reached, so that a run costs at most one call more. A call without a
   * price ends the run, too: nobody knows what the next would cost. Default: no limit.
   */
  readonly costUsd?: number
  /** Tools that run at the same time. Default 4. */
  readonly parallelTools?: number
}
