import type { Clock } from '../core/clock.ts'

/** Bounds retries by what a provider is asked anyway, so that an outage is not multiplied by everyone's second try. */
export interface RetryBudget {
  /** This provider was asked, and it was neither a retry nor a paid fallback. */
  deposit(provider: string): void
  /** Whether this provider may be asked again now; counts it if so. */
  withdraw(provider: string): boolean
  /** What was withdrawn was not used: the circuit breaker stood in between. */
  giveBack(provider: string): void
}

/** The shape of a retry budget. */
export interface RetryBudgetOptions {
  readonly clock: Clock
  /** Retries allowed per first attempt. Default 0.2. */
  readonly ratio?: number
  /** Retries a second that are always allowed. Default 10. */
  readonly minimumPerSecond?: number
  /** How long a first attempt counts, in seconds. Default 10. */
  readonly windowSeconds?: number
}

interface Second {
  readonly second: number
  deposits: number
  withdrawals: number
}

/**
 * One budget per receiving provider, after Finagle's `RetryBudget`: 20 % of the first attempts of the last ten seconds, and
 * ten a second besides.
 */
export function createRetryBudget({
  clock,
  ratio = 0.2,
  minimumPerSecond = 10,
  windowSeconds = 10,
}: RetryBudgetOptions): RetryBudget {
  const ledgers = new Map<string, [Second, ...Second[]]>()

  /** The seconds that count, the present one first. */
  const ledgerOf = (provider: string): [Second, ...Second[]] => {
    const now = Math.floor(clock.now() / 1000)
    const current = ledgers.get(provider)
    if (current?.[0].second === now) return current
    const kept = (ledgers.get(provider) ?? []).filter(({ second }) => second > now - windowSeconds)
    const [first, ...rest] = kept
    const ledger: [Second, ...Second[]] =
      first?.second === now ? [first, ...rest] : [{ second: now, deposits: 0, withdrawals: 0 }, ...kept]
    ledgers.set(provider, ledger)
    return ledger
  }
  return {
    deposit(provider) {
      ledgerOf(provider)[0].deposits++
    },
    withdraw(provider) {
      const ledger = ledgerOf(provider)
      const deposits = ledger.reduce((sum, second) => sum + second.deposits, 0)
      const withdrawals = ledger.reduce((sum, second) => sum + second.withdrawals, 0)
      if (withdrawals + 1 > minimumPerSecond * windowSeconds + ratio * deposits) return false
      ledger[0].withdrawals++
      return true
    },
    giveBack(provider) {
      ledgerOf(provider)[0].withdrawals--
    },
  }
}
