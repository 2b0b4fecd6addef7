export type { CostCourse, CostQuestion } from '../dashboard/cost-query.ts'
export { openCostReader } from '../dashboard/cost-reader.ts'
export type { CallsQuestion } from '../dashboard/dashboard-calls.ts'
export {
  createDashboardReader,
  type DashboardReader,
  type DashboardReaderOptions,
} from '../dashboard/dashboard-reader.ts'
export type { Span } from '../dashboard/dashboard-record.ts'
export type { RecordPlace } from '../dashboard/dashboard-worker.ts'
export {
  type CostDimension,
  type CostReport,
  type CostRow,
  type CostSums,
  costDimensions,
  savedInAll,
} from '../rollup/cost-report.ts'
export type { EvalCaseRow, EvalRunRow } from './eval-reader.ts'
export { type EvalStore, type EvalStoreOptions, openEvalStore } from './eval-store.ts'
export {
  type CallStory,
  type EventReader,
  openEventReader,
  type QueryResult,
  type Tail,
  type TailOptions,
} from './event-reader.ts'
export { type EventStore, type EventStoreOptions, type EventStoreStatus, openEventStore } from './event-store.ts'
export { type FileToMigrate, migrateFile, pendingInFile } from './migrate-file.ts'
export { type CostCorrection, openCostCorrector, storedAttempts } from './stored-costs.ts'
export type { View, ViewColumn } from './view.ts'
export { views } from './views.ts'
