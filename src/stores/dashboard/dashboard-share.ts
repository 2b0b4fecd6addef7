import { addSteps, addValue, createDistribution, type Distribution, percentilesOf } from '../rollup/distribution.ts'
import type { CallFigures } from './dashboard-scan.ts'

/** What one feature or model has taken so far. */
export interface OpenShare {
  calls: number
  errors: number
  costNanoUsd: number
  readonly latencyMs: Distribution
}

/** The share of that name, opened where it is not there. */
export function shareIn(shares: Map<string, OpenShare>, name: string): OpenShare {
  let share = shares.get(name)
  if (!share) {
    share = { calls: 0, errors: 0, costNanoUsd: 0, latencyMs: createDistribution() }
    shares.set(name, share)
  }
  return share
}

/** Adds a call to a share. */
export function addToShare(share: OpenShare, [, totalMs, , isError, , cost]: CallFigures): void {
  share.calls++
  share.errors += isError
  share.costNanoUsd += cost ?? 0
  if (totalMs !== null) addValue(share.latencyMs, totalMs)
}

/** Adds calls that were added up before. */
export function addRolledToShare(
  share: OpenShare,
  calls: number,
  errors: number,
  cost: number,
  latency: Uint8Array,
): void {
  share.calls += calls
  share.errors += errors
  share.costNanoUsd += cost
  addSteps(share.latencyMs, latency)
}

/** A share as the page gets it. */
export function shareOf(name: string, { latencyMs, ...sums }: OpenShare) {
  return { name, ...sums, p95Ms: percentilesOf(latencyMs).p95 }
}
