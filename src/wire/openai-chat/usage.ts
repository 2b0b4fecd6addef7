import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { inputTokens, noUsage, outputTokens, type Usage } from '../../core/usage.ts'
import { nestedFields } from '../openai/fields.ts'
import { tokenCount } from '../read.ts'

/**
 * The usage object in parts that do not overlap and that sum to what the host counts: a detail is never more than what it is
 * a detail of. Null where a main count is absent or absurd: an estimate is nearer to the truth then.
 *
 * The dialect counts reasoning among `completion_tokens`. xAI and Gemini count it beside them, which shows in
 * `total_tokens`; DeepSeek has its own name for cached tokens.
 */
export function decodeUsage(raw: JsonValue | undefined): Usage | null {
  if (!isJsonObject(raw) || !isCounted(raw)) return null
  const prompt = tokenCount(raw.prompt_tokens)
  const completion = tokenCount(raw.completion_tokens)
  const input = nestedFields(raw, 'prompt_tokens_details')
  const output = nestedFields(raw, 'completion_tokens_details')

  let inputRest = prompt
  const takeInput = (count: JsonValue | undefined): number => {
    const part = Math.min(tokenCount(count), inputRest)
    inputRest -= part
    return part
  }
  const cacheRead = takeInput(input.cached_tokens ?? raw.prompt_cache_hit_tokens)
  const cacheWriteOther = takeInput(input.cache_write_tokens)
  const audioIn = takeInput(input.audio_tokens)
  const imageIn = takeInput(input.image_tokens)

  const beside = Math.max(0, tokenCount(raw.total_tokens) - prompt - completion)
  const reasoning = tokenCount(output.reasoning_tokens)
  const isBeside = beside > 0 && (reasoning === 0 || reasoning === beside)
  const outputReasoning = isBeside ? beside : Math.min(reasoning, completion)
  const words = isBeside ? completion : completion - outputReasoning
  const audioOut = Math.min(tokenCount(output.audio_tokens), words)
  return {
    ...noUsage,
    inputUncached: inputRest,
    cacheRead,
    cacheWriteOther,
    audioIn,
    imageIn,
    outputText: words - audioOut,
    outputReasoning,
    audioOut,
    raw,
  }
}

function isCounted({ prompt_tokens: prompt, completion_tokens: completion }: JsonObject): boolean {
  return [prompt, completion].every((count) => count === tokenCount(count))
}

/** The usage as this dialect counts it: cached tokens within the prompt's, reasoning within the completion's. */
export function encodeUsage(usage: Usage): JsonObject {
  const prompt = inputTokens(usage)
  const completion = outputTokens(usage)
  const written = usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheWriteOther
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(written > 0 && { cache_write_tokens: written }),
      audio_tokens: usage.audioIn,
      ...(usage.imageIn > 0 && { image_tokens: usage.imageIn }),
    },
    completion_tokens_details: { reasoning_tokens: usage.outputReasoning, audio_tokens: usage.audioOut },
  }
}
