import type { AccessKey, KeyStore } from '../core/access-key.ts'
import { narrow, type Reach, stated } from './scope.ts'

/** A key, those that made it, and what it opens under them. */
export interface Lineage {
  readonly key: AccessKey
  /** The key that made it first. */
  readonly ancestors: readonly AccessKey[]
  /** What it and all of its ancestors open, as they are now. */
  readonly reach: Reach
}

/** More than any key has: a chain that is longer is none. */
const mostAncestors = 32

/**
 * Looks up the keys that made this one. Undefined where one of them is gone or revoked, or where they have nothing in common: it then
 * opens nothing. So what ends or narrows a key does so to all that were made with it, at once.
 */
export async function lineageOf(store: Pick<KeyStore, 'get'>, key: AccessKey): Promise<Lineage | undefined> {
  const ancestors: AccessKey[] = []
  let reach: Reach | undefined = reachOf(key)
  for (let id = key.parentId; id !== undefined; ) {
    const parent: AccessKey | undefined = await store.get(id)
    if (!parent || parent.revokedAt !== undefined || ancestors.length >= mostAncestors) return undefined
    reach = narrow(reachOf(parent), reach)
    if (!reach) return undefined
    ancestors.push(parent)
    id = parent.parentId
  }
  return { key, ancestors, reach }
}

/** What a key opens by itself. */
export function reachOf({
  id: _id,
  name: _name,
  hint: _hint,
  hash: _hash,
  previous: _previous,
  createdAt: _createdAt,
  parentId: _parentId,
  revokedAt: _revokedAt,
  ...reach
}: AccessKey): Reach {
  return stated(reach)
}
