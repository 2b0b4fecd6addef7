import type { AccessKey } from '../core/access-key.ts'
import { shownOf } from '../keys/index.ts'
import type { KeyView } from './api.ts'

/** A key as the page shows it: without its hashes. */
export function keyView(key: AccessKey, now: number): KeyView {
  return { ...shownOf(key), status: statusOf(key, now) }
}

/** The same of several. */
export function keyViews(keys: readonly AccessKey[], now: number): readonly KeyView[] {
  return keys.map((key) => keyView(key, now))
}

function statusOf({ revokedAt, expiresAt }: AccessKey, now: number): KeyView['status'] {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && now >= expiresAt ? 'expired' : 'active'
}
