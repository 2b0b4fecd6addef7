import { migrations } from './migrations.ts'
import type { StoreFile } from './store-file.ts'
import { views } from './views.ts'

/** The file of events and of eval runs. */
export const eventFile: StoreFile = {
  name: 'event store',
  holds: 'events',
  noted: 'inseam_migrations',
  migrations,
  views,
}
