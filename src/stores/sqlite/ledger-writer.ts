import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { CurrentAccount } from '../../core/ledger.ts'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { applyBatch } from '../ledger/apply-batch.ts'
import { type Hold, namedIn } from '../ledger/books.ts'
import type { Batch, Outcome } from '../ledger/operation.ts'
import { presumeDead } from '../ledger/presume-dead.ts'
import type { StoreProblem } from './bring-up-to-date.ts'
import { openState } from './open-state.ts'
import { problemOf } from './open-to-write.ts'
import { SqliteBooks } from './sqlite-books.ts'
import type { OpenedOrNot, WriterData } from './start-writer.ts'
import { stateFile } from './state-file.ts'

/** What the ledger asks of its thread, one thing at a time. Times are milliseconds since the Unix epoch. */
export type ToLedgerWriter =
  | { readonly type: 'apply'; readonly batch: Batch; readonly now: number }
  | { readonly type: 'presume-dead'; readonly now: number }
  | { readonly type: 'presumed' }
  | { readonly type: 'current'; readonly now: number }
  | { readonly type: 'leave'; readonly owner: string }
  | { readonly type: 'close' }

/** What the thread answers, in the order in which it was asked. */
export type FromLedgerWriter =
  | OpenedOrNot
  | ({ readonly type: 'done' } & Done)
  | { readonly type: 'failed'; readonly problem: StoreProblem }

interface Done {
  readonly outcomes?: readonly Outcome[]
  readonly holds?: readonly Hold[]
  readonly accounts?: readonly CurrentAccount[]
}

/** Opens the file and serves the ledger until it is told to close. Runs in a worker of its own. */
function serve(port: NonNullable<typeof parentPort>, path: string): void {
  const say = (message: FromLedgerWriter) => port.postMessage(message)
  const opened = openState(path)
  if (!(opened instanceof DatabaseSync)) {
    say({ type: 'unusable', problem: opened })
    port.close()
    return
  }
  const books = new SqliteBooks(opened)
  // One string crosses threads faster than many objects.
  port.on('message', (text: string) => {
    const asked = JSON.parse(text) as ToLedgerWriter
    if (asked.type === 'close') {
      opened.close()
      say({ type: 'done' })
      port.close()
      return
    }
    try {
      say({ type: 'done', ...answer(opened, books, asked) })
    } catch (error) {
      say({ type: 'failed', problem: problemOf(error, path, stateFile) })
    }
  })
  say({ type: 'ready' })
}

function answer(
  database: DatabaseSync,
  books: SqliteBooks,
  asked: Exclude<ToLedgerWriter, { readonly type: 'close' }>,
): Done {
  switch (asked.type) {
    case 'apply':
      return { outcomes: inTransaction(database, () => apply(books, asked.batch, asked.now)) }
    case 'presume-dead':
      while (inTransaction(database, () => presumeSome(books, asked.now)) > 0);
      inTransaction(database, () => books.forget(asked.now))
      return {}
    case 'presumed':
      return { holds: books.presumed() }
    case 'current':
      return { accounts: books.current(asked.now) }
    case 'leave':
      books.leave(asked.owner)
      return {}
  }
}

function apply(tables: SqliteBooks, batch: Batch, now: number): readonly Outcome[] {
  const { accounts, holds } = namedIn(batch)
  const books = tables.load(now, accounts, holds)
  const outcomes = applyBatch(books, batch)
  tables.save(books, batch.terms)
  if (batch.lifeMs !== undefined) tables.renew(batch.owner, now + batch.lifeMs)
  return outcomes
}

function presumeSome(tables: SqliteBooks, now: number): number {
  const books = tables.loadDead(now)
  const count = presumeDead(books)
  tables.save(books, [])
  return count
}

if (parentPort) serve(parentPort, (workerData as WriterData).path)
