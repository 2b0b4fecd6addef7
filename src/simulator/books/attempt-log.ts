import type { IncomingHttpHeaders } from 'node:http'
import type { DialectName } from '../dialect.ts'
import { digest } from '../seeded-random.ts'
import type { Usage } from './usage.ts'

/** What arrived at the simulator's door, and when it answered. */
export interface AttemptLog {
  /** The request id that the reply carried. */
  readonly id: string
  /** Counts from 1 since the start or the last reset. */
  readonly ordinal: number
  readonly method: string
  readonly path: string
  readonly dialect: DialectName
  /** As asked, a fault written after the name included. */
  readonly model: string
  /** As received, without the headers that hold credentials. */
  readonly headers: Readonly<Record<string, string>>
  /** What tells the credential that was shown from others: 8 digits of its SHA-256; null where none was. Never the credential. */
  readonly credential: string | null
  /** The parsed request, where `keepBodies` is set. */
  readonly body?: unknown
  readonly fault: string | null
  readonly status: number | null
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** When the first byte of the body was written; null where none was. */
  readonly firstByteAt: number | null
  /** Null while it is under way. */
  readonly endedAt: number | null
  readonly cancelled: boolean
  /** When in the answer the client left; null where it stayed. */
  readonly cancelledIn: 'before-first-byte' | 'body' | null
  /** Bytes of the body that were written. */
  readonly bytes: number
  /** What the invoice has for it; null while it is under way. */
  readonly billed: Billed | null
}

/** What one exchange costs. */
export interface Billed {
  /** Tokens by part; `reasoning` is a subset of `output`. */
  readonly usage: Usage
  /** Nano-dollars; null where the model has no price. */
  readonly costNanoUsd: number | null
}

/** A log line while the exchange is under way. */
export type OpenAttempt = { -readonly [K in keyof AttemptLog]: AttemptLog[K] }

const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-amz-security-token',
  'cookie',
])

/** What the log calls a credential; null where there is none. */
export function credentialLabel(credential: string): string | null {
  return credential === '' ? null : digest(credential).slice(0, 8)
}

export function headersWithoutCredentials(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || credentialHeaders.has(name)) continue
    kept[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return kept
}
