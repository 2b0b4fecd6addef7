import { hash } from 'node:crypto'
import type { AuditEntry, AuditNote } from '../core/access-key.ts'

/** What stands before the first entry. */
export const noAudit: Pick<AuditEntry, 'seq' | 'hash'> = { seq: 0, hash: '0'.repeat(64) }

/** The entry that follows another. */
export function nextEntry(
  before: Pick<AuditEntry, 'seq' | 'hash'>,
  { actor, action, subject, details }: AuditNote,
  at: number,
): AuditEntry {
  const entry = { seq: before.seq + 1, at, actor, action, subject, details }
  return { ...entry, hash: hashOf(before.hash, entry) }
}

/** Where a log is broken. */
export interface AuditBreak {
  readonly seq: number
  readonly reason: 'changed' | 'missing'
}

/**
 * Looks for the first entry, in order of `seq`, that is not what was written or whose predecessor is gone; undefined where the log is
 * whole. Entries that were cut off at its end leave no trace in the rest: whoever wants to know of those keeps the newest hash elsewhere.
 */
export function findBreak(
  entries: Iterable<AuditEntry>,
  before: Pick<AuditEntry, 'seq' | 'hash'> = noAudit,
): AuditBreak | undefined {
  for (const entry of entries) {
    if (entry.seq !== before.seq + 1) return { seq: before.seq + 1, reason: 'missing' }
    if (entry.hash !== hashOf(before.hash, entry)) return { seq: entry.seq, reason: 'changed' }
    before = entry
  }
  return undefined
}

function hashOf(before: string, { seq, at, actor, action, subject, details }: Omit<AuditEntry, 'hash'>): string {
  return hash('sha256', canonicalJson([before, seq, at, actor, action, subject, details]))
}

/** JSON in which the same value is the same text: fields in order of their names, and none that is undefined. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  )
}
