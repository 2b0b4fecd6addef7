export type { CallsQuestion } from './dashboard-calls.ts'
export { createDashboardReader, type DashboardReader, type DashboardReaderOptions } from './dashboard-reader.ts'
export type { Span } from './dashboard-record.ts'
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
export type { View, ViewColumn } from './view.ts'
export { views } from './views.ts'
