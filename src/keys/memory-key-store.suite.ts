import type { AccessKey, AuditEntry, AuditNote, KeyStore } from '../core/access-key.ts'
import { InvalidRequest } from '../errors/index.ts'
import { canonicalJson, nextEntry, noAudit } from './audit-chain.ts'

/** A store for properties, which need thousands: it passes the suite that every store passes. */
export function createMemoryKeyStore(now: () => number = Date.now): KeyStore {
  const keys = new Map<string, { readonly key: AccessKey; readonly order: number }>()
  const log: AuditEntry[] = []
  let version = 0
  const all = () => [...keys.values()].map(({ key }) => key)
  const append = (note: AuditNote): void => {
    log.push(nextEntry(log.at(-1) ?? noAudit, { ...note, details: structuredClone(note.details) }, now()))
  }
  const put = (key: AccessKey, note: AuditNote): void => {
    append(note)
    version = log.length
    keys.set(key.id, { key: structuredClone(key), order: keys.get(key.id)?.order ?? keys.size })
  }
  const refuseTaken = ({ id, name }: AccessKey, own?: string): void => {
    const isTaken = all().some((key) => key.name === name && key.revokedAt === undefined && key.id !== own)
    if (isTaken || (own === undefined && keys.has(id))) throw new InvalidRequest('name', 'it is taken.')
  }
  return {
    find: async (hash) =>
      all().find((key) => key.hash === hash) ?? all().find(({ previous }) => previous?.hash === hash),
    get: async (id) => keys.get(id)?.key,
    list: async () =>
      [...keys.values()]
        .sort((left, right) => right.key.createdAt - left.key.createdAt || (left.key.id < right.key.id ? 1 : -1))
        .map(({ key }) => key),
    async create(key, note) {
      refuseTaken(key)
      put(key, note)
    },
    async replace(before, after, note) {
      const known = keys.get(before.id)?.key
      if (canonicalJson(known) !== canonicalJson(before)) return false
      if (after.revokedAt === undefined) refuseTaken(after, before.id)
      put(after, note)
      return true
    },
    note: async (note) => append(note),
    audit: async ({ before = Number.POSITIVE_INFINITY, limit }) =>
      [...log]
        .reverse()
        .filter(({ seq }) => seq < before)
        .slice(0, limit),
    version: async () => version,
    close: async () => undefined,
  }
}
