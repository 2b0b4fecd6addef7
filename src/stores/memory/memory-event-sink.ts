import type { SeamEvent } from '../../core/event.ts'
import type { EventSink } from '../../core/ports.ts'
import { mostWithContent, withoutContent } from '../content-in-memory.ts'

/** A sink that keeps the newest events in memory. */
export interface MemoryEventSink extends EventSink {
  /** What is kept, oldest first. */
  events(): SeamEvent[]
  /** How many older events gave way. */
  readonly dropped: number
}

/** Keeps the newest `capacity` events (default 10,000), the content of the newest 1,000, and counts those that gave way. Nothing outlives the process. */
export function createMemoryEventSink({ capacity = 10_000 }: { readonly capacity?: number } = {}): MemoryEventSink {
  const ring: SeamEvent[] = []
  let recorded = 0
  let dropped = 0
  let isOpen = true
  return {
    get dropped() {
      return dropped
    },
    record(event) {
      if (!isOpen || capacity < 1) {
        dropped++
        return
      }
      if (recorded >= capacity) dropped++
      ring[recorded++ % capacity] = event
      if (capacity <= mostWithContent) return
      const oneTooMany = (recorded - 1 - mostWithContent) % capacity
      const older = ring[oneTooMany]
      if (older) ring[oneTooMany] = withoutContent(older)
    },
    events() {
      const oldest = recorded > capacity ? recorded % capacity : 0
      return [...ring.slice(oldest), ...ring.slice(0, oldest)]
    },
    flush: async () => {},
    close: async () => {
      isOpen = false
    },
  }
}
