export { createMemoryCache, createMemoryEventSink } from './memory/index.ts'
export { type EventReader, type EventStore, openEventReader, openEventStore } from './sqlite/index.ts'
