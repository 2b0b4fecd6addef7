import type { Terms } from './terms.ts'

/**
 * What the holder of a key may do, each more than the one before. `caller`: calls through the gateway. `viewer`: reads the record
 * of what the key's own scope covers. `manager`: makes and ends keys no wider than its own. `admin`: everything.
 */
export type KeyRole = 'caller' | 'viewer' | 'manager' | 'admin'

/** What a key opens. What is absent is open to all, but for `passThrough` and `providerKeys`, which are then closed. */
export interface KeyScope extends Partial<Terms> {
  readonly role: KeyRole
  /** The tenant on whose behalf it calls. */
  readonly tenant?: string
  /** The features that it may name, and call as `feature/NAME`. */
  readonly features?: readonly string[]
  /** The aliases and models that it may call. A feature that it may call needs no alias here. */
  readonly aliases?: readonly string[]
  /** The providers whose whole API it may reach as it is, `true` for all. */
  readonly passThrough?: boolean | readonly string[]
  /** The providers for which its holder may bring a key of their own, `true` for all where the operator allows it. */
  readonly providerKeys?: boolean | readonly string[]
  /** The addresses and ranges (`10.0.0.0/8`, `2001:db8::/32`) that it may be used from. */
  readonly addresses?: readonly string[]
}

/** A key as it is stored: never the secret itself. Times are milliseconds since the Unix epoch. */
export interface AccessKey extends KeyScope {
  readonly id: string
  /** What events and people call it. */
  readonly name: string
  /** The first characters of the secret, for people to tell keys apart. */
  readonly hint: string
  /** SHA-256 of the secret, in hexadecimal. */
  readonly hash: string
  /** The hash of the secret before the last rotation, and until when it still opens. */
  readonly previous?: { readonly hash: string; readonly until: number }
  readonly createdAt: number
  /** The key that made it. Absent: the operator did. */
  readonly parentId?: string
  readonly expiresAt?: number
  readonly revokedAt?: number
}

/** Something that was changed, and by whom. Each entry holds the hash of the one before it: none can be taken out unseen. */
export interface AuditEntry {
  readonly seq: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  /** The key's id, `operator` on the command line, or `admin` with the page's token. */
  readonly actor: string
  /** As noun-verb: `key-created`. */
  readonly action: string
  /** What was changed: a key's id, say. */
  readonly subject: string
  /** What it was and what it is now, without any secret. */
  readonly details: Readonly<Record<string, unknown>>
  /** SHA-256, in hexadecimal, of this entry and of the hash before it. */
  readonly hash: string
}

/** Who changes something, what and how, for the audit log. */
export type AuditNote = Pick<AuditEntry, 'actor' | 'action' | 'subject' | 'details'>

/** Keeps keys, and the log of every change, in one transaction each. Rejects with `store-failed` where it cannot be reached. */
export interface KeyStore {
  /** The key whose secret, or whose previous one, has this hash; whatever its state. */
  find(hash: string): Promise<AccessKey | undefined>
  get(id: string): Promise<AccessKey | undefined>
  /** All of them, the newest first. */
  list(): Promise<readonly AccessKey[]>
  /** Adds it. Rejects with `invalid-request` where the name or the id is taken by a key that is not revoked. */
  create(key: AccessKey, note: AuditNote): Promise<void>
  /** Puts another in the place of the key with its id, if it still is as `before`; gives whether it was. */
  replace(before: AccessKey, after: AccessKey, note: AuditNote): Promise<boolean>
  /** Notes a change of something else. */
  note(note: AuditNote): Promise<void>
  /** The log, the newest first. */
  audit(options: { readonly before?: number; readonly limit: number }): Promise<readonly AuditEntry[]>
  /** A number that changes whenever a key does, in whichever process. */
  version(): Promise<number>
  close(): Promise<void>
}
