/** What one process says of a target to the others. */
export interface BreakerHint {
  /** The breaker's own name: provider, model and credential. */
  readonly breaker: string
  /** The code of the failure that it counted last. */
  readonly because: string
}

/** Tells other processes of breakers that opened, and hears of theirs. A hint may be lost, and nobody waits for one. */
export interface BreakerHints {
  /** Never throws and never waits. */
  tell(hint: BreakerHint): void
  /** Calls `hear` with each hint of another process. */
  onHint(hear: (hint: BreakerHint) => void): void
  close(): Promise<void>
}
