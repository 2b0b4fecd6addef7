import type { CallEvent } from '../core/event.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import type { CallRow } from './api.ts'

/** A call as a list shows it. Its place in the record is not known yet. */
export function callRow(call: CallEvent): CallRow {
  return {
    callId: call.callId,
    startedAt: call.startedAt,
    feature: call.feature,
    operation: call.operation,
    model: call.model,
    target: call.target,
    door: call.door,
    source: call.source,
    ending: call.outcome.ending,
    errorCode: call.outcome.errorCode,
    totalMs: call.totalMs,
    firstTokenMs: call.firstTokenMs,
    inputTokens: inputTokens(call.usage),
    outputTokens: outputTokens(call.usage),
    costNanoUsd: call.cost.nanoUsd,
    attempts: call.attempts,
    fallbacks: call.fallbacks,
  }
}
