import type { Clock } from '../core/clock.ts'

/** Counts what came of the calls of the last while. */
export interface FailureShare {
  add(hasFailed: boolean): void
  /** Of how many calls how many failed. */
  read(): { readonly calls: number; readonly failures: number }
  clear(): void
}

const slices = 10

interface Slice {
  readonly at: number
  calls: number
  failures: number
}

/** Counts in ten slices of a window, of which the oldest falls out as a whole: it holds no more, however many calls there are. */
export function createFailureShare(clock: Clock, windowMs: number): FailureShare {
  let kept: Slice[] = []
  const sliceNow = () => Math.floor((clock.now() * slices) / windowMs)
  return {
    add(hasFailed) {
      const at = sliceNow()
      let last = kept.at(-1)
      if (last?.at !== at) {
        last = { at, calls: 0, failures: 0 }
        kept = [...kept.filter((slice) => slice.at > at - slices), last]
      }
      last.calls++
      if (hasFailed) last.failures++
    },
    read() {
      const oldest = sliceNow() - slices
      let calls = 0
      let failures = 0
      for (const slice of kept) {
        if (slice.at <= oldest) continue
        calls += slice.calls
        failures += slice.failures
      }
      return { calls, failures }
    },
    clear() {
      kept = []
    },
  }
}
