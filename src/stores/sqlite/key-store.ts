import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { AccessKey, AuditEntry, AuditNote, KeyStore } from '../../core/access-key.ts'
import { InseamError, isInseamError } from '../../errors/index.ts'
import { canonicalJson, nextEntry, noAudit } from '../../keys/index.ts'
import { inTransaction } from '../../sqlite/in-transaction.ts'
import { keyIsTaken } from '../key-is-taken.ts'
import { openState } from './open-state.ts'
import { problemOf } from './open-to-write.ts'
import { stateFile } from './state-file.ts'
import { problemWith } from './store-problems.ts'

/** Where keys are kept. */
export interface KeyStoreOptions {
  /** The state file: `.inseam/state.db`. */
  readonly path: string
  /** Milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** Opens the keys of a state file, which it makes where there is none. Throws `config-invalid` for a file that cannot hold them. */
export function openKeyStore({ path, now = Date.now }: KeyStoreOptions): KeyStore {
  const opened = openState(path)
  if (!('exec' in opened)) throw problemWith('config-invalid', opened)
  return new SqliteKeyStore(opened, path, now)
}

type Row = Record<string, SQLOutputValue>

class SqliteKeyStore implements KeyStore {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #now: () => number

  constructor(database: DatabaseSync, path: string, now: () => number) {
    this.#database = database
    this.#path = path
    this.#now = now
  }

  async find(hash: string): Promise<AccessKey | undefined> {
    return this.#read(() => {
      const current = this.#first('SELECT body FROM access_keys WHERE hash = ?', hash)
      return keyOf(current ?? this.#first('SELECT body FROM access_keys WHERE previous_hash = ?', hash))
    })
  }

  async get(id: string): Promise<AccessKey | undefined> {
    return this.#read(() => keyOf(this.#first('SELECT body FROM access_keys WHERE id = ?', id)))
  }

  async list(): Promise<readonly AccessKey[]> {
    return this.#read(() =>
      this.#database
        .prepare('SELECT body FROM access_keys ORDER BY created_at DESC, id DESC')
        .all()
        .map((row) => keyOf(row)!),
    )
  }

  async create(key: AccessKey, note: AuditNote): Promise<void> {
    this.#write(() => {
      this.#refuseTaken(key)
      const { seq } = this.#append(note)
      this.#database
        .prepare(
          'INSERT INTO access_keys (id, name, hash, previous_hash, revoked_at, created_at, changed_in, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          key.id,
          key.name,
          key.hash,
          key.previous?.hash ?? null,
          key.revokedAt ?? null,
          key.createdAt,
          seq,
          canonicalJson(key),
        )
    })
  }

  async replace(before: AccessKey, after: AccessKey, note: AuditNote): Promise<boolean> {
    return this.#write(() => {
      const row = this.#first('SELECT body FROM access_keys WHERE id = ?', before.id)
      if (row?.body !== canonicalJson(before)) return false
      if (after.revokedAt === undefined) this.#refuseTaken(after, before.id)
      const { seq } = this.#append(note)
      this.#database
        .prepare(
          'UPDATE access_keys SET name = ?, hash = ?, previous_hash = ?, revoked_at = ?, changed_in = ?, body = ? WHERE id = ?',
        )
        .run(
          after.name,
          after.hash,
          after.previous?.hash ?? null,
          after.revokedAt ?? null,
          seq,
          canonicalJson(after),
          before.id,
        )
      return true
    })
  }

  async note(note: AuditNote): Promise<void> {
    this.#write(() => this.#append(note))
  }

  async audit({ before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number }) {
    return this.#read(() =>
      this.#database
        .prepare('SELECT * FROM audit_entries WHERE seq < ? ORDER BY seq DESC LIMIT ?')
        .all(before, limit)
        .map(entryOf),
    )
  }

  async version(): Promise<number> {
    return this.#read(() => Number(this.#first('SELECT max(changed_in) AS version FROM access_keys')?.version ?? 0))
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close()
  }

  #append(note: AuditNote): AuditEntry {
    const last = this.#first('SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1')
    const before = last ? { seq: Number(last.seq), hash: String(last.hash) } : noAudit
    const entry = nextEntry(before, note, this.#now())
    this.#database
      .prepare(
        'INSERT INTO audit_entries (seq, at, actor, action, subject, details, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(entry.seq, entry.at, entry.actor, entry.action, entry.subject, canonicalJson(entry.details), entry.hash)
    return entry
  }

  #refuseTaken({ id, name }: AccessKey, own?: string): void {
    const named = this.#first('SELECT id FROM access_keys WHERE name = ? AND revoked_at IS NULL', name)
    if (named && named.id !== own) throw keyIsTaken('name', name)
    if (own === undefined && this.#first('SELECT id FROM access_keys WHERE id = ?', id)) throw keyIsTaken('id', id)
  }

  #first(sql: string, ...values: string[]): Row | undefined {
    return this.#database.prepare(sql).get(...values)
  }

  #write<Result>(work: () => Result): Result {
    return this.#read(() => inTransaction(this.#database, work))
  }

  #read<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (thrown) {
      if (isInseamError(thrown)) throw thrown
      if (!this.#database.isOpen)
        throw new InseamError('store-failed', `The keys in ${this.#path} were asked for after they were closed.`, {
          fix: 'Close the store of keys last.',
          cause: thrown,
        })
      throw problemWith('store-failed', problemOf(thrown, this.#path, stateFile))
    }
  }
}

function keyOf(row: Row | undefined): AccessKey | undefined {
  return row && (JSON.parse(String(row.body)) as AccessKey)
}

const entryOf = ({ seq, at, actor, action, subject, details, hash }: Row): AuditEntry => ({
  seq: Number(seq),
  at: Number(at),
  actor: String(actor),
  action: String(action),
  subject: String(subject),
  details: JSON.parse(String(details)),
  hash: String(hash),
})
