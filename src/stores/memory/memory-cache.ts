import { LRUCache } from 'lru-cache'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Delta } from '../../core/delta.ts'
import type { CachedReply, ReplyCache } from '../../core/ports.ts'

/** How large the cache may grow. */
export interface MemoryCacheOptions {
  /** Estimated bytes that all replies may hold; the least recently used give way. Default 64 MiB. */
  readonly maxBytes?: number
  readonly clock?: Clock
}

/**
 * A reply cache in memory, bounded by bytes, least recently used first out. A reply larger than all of it, or without a time
 * to live, is not kept. Sizes are estimates: frames by their bytes, texts by two bytes a character, a flat share for each
 * object.
 */
export function createMemoryCache({
  maxBytes = 64 * 1024 * 1024,
  clock = systemClock,
}: MemoryCacheOptions = {}): ReplyCache {
  const entries = new LRUCache<string, CachedReply>({
    maxSize: maxBytes,
    sizeCalculation: (value, key) => bytesOf(key) + bytesOfReply(value),
    // Without it the LRU reads its clock once a millisecond of the machine's, which is not the clock it is given.
    ttlResolution: 0,
    // Nor does it take 0 for a time.
    perf: { now: () => clock.now() + 1 },
  })
  return {
    get: async (key) => entries.get(key),
    async set(key, value, ttlSeconds) {
      // To the LRU, a ttl of 0 means for ever.
      if (ttlSeconds > 0) entries.set(key, value, { ttl: ttlSeconds * 1000 })
    },
    close: async () => entries.clear(),
  }
}

const bytesPerObject = 64

function bytesOfReply({ deltas, reply }: CachedReply): number {
  let bytes = bytesOfValue(reply)
  for (const delta of deltas) bytes += bytesOfDelta(delta)
  return bytes
}

function bytesOfDelta(delta: Delta): number {
  if (delta.type !== 'frames') return bytesOfValue(delta)
  let bytes = bytesPerObject + delta.bytes.byteLength
  for (const inner of delta.deltas) bytes += bytesOfDelta(inner)
  return bytes
}

function bytesOfValue(value: unknown): number {
  if (typeof value === 'string') return bytesOf(value)
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return bytesPerObject + value.byteLength
  let bytes = bytesPerObject
  for (const part of Object.values(value)) bytes += bytesOfValue(part)
  return bytes
}

const bytesOf = (text: string) => 2 * text.length
