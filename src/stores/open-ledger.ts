import type { DurableLedgerOptions } from './ledger/durable-ledger.ts'
import type { StoredLedger } from './ledger/stored-ledger.ts'

/** Where the ledger is kept: the `state` of a configuration. */
export type LedgerPlace =
  | { readonly store: 'sqlite'; readonly path: string; readonly leaseNanoUsd?: number }
  | {
      readonly store: 'postgres'
      readonly url: string
      readonly migrate?: 'auto' | 'never'
      readonly leaseNanoUsd?: number
    }
  | { readonly store: 'memory' }

/** What a ledger needs of its process. */
export type OpenLedgerOptions = Pick<DurableLedgerOptions, 'clock' | 'onProblem'>

/**
 * Opens the ledger where it is kept; what that takes is loaded here. Throws `config-invalid` where the place cannot be used,
 * `store-failed` where it cannot be reached, and `package-missing` where Postgres has no `pg`.
 */
export async function openLedger(place: LedgerPlace, options: OpenLedgerOptions = {}): Promise<StoredLedger> {
  switch (place.store) {
    case 'sqlite': {
      const { openSqliteLedger } = await import('./sqlite/sqlite-ledger.ts')
      return openSqliteLedger({ ...options, path: place.path, leaseNanoUsd: place.leaseNanoUsd })
    }
    case 'postgres': {
      const { openPostgresLedger } = await import('./postgres/postgres-ledger.ts')
      return openPostgresLedger({ ...options, ...place })
    }
    case 'memory': {
      const { createMemoryLedger } = await import('./memory/memory-ledger.ts')
      return createMemoryLedger({ clock: options.clock })
    }
  }
}
