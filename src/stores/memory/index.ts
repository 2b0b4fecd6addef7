export { createMemoryCache, type MemoryCacheOptions } from './memory-cache.ts'
export { createMemoryEventSink, type MemoryEventSink } from './memory-event-sink.ts'
