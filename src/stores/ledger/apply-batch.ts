import { type Books, book, emptyAccount, type Hold, move, presume } from './books.ts'
import type {
  AccountTerms,
  Batch,
  LeaseOperation,
  Operation,
  Outcome,
  ReachedShare,
  ReserveOperation,
  SettleOperation,
  Standing,
} from './operation.ts'

/** A lease is given where the account has at least so many times as much left, and given back where less than one part in so many is left. */
const leaseReach = 4

type Terms = ReadonlyMap<string, AccountTerms>

/**
 * Does the operations of a batch to the books, in order, and gives what became of each. The one place where money is counted, whatever
 * the books are stored in: what it changed must be stored as a whole or not at all. Pure but for the books.
 */
export function applyBatch(books: Books, { owner, terms, operations }: Batch): Outcome[] {
  const known: Terms = new Map(terms.map((each) => [each.id, each]))
  return operations.map((operation) => apply(books, owner, known, operation))
}

function apply(books: Books, owner: string, terms: Terms, operation: Operation): Outcome {
  switch (operation.type) {
    case 'reserve':
      return reserve(books, owner, terms, operation)
    case 'settle':
      return settle(books, operation)
    case 'presume': {
      const held = books.holds.get(operation.id)
      if (held) presume(books, held)
      return { type: 'settled' }
    }
    case 'lease':
      return lease(books, owner, terms, operation)
    case 'read':
      return { type: 'read', standings: operation.accounts.map((id) => standingOf(books, id)) }
  }
}

function reserve(books: Books, owner: string, terms: Terms, operation: ReserveOperation): Outcome {
  const { id, callId, amount, accounts } = operation
  const earlier = books.holds.get(id)
  if (earlier) return isSame(earlier, owner, operation) ? { type: 'held', reached: [] } : { type: 'taken' }
  for (const account of accounts) {
    const standing = standingOf(books, account)
    if (!fits(standing, amount, terms.get(account)!)) return { type: 'refused', standing }
  }
  hold(books, { id, owner, callId, amount, spent: 0, accounts, madeAt: books.now })
  return { type: 'held', reached: accounts.flatMap((account) => warn(books, terms.get(account)!)) }
}

/** What an answer that got lost is asked for again. */
const isSame = (earlier: Hold, owner: string, { amount, accounts }: ReserveOperation): boolean =>
  earlier.owner === owner &&
  earlier.amount === amount &&
  earlier.presumedAt === undefined &&
  earlier.accounts.join() === accounts.join()

function settle(books: Books, { id, spent }: SettleOperation): Outcome {
  const ended = books.holds.get(id)
  if (!ended) return { type: 'settled' }
  end(books, ended)
  book(books, ended.accounts, spent)
  return { type: 'settled' }
}

/** Whoever speaks of a lease is alive: one that was presumed spent is held again, as much of it as must be. */
function lease(books: Books, owner: string, terms: Terms, operation: LeaseOperation): Outcome {
  const { id, spent, booked, keep, want, accounts } = operation
  const [account] = accounts
  const known = terms.get(account)!
  const earlier = books.holds.get(id)
  if (earlier) end(books, earlier)
  book(books, accounts, Math.max(0, spent - (earlier?.spent ?? booked)))
  const more = want - keep
  const isGiven = more > 0 && fits(standingOf(books, account), keep + more * leaseReach, known)
  const amount = isGiven ? want : keep
  if (amount > 0) hold(books, { id, owner, amount, spent, accounts, madeAt: earlier?.madeAt ?? books.now })
  const reached = warn(books, known)
  return { type: 'leased', amount, isNarrow: isNarrow(standingOf(books, account), known), reached }
}

const isNarrow = ({ settled, reserved }: Standing, { isHard, limit }: AccountTerms): boolean =>
  isHard && settled + reserved > limit - limit / leaseReach

function hold(books: Books, made: Hold): void {
  for (const id of made.accounts) if (!books.accounts.has(id)) books.accounts.set(id, emptyAccount(id))
  move(books, made, made.amount)
  books.holds.set(made.id, made)
  books.changedHolds.add(made)
}

function end(books: Books, ended: Hold): void {
  move(books, ended, -ended.amount)
  books.changedHolds.delete(ended)
  books.holds.delete(ended.id)
  books.endedHolds.add(ended.id)
}

function fits({ settled, reserved }: Standing, amount: number, { isHard, limit }: AccountTerms): boolean {
  // By what is left: a sum could be beyond what is exact.
  const most = isHard ? Math.min(limit, Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER
  return amount <= most - settled - reserved
}

function warn(books: Books, { id, limit, warnAt }: AccountTerms): ReachedShare[] {
  const account = books.accounts.get(id)
  if (!account) return []
  const used = account.settled + account.reserved
  const reached = warnAt.filter((share) => share > account.warned && used >= share * limit)
  if (reached.length === 0) return []
  account.warned = Math.max(...reached)
  books.changedAccounts.add(account)
  return reached.map((share) => ({ share, ...standingOf(books, id) }))
}

function standingOf(books: Books, id: string): Standing {
  const { settled, reserved } = books.accounts.get(id) ?? emptyAccount(id)
  return { account: id, settled, reserved }
}
