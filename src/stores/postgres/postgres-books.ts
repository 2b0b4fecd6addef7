import type { CurrentAccount } from '../../core/ledger.ts'
import { type Account, type Books, createBooks, type Hold } from '../ledger/books.ts'
import type { AccountTerms } from '../ledger/operation.ts'
import type { Session } from './open-database.ts'

/** Accounts and presumed holds are forgotten so long after the end of the window, in milliseconds. */
const keptMs = 90 * 86_400_000
/** The dead are buried so many holds at a time: others wait meanwhile. */
const mostDead = 500

/** The database's clock, in milliseconds since the Unix epoch. */
const now = '(extract(epoch FROM clock_timestamp()) * 1000)::int8'

const holdColumns = `hold_id AS id, owner_id AS owner, call_id AS "callId", amount, spent, account_ids AS accounts, made_at AS "madeAt", presumed_at AS "presumedAt"`

const isDead = `presumed_at IS NULL AND NOT EXISTS (SELECT FROM ledger_owners o WHERE o.owner_id = h.owner_id AND o.expires_at > ${now})`

/** Makes rows for accounts that may be new. In a transaction of its own, as nobody may wait for it who holds what it waits for. */
export async function makeAccounts(session: Session, terms: readonly AccountTerms[]): Promise<void> {
  const sorted = [...terms].sort((left, right) => (left.id < right.id ? -1 : 1))
  await session.query(
    `INSERT INTO ledger_accounts (account_id, budget_id, subject, starts_at, ends_at, settled, reserved, warned)
SELECT *, 0, 0, 0 FROM unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::int8[]) ON CONFLICT DO NOTHING`,
    [
      sorted.map(({ id }) => id),
      sorted.map(({ budgetId }) => budgetId),
      sorted.map(({ subject }) => subject),
      sorted.map(({ startsAt }) => startsAt),
      sorted.map(({ endsAt }) => endsAt),
    ],
  )
}

/** Locks accounts, in the order of their ids, until the transaction ends, and loads them with holds. */
export async function loadBooks(
  session: Session,
  accounts: readonly string[],
  holds: readonly string[],
): Promise<Books> {
  const locked = await lockAccounts(session, accounts)
  const { rows } =
    holds.length === 0
      ? { rows: [] }
      : await session.query<HoldRow>(`SELECT ${holdColumns} FROM ledger_holds WHERE hold_id = ANY($1)`, [holds])
  return createBooks(await readClock(session), locked, rows.map(holdOf))
}

/** Locks and loads what somebody holds who is dead, or a good part of it. */
export async function loadDead(session: Session): Promise<Books> {
  const select = `SELECT ${holdColumns} FROM ledger_holds h WHERE ${isDead}`
  const seen = (await session.query<HoldRow>(`${select} LIMIT ${mostDead}`)).rows
  if (seen.length === 0) return createBooks(0, [], [])
  const accounts = await lockAccounts(session, [...new Set(seen.flatMap((hold) => hold.accounts))])
  // Whoever changes a hold has locked its accounts: what is dead now stays so until this is done.
  const { rows } = await session.query<HoldRow>(`${select} AND hold_id = ANY($1)`, [seen.map(({ id }) => id)])
  return createBooks(await readClock(session), accounts, rows.map(holdOf))
}

/** Writes what was changed. */
export async function saveBooks(session: Session, books: Books): Promise<void> {
  const accounts = [...books.changedAccounts]
  if (accounts.length > 0)
    await session.query(
      `UPDATE ledger_accounts a SET settled = n.settled, reserved = n.reserved, warned = n.warned
FROM unnest($1::text[], $2::int8[], $3::int8[], $4::float8[]) AS n (id, settled, reserved, warned) WHERE a.account_id = n.id`,
      [
        accounts.map(({ id }) => id),
        accounts.map(({ settled }) => settled),
        accounts.map(({ reserved }) => reserved),
        accounts.map(({ warned }) => warned),
      ],
    )
  if (books.endedHolds.size > 0)
    await session.query('DELETE FROM ledger_holds WHERE hold_id = ANY($1)', [[...books.endedHolds]])
  const holds = [...books.changedHolds]
  if (holds.length > 0)
    await session.query(
      `INSERT INTO ledger_holds (hold_id, owner_id, call_id, is_lease, amount, spent, account_ids, made_at, presumed_at)
SELECT id, owner, "callId", "callId" IS NULL, amount, spent, accounts, "madeAt", "presumedAt"
FROM jsonb_to_recordset($1) AS h (id text, owner text, "callId" text, amount int8, spent int8, accounts text[], "madeAt" int8, "presumedAt" int8)
ON CONFLICT (hold_id) DO UPDATE SET
  owner_id = excluded.owner_id, amount = excluded.amount, spent = excluded.spent, presumed_at = excluded.presumed_at`,
      [JSON.stringify(holds)],
    )
}

/** The owner lives on for so long. */
export async function renewOwner(session: Session, owner: string, lifeMs: number): Promise<void> {
  await session.query(
    `INSERT INTO ledger_owners (owner_id, expires_at) VALUES ($1, ${now} + $2::int8)
ON CONFLICT (owner_id) DO UPDATE SET expires_at = excluded.expires_at`,
    [owner, lifeMs],
  )
}

/** The owner is gone. */
export async function leaveOwner(session: Session, owner: string): Promise<void> {
  await session.query('DELETE FROM ledger_owners WHERE owner_id = $1', [owner])
}

/** Takes away what nobody asks for any more. */
export async function forgetOld(session: Session): Promise<void> {
  await session.query(`DELETE FROM ledger_owners WHERE expires_at <= ${now}`)
  await session.query(
    `DELETE FROM ledger_accounts WHERE account_id IN (SELECT account_id FROM ledger_accounts WHERE ends_at < ${now} - $1::int8 AND reserved = 0 ORDER BY account_id FOR UPDATE SKIP LOCKED)`,
    [keptMs],
  )
  await session.query(`DELETE FROM ledger_holds WHERE presumed_at < ${now} - $1::int8`, [keptMs])
}

/** The accounts whose windows are not over, by budget and subject. */
export async function currentAccounts(session: Session): Promise<readonly CurrentAccount[]> {
  const { rows } = await session.query<CurrentAccount>(
    `SELECT budget_id AS "budgetId", subject, starts_at AS "startsAt", ends_at AS "endsAt", settled, reserved
FROM ledger_accounts WHERE ends_at > ${now} AND settled + reserved > 0 ORDER BY budget_id, subject`,
  )
  return rows
}

/** What counts as spent because its owner died, the oldest first. */
export async function presumedHolds(session: Session): Promise<Hold[]> {
  const { rows } = await session.query<HoldRow>(
    `SELECT ${holdColumns} FROM ledger_holds WHERE presumed_at IS NOT NULL ORDER BY made_at, hold_id`,
  )
  return rows.map(holdOf)
}

async function lockAccounts(session: Session, ids: readonly string[]): Promise<readonly Account[]> {
  if (ids.length === 0) return []
  const { rows } = await session.query<Account>(
    'SELECT account_id AS id, settled, reserved, warned FROM ledger_accounts WHERE account_id = ANY($1) ORDER BY account_id FOR UPDATE',
    [ids],
  )
  return rows
}

async function readClock(session: Session): Promise<number> {
  const { rows } = await session.query<{ now: number }>(`SELECT ${now} AS now`)
  return rows[0]!.now
}

interface HoldRow extends Omit<Hold, 'callId' | 'presumedAt'> {
  readonly callId: string | null
  readonly presumedAt: number | null
}

function holdOf({ callId, presumedAt, ...row }: HoldRow): Hold {
  return { ...row, ...(callId !== null && { callId }), ...(presumedAt !== null && { presumedAt }) }
}
