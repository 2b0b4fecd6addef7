import type { DatabaseSync } from 'node:sqlite'
import type { EventReader } from './event-reader.ts'

/** What the page's questions are asked of. */
export interface DashboardRecord {
  readonly database: DatabaseSync
  readonly reader: EventReader
  /** Whether the question at hand has had its time. */
  isOverdue(): boolean
}

/** A span of time in milliseconds since the epoch: from its beginning to before its end. */
export interface Span {
  readonly from: number
  readonly to: number
}
