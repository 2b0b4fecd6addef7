export { openPostgresEventReader, type PostgresEventReader } from './event-reader.ts'
export {
  openPostgresEventStore,
  type PostgresEventStore,
  type PostgresEventStoreOptions,
  type PostgresEventStoreStatus,
} from './event-store.ts'
export {
  migratePostgres,
  type PostgresMigrated,
  type PostgresToMigrate,
  pendingInPostgres,
} from './migrate-postgres.ts'
