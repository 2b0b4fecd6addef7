import type { IncomingHttpHeaders } from 'node:http'
import type { DialectName } from '../dialect.ts'

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
  /** Bytes of the body that were written. */
  readonly bytes: number
}

/** A log line while the exchange is under way. */
export type OpenAttempt = { -readonly [K in keyof AttemptLog]: AttemptLog[K] }

const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
])

export function headersWithoutCredentials(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || credentialHeaders.has(name)) continue
    kept[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return kept
}
