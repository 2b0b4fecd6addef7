import type { CallEvent } from '../../core/event.ts'
import type { RollUpCall } from './roll-up.ts'

/** What a call adds to roll-ups. The same as `rollUpCells` read of its row. */
export function rollUpCallOf(call: CallEvent): RollUpCall {
  const { outcome, usage, cost } = call
  const isError = outcome.ending === 'error'
  const isSpared = call.source === 'cache' || call.source === 'coalesced'
  const sparedNanoUsd = call.sparedCost?.nanoUsd ?? null
  return {
    at: call.startedAt,
    subject: [
      call.feature ?? '',
      call.tenant ?? '',
      call.keyId ?? '',
      call.model,
      call.target ?? '',
      call.promptHash ?? '',
      call.source,
      isError ? (outcome.errorCode ?? '') : '',
    ],
    sums: [
      1,
      Number(isError),
      Math.max(0, call.attempts - 1 - call.fallbacks),
      call.fallbacks,
      Number(call.cache === 'hit'),
      usage.inputUncached,
      usage.cacheRead,
      usage.cacheWrite5m,
      usage.cacheWrite1h,
      usage.cacheWriteOther,
      usage.outputText,
      usage.outputReasoning,
      usage.audioIn,
      usage.audioOut,
      usage.imageIn,
      usage.imageOut,
      cost.nanoUsd ?? 0,
      Number(cost.nanoUsd === null),
      Number(cost.status === 'estimated'),
      sparedNanoUsd ?? 0,
      Number(isSpared && !isError && sparedNanoUsd === null),
      call.promptCacheSavedNanoUsd ?? 0,
    ],
    totalMs: call.totalMs ?? null,
    firstTokenMs: call.firstTokenMs ?? null,
  }
}
