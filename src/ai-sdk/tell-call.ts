import type { SharedV4Warning } from '@ai-sdk/provider'
import type { Call } from '../core/call.ts'
import type { JsonObject } from '../core/json.ts'
import type { Reply } from '../core/reply.ts'
import type { Loss } from '../core/request.ts'

/** What became of a call, beside what the AI SDK has fields for. */
export function tellCall(
  { callId, target, cost, source }: Reply,
  { story }: Call,
): Record<string, string | number | null> {
  return {
    callId,
    ...(target !== undefined && { target }),
    costNanoUsd: cost.nanoUsd,
    costStatus: cost.status,
    source,
    attempts: story.attempts.length,
  } satisfies JsonObject as Record<string, string | number | null>
}

/** Each thing that was lost, once, however many attempts lost it. */
export function tellWarnings(losses: readonly Loss[]): SharedV4Warning[] {
  const warnings = new Map<string, SharedV4Warning>()
  for (const { path: feature, effect, detail: details } of losses) {
    const type = effect === 'dropped' ? 'unsupported' : 'compatibility'
    warnings.set(`${type} ${feature} ${details}`, { type, feature, details })
  }
  return [...warnings.values()]
}
