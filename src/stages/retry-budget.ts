import type { Clock } from '../core/clock.ts'

/** Bounds retries by what a provider is asked anyway, so that an outage is not multiplied by everyone's second try. */
export interface RetryBudget {
  /** An attempt at this provider that is no retry. */
  deposit(provider: string): void
  /** Whether this provider may be asked again now; counts it if so. */
  withdraw(provider: string): boolean
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
  second: number
  balance: number
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
  const ledgers = new Map<string, Second[]>()

  const ledgerOf = (provider: string, now: number): Second[] => {
    const kept = (ledgers.get(provider) ?? []).filter(({ second }) => second > now - windowSeconds)
    ledgers.set(provider, kept)
    return kept
  }
  const add = (provider: string, amount: number): void => {
    const now = Math.floor(clock.now() / 1000)
    const ledger = ledgerOf(provider, now)
    const last = ledger.at(-1)
    if (last?.second === now) last.balance += amount
    else ledger.push({ second: now, balance: amount })
  }

  return {
    deposit: (provider) => add(provider, ratio),
    withdraw(provider) {
      const ledger = ledgerOf(provider, Math.floor(clock.now() / 1000))
      const balance = ledger.reduce((sum, second) => sum + second.balance, minimumPerSecond * windowSeconds)
      if (balance < 1) return false
      add(provider, -1)
      return true
    },
  }
}
