import type { Clock } from '../core/clock.ts'
import type { LateReading } from '../core/story.ts'

/** The calls whose answers are read on, for the books, after their callers have left. */
export interface LateReadings {
  /** Writes the call's event when its readings have ended. */
  add(readings: readonly LateReading[], write: () => void): void
  /** Resolves when all are written; those that are under way after `timeoutMs` are stopped, and settled by estimate. */
  settle(timeoutMs: number): Promise<void>
}

/** None yet. */
export function createLateReadings(clock: Clock): LateReadings {
  const underWay = new Map<Promise<void>, readonly LateReading[]>()
  return {
    add(readings, write) {
      const written = Promise.all(readings.map(({ ended }) => ended)).then(() => {
        underWay.delete(written)
        write()
      })
      underWay.set(written, readings)
    },
    async settle(timeoutMs) {
      if (underWay.size === 0) return
      const stop = () => {
        for (const readings of underWay.values()) for (const reading of readings) reading.stop()
      }
      const timer = Number.isFinite(timeoutMs) ? clock.timer(timeoutMs, stop) : undefined
      await Promise.all(underWay.keys())
      timer?.cancel()
    },
  }
}
