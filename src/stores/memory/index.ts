export { createMemoryCache } from './memory-cache.ts'
export { createMemoryEventSink } from './memory-event-sink.ts'
