import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CurrentAccount } from '../../core/ledger.ts'
import { type Account, type Books, createBooks, type Hold } from '../ledger/books.ts'
import type { AccountTerms } from '../ledger/operation.ts'

/** Accounts and presumed holds are forgotten so long after the end of the window, in milliseconds. */
const keptMs = 90 * 86_400_000
/** The dead are buried so many holds at a time: others wait meanwhile. */
const mostDead = 500

/** The ledger's tables, read and written within transactions of the caller's. */
export class SqliteBooks {
  readonly #account: StatementSync
  readonly #hold: StatementSync
  readonly #saveAccount: StatementSync
  readonly #saveHold: StatementSync
  readonly #endHold: StatementSync
  readonly #renew: StatementSync
  readonly #leave: StatementSync
  readonly #dead: StatementSync
  readonly #presumed: StatementSync
  readonly #current: StatementSync
  readonly #forget: readonly StatementSync[]

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql)
    this.#account = prepare(
      'SELECT account_id AS id, settled, reserved, warned FROM ledger_accounts WHERE account_id = ?',
    )
    this.#hold = prepare(`SELECT ${holdColumns} FROM ledger_holds WHERE hold_id = ?`)
    this.#saveAccount = prepare(`
INSERT INTO ledger_accounts (account_id, settled, reserved, warned, budget_id, subject, starts_at, ends_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id) DO UPDATE SET settled = excluded.settled, reserved = excluded.reserved, warned = excluded.warned`)
    this.#saveHold = prepare(
      'INSERT OR REPLACE INTO ledger_holds (hold_id, owner_id, call_id, is_lease, amount, spent, account_ids, made_at, presumed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#endHold = prepare('DELETE FROM ledger_holds WHERE hold_id = ?')
    this.#renew = prepare('INSERT OR REPLACE INTO ledger_owners (owner_id, expires_at) VALUES (?, ?)')
    this.#leave = prepare('DELETE FROM ledger_owners WHERE owner_id = ?')
    this.#dead = prepare(`
SELECT ${holdColumns} FROM ledger_holds
WHERE presumed_at IS NULL AND owner_id NOT IN (SELECT owner_id FROM ledger_owners WHERE expires_at > ?) LIMIT ${mostDead}`)
    this.#presumed = prepare(
      `SELECT ${holdColumns} FROM ledger_holds WHERE presumed_at IS NOT NULL ORDER BY made_at, hold_id`,
    )
    this.#current = prepare(`
SELECT budget_id AS budgetId, subject, starts_at AS startsAt, ends_at AS endsAt, settled, reserved
FROM ledger_accounts WHERE ends_at > ? AND settled + reserved > 0 ORDER BY budget_id, subject`)
    this.#forget = [
      prepare('DELETE FROM ledger_owners WHERE expires_at <= ?1'),
      prepare(`DELETE FROM ledger_accounts WHERE ends_at < ?1 - ${keptMs} AND reserved = 0`),
      prepare(`DELETE FROM ledger_holds WHERE presumed_at < ?1 - ${keptMs}`),
    ]
  }

  /** What is there of accounts and holds. */
  load(now: number, accounts: readonly string[], holds: readonly string[]): Books {
    return createBooks(
      now,
      accounts.flatMap((id) => this.#accountOf(id)),
      holds.flatMap((id) => rowsOf(this.#hold, id)),
    )
  }

  /** Everything that somebody holds who is dead by then, or a good part of it. */
  loadDead(now: number): Books {
    const holds = rowsOf(this.#dead, now)
    const accounts = new Set(holds.flatMap((hold) => hold.accounts))
    return createBooks(
      now,
      [...accounts].flatMap((id) => this.#accountOf(id)),
      holds,
    )
  }

  /** Writes what was changed. The terms of accounts that are new must be among the given. */
  save(books: Books, terms: readonly AccountTerms[]): void {
    for (const { id, settled, reserved, warned } of books.changedAccounts) {
      const known = terms.find((each) => each.id === id)
      const { budgetId = '', subject = '', startsAt = 0, endsAt = 0 } = known ?? {}
      this.#saveAccount.run(id, settled, reserved, warned, budgetId, subject, startsAt, endsAt)
    }
    for (const id of books.endedHolds) this.#endHold.run(id)
    for (const { id, owner, callId, amount, spent, accounts, madeAt, presumedAt } of books.changedHolds) {
      const isLease = callId === undefined ? 1 : 0
      const [call, presumed] = [callId ?? null, presumedAt ?? null]
      this.#saveHold.run(id, owner, call, isLease, amount, spent, JSON.stringify(accounts), madeAt, presumed)
    }
  }

  /** The owner lives until then. */
  renew(owner: string, expiresAt: number): void {
    this.#renew.run(owner, expiresAt)
  }

  /** The owner is gone. */
  leave(owner: string): void {
    this.#leave.run(owner)
  }

  /** Takes away what nobody asks for any more. */
  forget(now: number): void {
    for (const statement of this.#forget) statement.run(now)
  }

  /** The accounts whose windows are not over by then. */
  current(now: number): CurrentAccount[] {
    return this.#current.all(now) as unknown as CurrentAccount[]
  }

  /** What counts as spent because its owner died, the oldest first. */
  presumed(): Hold[] {
    return rowsOf(this.#presumed)
  }

  #accountOf(id: string): Account[] {
    const row = this.#account.get(id) as unknown as Account | undefined
    return row ? [{ ...row }] : []
  }
}

const holdColumns =
  'hold_id AS id, owner_id AS owner, call_id AS callId, amount, spent, account_ids AS accounts, made_at AS madeAt, presumed_at AS presumedAt'

interface HoldRow {
  readonly id: string
  readonly owner: string
  readonly callId: string | null
  readonly amount: number
  readonly spent: number
  readonly accounts: string
  readonly madeAt: number
  readonly presumedAt: number | null
}

function rowsOf(statement: StatementSync, ...values: (string | number)[]): Hold[] {
  return (statement.all(...values) as unknown as HoldRow[]).map(({ callId, accounts, presumedAt, ...row }) => ({
    ...row,
    ...(callId !== null && { callId }),
    accounts: JSON.parse(accounts),
    ...(presumedAt !== null && { presumedAt }),
  }))
}
