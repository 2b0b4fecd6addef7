import type { CurrentAccount } from '../../core/ledger.ts'
import type { Hold } from './books.ts'
import type { Batch, Outcome } from './operation.ts'

/** Books in a database that processes share. What it cannot do rejects with `store-failed`. */
export interface LedgerDriver {
  /** Does a batch in one transaction, and gives what became of each operation once that is durable. */
  apply(batch: Batch): Promise<readonly Outcome[]>
  /** Counts what the dead hold as spent. */
  presumeDead(): Promise<void>
  /** The accounts whose windows are not over, by budget and subject. */
  current(): Promise<readonly CurrentAccount[]>
  /** What counts as spent because its owner died, the oldest first. */
  presumed(): Promise<readonly Hold[]>
  /** Takes note that an owner ends: what it still holds is nobody's. */
  leave(owner: string): Promise<void>
  close(): Promise<void>
}
