import { formatCost } from '../../index.ts'
import { counted, milliseconds } from '../../telemetry/index.ts'
import type { Counts } from './tally.ts'

/** The course of the demo in one line, what matters most first: a narrow terminal shows only its beginning. */
export function statusLine({ calls, answeredBy, p95Ms, costNanoUsd, ...counts }: Counts): string {
  const answered = Object.values(answeredBy).reduce((sum, count) => sum + count, 0)
  const share = (source: string) => `${Math.round((100 * (answeredBy[source] ?? 0)) / Math.max(1, answered))}%`
  return [
    counted(calls, 'call'),
    formatCost({ nanoUsd: costNanoUsd, status: 'priced' }),
    p95Ms === undefined ? 'p95 –' : `p95 ${milliseconds(p95Ms)}`,
    `${counts.errors} failed, ${counts.retries} retried`,
    `rule ${share('rule')}, look-up ${share('lookup')}, model ${share('provider')}, cache ${share('cache')}`,
    `${counts.fallbacks} fell back, ${counts.corrections} corrected`,
  ].join(' · ')
}
