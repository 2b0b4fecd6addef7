import type { Call } from '../core/call.ts'
import type { Stage } from '../core/handler.ts'
import type { JsonValue } from '../core/json.ts'
import type { CacheMark } from '../core/message.ts'
import type { PromptCachePolicy, RepeatedPrompt, TargetPromptCache } from '../core/prompt-cache.ts'
import type { Target } from '../core/target.ts'
import { markRepeats } from './mark-repeats.ts'
import { aliasOf, targetOf } from './routed.ts'

/**
 * Marks what of a feature's prompt comes again, where the target's prompt cache wants marks and the alias does not turn it off. In a
 * conversation it also asks why the cache was not read. Passes on what no feature said, and what is marked already. Stands right above
 * `attempt`, below `structure`: the prompt must be the one that is sent.
 */
export function planCache(): Stage {
  return (next) =>
    function planCache(call) {
      const { repeats } = call
      const target = targetOf(call)
      const { promptCache } = aliasOf(call)
      if (!repeats || !target.promptCache || promptCache === 'off') return next(call)
      return next(plan(call, repeats, { ...target, promptCache: target.promptCache }, promptCache))
    }
}

function plan(
  call: Call,
  repeats: RepeatedPrompt,
  target: Target & { readonly promptCache: TargetPromptCache },
  policy: Exclude<PromptCachePolicy, 'off'>,
): Call {
  const marked = markRepeats(call.request, repeats, target.promptCache, markOf(policy))
  if (!marked) return call
  const { dialect } = target
  const asked = { ...optionsOf(repeats, target), ...marked.extensions?.[dialect] }
  const extensions = { ...marked.extensions, [dialect]: asked }
  return { ...call, request: Object.keys(asked).length > 0 ? { ...marked, extensions } : marked }
}

/** Five minutes is what a mark without a lifetime means. */
function markOf(policy: Exclude<PromptCachePolicy, 'off'>): CacheMark {
  return policy === '5m' ? {} : { ttl: policy }
}

/** What is said of the cache beside the marks, in the target's own words. */
function optionsOf(
  { conversation }: RepeatedPrompt,
  { name, dialect, promptCache }: Target & { readonly promptCache: TargetPromptCache },
): Readonly<Record<string, JsonValue>> {
  const { previous } = conversation ?? {}
  const before = previous?.target === name ? previous.id : undefined
  const asks = conversation !== undefined && promptCache.tellsMisses
  switch (dialect) {
    case 'anthropic-messages':
      // Null has the first message remembered, so that the second can be compared with it.
      return asks ? { diagnostics: { previous_message_id: before ?? null } } : {}
    case 'openai-chat':
    case 'openai-responses':
      // Alone, its own breakpoint at the end would have every question written that nobody asks again.
      if (!conversation) return { prompt_cache_options: { mode: 'explicit' } }
      return asks && before ? { prompt_cache_options: { comparison_response_id: before } } : {}
    default:
      return {}
  }
}
