import type { Migration } from '../../sqlite/migrate.ts'
import type { View } from './view.ts'

/** A kind of SQLite file that is written here. */
export interface StoreFile {
  /** As messages call it: `event store`. */
  readonly name: string
  /** What is in it, as messages call that: `events`. */
  readonly holds: string
  /** The table in which the steps are noted that a file has taken. */
  readonly noted: string
  /** Every step, oldest first. */
  readonly migrations: readonly Migration[]
  readonly views: readonly View[]
}
