import { stateMigrations } from './state-migrations.ts'
import type { StoreFile } from './store-file.ts'

/** The file of what processes share and must not forget: the ledger, for one. */
export const stateFile: StoreFile = {
  name: 'state file',
  holds: 'state',
  noted: 'inseam_state_migrations',
  migrations: stateMigrations,
  views: [],
}
