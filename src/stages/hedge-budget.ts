/** Bounds what hedges of an alias take, in calls and in money. */
export interface HedgeBudget {
  /** A call was made; `share` of it may be spent on hedges. */
  deposit(alias: string, share: number): void
  /** Whether a call of this alias may be hedged now; counts it if so. */
  withdraw(alias: string, share: number): boolean
  /** What a call has cost in nano-dollars, and how much of it was its hedge. */
  paid(alias: string, nanoUsd: number, ofHedgeNanoUsd: number): void
}

interface Account {
  calls: number
  nanoUsd: number
  hedgeNanoUsd: number
}

/** So many hedges may come at once after a quiet time. */
const mostSaved = 10

/**
 * Calls as a token bucket: each call adds its share, a hedge takes one. Money as a running share: no hedge while those before it have cost
 * more than their share of everything.
 */
export function createHedgeBudget(): HedgeBudget {
  const accounts = new Map<string, Account>()
  const accountOf = (alias: string): Account => {
    const account = accounts.get(alias) ?? { calls: 1, nanoUsd: 0, hedgeNanoUsd: 0 }
    accounts.set(alias, account)
    return account
  }
  return {
    deposit(alias, share) {
      const account = accountOf(alias)
      account.calls = Math.min(mostSaved, account.calls + share)
    },
    withdraw(alias, share) {
      const account = accountOf(alias)
      if (account.calls < 1 || account.hedgeNanoUsd > share * account.nanoUsd) return false
      account.calls--
      return true
    },
    paid(alias, nanoUsd, ofHedgeNanoUsd) {
      const account = accountOf(alias)
      account.nanoUsd += nanoUsd
      account.hedgeNanoUsd += ofHedgeNanoUsd
    },
  }
}
