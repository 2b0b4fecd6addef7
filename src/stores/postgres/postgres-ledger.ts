import type { CurrentAccount } from '../../core/ledger.ts'
import { InseamError, isInseamError } from '../../errors/index.ts'
import { applyBatch } from '../ledger/apply-batch.ts'
import { type Hold, namedIn } from '../ledger/books.ts'
import { type DurableLedgerOptions, openDurableLedger } from '../ledger/durable-ledger.ts'
import type { LedgerDriver } from '../ledger/ledger-driver.ts'
import type { Batch, Outcome } from '../ledger/operation.ts'
import { presumeDead } from '../ledger/presume-dead.ts'
import type { StoredLedger } from '../ledger/stored-ledger.ts'
import { type MigrateWhen, migrateIfAllowed } from './migrate.ts'
import { type Database, openDatabase, type Session } from './open-database.ts'
import {
  currentAccounts,
  forgetOld,
  leaveOwner,
  loadBooks,
  loadDead,
  makeAccounts,
  presumedHolds,
  renewOwner,
  saveBooks,
} from './postgres-books.ts'

/** Where the ledger is, and how it behaves. */
export interface PostgresLedgerOptions extends DurableLedgerOptions {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string
  /** Whether the schema may be brought up to date. Default `auto`; with `never`, one that is not is refused. */
  readonly migrate?: MigrateWhen
}

/**
 * Opens the ledger in a Postgres, which any number of processes and machines may share. Each transaction locks its accounts in the order
 * of their ids, so that none waits for one that waits for it; the database's clock says who is dead.
 *
 * Throws `config-invalid` where the URL is none or a newer version has been there, `store-failed` where the database cannot be reached.
 */
export async function openPostgresLedger(options: PostgresLedgerOptions): Promise<StoredLedger> {
  // One for the queue, one for what is asked beside it.
  const database = await openDatabase({ url: options.url, maxConnections: 2 })
  try {
    await migrateIfAllowed(database, ['ledger'], options.migrate)
  } catch (error) {
    await database.close()
    throw error
  }
  return openDurableLedger(new PostgresDriver(database), options)
}

/** Accounts that are known to have a row, at most. */
const mostKnown = 10_000

class PostgresDriver implements LedgerDriver {
  readonly #database: Database
  readonly #known = new Set<string>()

  constructor(database: Database) {
    this.#database = database
  }

  async apply(batch: Batch): Promise<readonly Outcome[]> {
    try {
      return await this.#apply(batch)
    } catch (error) {
      // A connection that stood idle while the server restarted says so once. Done twice, a batch is done once.
      if (!isInseamError(error) || error.code !== 'store-failed') throw error
      this.#known.clear()
      return this.#apply(batch)
    }
  }

  async presumeDead(): Promise<void> {
    while ((await this.#database.transaction(presumeSome)) > 0);
    await this.#database.transaction(forgetOld)
  }

  current(): Promise<readonly CurrentAccount[]> {
    return currentAccounts(this.#database)
  }

  presumed(): Promise<readonly Hold[]> {
    return presumedHolds(this.#database)
  }

  leave(owner: string): Promise<void> {
    return leaveOwner(this.#database, owner)
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  async #apply(batch: Batch): Promise<readonly Outcome[]> {
    const unknown = batch.terms.filter(({ id }) => !this.#known.has(id))
    if (unknown.length > 0) {
      await makeAccounts(this.#database, unknown)
      if (this.#known.size > mostKnown) this.#known.clear()
      for (const { id } of unknown) this.#known.add(id)
    }
    return this.#database.transaction((session) => apply(session, batch))
  }
}

async function apply(session: Session, batch: Batch): Promise<readonly Outcome[]> {
  const { accounts, holds } = namedIn(batch)
  const books = await loadBooks(session, accounts, holds)
  if (batch.terms.some(({ id }) => !books.accounts.has(id))) throw accountsGone()
  const outcomes = applyBatch(books, batch)
  await saveBooks(session, books)
  if (batch.lifeMs !== undefined) await renewOwner(session, batch.owner, batch.lifeMs)
  return outcomes
}

/** Nothing may be held in an account that is not counted. */
function accountsGone(): InseamError {
  return new InseamError('store-failed', 'Accounts of the ledger are gone from the database.', {
    fix: 'Leave the tables of the ledger to Inseam while it runs; those that were taken away are begun anew.',
  })
}

async function presumeSome(session: Session): Promise<number> {
  const books = await loadDead(session)
  const count = presumeDead(books)
  await saveBooks(session, books)
  return count
}
