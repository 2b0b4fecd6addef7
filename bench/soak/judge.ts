import type { Holdings } from '../children/soak-gateway.ts'
import type { Tally } from '../children/soak-load.ts'

/** What the gateway held at one moment. */
export interface Sample extends Holdings {
  /** Seconds since the load began. */
  readonly atSeconds: number
}

/** A soak, as it was lived. */
export interface Soaked {
  readonly samples: readonly Sample[]
  /** Once the load has ended and nothing is under way. */
  readonly rest: Holdings
  readonly tally: Tally
  /** Attempts that the provider saw, and calls that the record has. */
  readonly exchanges: number
  readonly recorded: number
}

/** Memory may grow by this share of what it was, and by so much besides: less cannot be told from noise. */
const share = 0.1
const besidesBytes = 6 * 1024 * 1024

/** What is wrong with it, in words; nothing where all is well. */
export function judge({ samples, rest, tally, recorded }: Soaked): string[] {
  const { early, late } = growth(samples)
  const { counts, broken } = tally
  const answered = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const left = Object.entries(rest.resources).filter(([kind]) => kind === 'Timeout' || kind === 'Immediate')
  return [
    ...(late > early * (1 + share) + besidesBytes ? [`memory grew from ${mb(early)} to ${mb(late)}`] : []),
    ...(rest.inFlight > 0 ? [`${rest.inFlight} calls are under way, and nobody asks`] : []),
    ...(left.length > 0 ? [`timers are left: ${left.map(([kind, count]) => `${count} ${kind}`).join(', ')}`] : []),
    ...(counts.broken > 0
      ? [`${counts.broken} answers were neither whole nor an error:\n  ${broken.join('\n  ')}`]
      : []),
    ...(counts.complete < answered / 3 ? [`only ${counts.complete} of ${answered} answers were whole`] : []),
    ...(recorded < answered - counts.left
      ? [`${recorded} calls are on the record, and ${answered} were answered`]
      : []),
  ]
}

/**
 * What lived in the first and in the last third, the warm-up left out, in bytes: lower quartiles, for a huge answer that is just under way is no
 * leak, and a leak is what memory does not come back from.
 */
export function growth(samples: readonly Sample[]): { readonly early: number; readonly late: number } {
  const warm = samples.slice(Math.floor(samples.length / 5))
  const third = Math.max(1, Math.floor(warm.length / 3))
  return { early: lowerQuartile(warm.slice(0, third)), late: lowerQuartile(warm.slice(-third)) }
}

function lowerQuartile(samples: readonly Sample[]): number {
  const sorted = samples.map(({ liveBytes }) => liveBytes).toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 4)] ?? 0
}

/** `12.3 MB` */
export const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
