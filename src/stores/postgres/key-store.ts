import type { AccessKey, AuditEntry, AuditNote, KeyStore } from '../../core/access-key.ts'
import { canonicalJson, nextEntry, noAudit } from '../../keys/index.ts'
import { keyIsTaken } from '../key-is-taken.ts'
import type { Database, Session } from './open-database.ts'

/** Where keys are kept. */
export interface PostgresKeyStoreOptions {
  /** Up to date. It is closed with the store. */
  readonly database: Database
  /** Milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number
}

/** "keys" in ASCII: whoever changes a key holds it, so that the log has one end. */
const lock = 0x6b_65_79_73

/** Keys in Postgres. A database that is away rejects each question, and is asked again with the next. */
export function createKeyStore({ database, now = Date.now }: PostgresKeyStoreOptions): KeyStore {
  const change = <Result>(work: (session: Session) => Promise<Result>): Promise<Result> =>
    database.transaction(async (session) => {
      await session.query('SELECT pg_advisory_xact_lock($1)', [lock])
      return await work(session)
    })
  const append = async (session: Session, note: AuditNote): Promise<AuditEntry> => {
    const last = await session.query<Pick<AuditEntry, 'seq' | 'hash'>>(
      'SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1',
    )
    const entry = nextEntry(last.rows[0] ?? noAudit, note, now())
    await session.query(
      'INSERT INTO audit_entries (seq, at, actor, action, subject, details, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [entry.seq, entry.at, entry.actor, entry.action, entry.subject, canonicalJson(entry.details), entry.hash],
    )
    return entry
  }
  const refuseTaken = async (session: Session, { id, name }: AccessKey, own?: string): Promise<void> => {
    const named = await session.query<{ id: string }>(
      'SELECT id FROM access_keys WHERE name = $1 AND revoked_at IS NULL',
      [name],
    )
    if (named.rows[0] && named.rows[0].id !== own) throw keyIsTaken('name', name)
    if (own !== undefined) return
    const twin = await session.query('SELECT id FROM access_keys WHERE id = $1', [id])
    if (twin.count > 0) throw keyIsTaken('id', id)
  }
  const first = async (text: string, value: string): Promise<AccessKey | undefined> => {
    const { rows } = await database.query<{ body: string }>(text, [value])
    return rows[0] && keyOf(rows[0])
  }

  return {
    find: (hash) =>
      first(
        'SELECT body FROM access_keys WHERE hash = $1 OR previous_hash = $1 ORDER BY (hash = $1) DESC LIMIT 1',
        hash,
      ),
    get: (id) => first('SELECT body FROM access_keys WHERE id = $1', id),
    async list() {
      const { rows } = await database.query<{ body: string }>(
        'SELECT body FROM access_keys ORDER BY created_at DESC, id DESC',
      )
      return rows.map(keyOf)
    },
    create: (key, note) =>
      change(async (session) => {
        await refuseTaken(session, key)
        const { seq } = await append(session, note)
        await session.query(
          'INSERT INTO access_keys (id, name, hash, previous_hash, revoked_at, created_at, changed_in, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
          [key.id, key.name, key.hash, key.previous?.hash, key.revokedAt, key.createdAt, seq, canonicalJson(key)],
        )
      }),
    replace: (before, after, note) =>
      change(async (session) => {
        const { rows } = await session.query<{ body: string }>('SELECT body FROM access_keys WHERE id = $1', [
          before.id,
        ])
        if (rows[0]?.body !== canonicalJson(before)) return false
        if (after.revokedAt === undefined) await refuseTaken(session, after, before.id)
        const { seq } = await append(session, note)
        await session.query(
          'UPDATE access_keys SET name = $2, hash = $3, previous_hash = $4, revoked_at = $5, changed_in = $6, body = $7 WHERE id = $1',
          [before.id, after.name, after.hash, after.previous?.hash, after.revokedAt, seq, canonicalJson(after)],
        )
        return true
      }),
    async note(note) {
      await change((session) => append(session, note))
    },
    async audit({ before = Number.MAX_SAFE_INTEGER, limit }) {
      const { rows } = await database.query<AuditEntry & { readonly details: string }>(
        'SELECT seq, at, actor, action, subject, details, hash FROM audit_entries WHERE seq < $1 ORDER BY seq DESC LIMIT $2',
        [before, limit],
      )
      return rows.map((row) => ({ ...row, details: JSON.parse(row.details) }))
    },
    async version() {
      const { rows } = await database.query<{ version: number | null }>(
        'SELECT max(changed_in) AS version FROM access_keys',
      )
      return rows[0]?.version ?? 0
    },
    close: () => database.close(),
  }
}

const keyOf = ({ body }: { readonly body: string }): AccessKey => JSON.parse(body)
