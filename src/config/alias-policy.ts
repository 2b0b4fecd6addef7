import type { Timeouts } from '../core/alias.ts'
import type { AliasPolicy } from './config.ts'

/**
 * Timeouts by the length of the work: `normal` is the default, `long` is for models that think for minutes, `quick` for
 * answers that somebody waits for.
 */
export const timeoutProfiles = {
  quick: { connectMs: 2_000, headersMs: 5_000, firstTokenMs: 5_000, idleMs: 5_000, totalMs: 20_000 },
  normal: { connectMs: 3_000, headersMs: 30_000, firstTokenMs: 30_000, idleMs: 15_000, totalMs: 120_000 },
  long: { connectMs: 3_000, headersMs: 60_000, firstTokenMs: 60_000, idleMs: 30_000, totalMs: 600_000 },
} as const satisfies Record<string, Timeouts>

/** How calls are made to a `provider/model` that no alias names, and to an alias that says nothing else. */
export const defaultAliasPolicy: AliasPolicy = {
  order: 'priority',
  timeouts: timeoutProfiles.normal,
  retry: { attempts: 3, baseMs: 500, capMs: 8_000 },
  coalesce: false,
  promptCache: '5m',
  translation: 'loud',
  onInterrupted: 'error',
}
