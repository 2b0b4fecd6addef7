import type { AuditEntry, KeyStore } from '../core/access-key.ts'
import { type AuditBreak, findBreak } from './audit-chain.ts'

/** What a look through the whole log gave. */
export interface AuditCheck {
  readonly entries: number
  /** To be kept elsewhere: only so is it known later that none was cut off the end. */
  readonly newest: Pick<AuditEntry, 'seq' | 'hash'> | null
  /** The first entry that is not what was written, or that is gone; null where there is none. */
  readonly broken: AuditBreak | null
}

const pageLength = 1_000

/** Looks through a whole log, page by page, from its end; `known` is an entry that was its newest once. */
export async function checkAudit(
  store: Pick<KeyStore, 'audit'>,
  known?: Pick<AuditEntry, 'seq' | 'hash'>,
): Promise<AuditCheck> {
  let newest: AuditEntry | undefined
  let after: AuditEntry | undefined
  let broken: AuditBreak | undefined
  let entries = 0
  let isKnownThere = known === undefined
  for (;;) {
    const page = await store.audit({ limit: pageLength, ...(after && { before: after.seq }) })
    newest ??= page[0]
    const [first, ...rest] = [...page].reverse()
    const isFirst = page.length < pageLength
    const following = after ? [...rest, after] : rest
    // Those further back are looked at later: what is found there is the first of all.
    if (first) broken = findBreak(following, first) ?? broken
    if (isFirst) broken = findBreak(first ? [first] : after ? [after] : []) ?? broken
    isKnownThere ||= page.some(({ seq, hash }) => seq === known?.seq && hash === known.hash)
    entries += page.length
    after = first
    if (isFirst) break
  }
  if (!isKnownThere && known)
    broken ??= { seq: known.seq, reason: (newest?.seq ?? 0) < known.seq ? 'missing' : 'changed' }
  return { entries, newest: newest ? { seq: newest.seq, hash: newest.hash } : null, broken: broken ?? null }
}
