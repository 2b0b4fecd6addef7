import type { AttemptEvent } from '../core/event.ts'
import { grouped } from '../core/figures.ts'
import { printable } from '../core/printable.ts'
import { inputTokens } from '../core/usage.ts'

/** What the provider's prompt cache gave an attempt, and why it did not; empty where it had no part in it. */
export function tellPromptCache({ usage, cacheMiss }: Pick<AttemptEvent, 'usage' | 'cacheMiss'>): string {
  const { cacheRead } = usage
  const read =
    cacheRead > 0
      ? `Read ${grouped(cacheRead)} of ${grouped(inputTokens(usage))} input tokens from the prompt cache.`
      : ''
  if (!cacheMiss) return read
  const { reason, missedTokens } = cacheMiss
  const why = Object.hasOwn(reasons, reason) ? reasons[reason] : printable(reason)
  const missed = missedTokens === undefined ? 'Missed' : `Missed ${grouped(missedTokens)} tokens of`
  return `${read}${read && ' '}${missed} the prompt cache: ${why}.`
}

/** The words of Anthropic and OpenAI. */
const reasons: Readonly<Record<string, string>> = {
  model_changed: 'the model changed',
  system_changed: 'the system prompt changed',
  tools_changed: 'the tools changed',
  messages_changed: 'an earlier message changed',
  input_changed: 'the input changed',
  text_format_changed: 'the format of the answer changed',
  reasoning_effort_changed: 'the effort changed',
  verbosity_changed: 'the verbosity changed',
  service_tier_changed: 'the service tier changed',
  prompt_cache_key_changed: 'the key of the prompt cache changed',
  context_compacted: 'the context was compacted',
  previous_message_not_found: 'the provider does not know the message before',
  comparison_response_not_found: 'the provider does not know the response before',
  unavailable: 'the provider cannot say why',
}
