import type { ContentBlock, ConverseResponse, StopReason, TokenUsage } from '@aws-sdk/client-bedrock-runtime'
import type { Answer, AnswerPart, Ending, ToolCallPart } from '../answer.ts'
import { totalInput } from '../books/usage.ts'
import type { ReplyMaterial } from '../dialect.ts'
import { isObject } from '../json.ts'
import { outputTokens } from '../model/answer-tokens.ts'
import { digest } from '../seeded-random.ts'

/** A reply that is not streamed. */
export function converseReply(material: ReplyMaterial): object {
  const answer = material.answers[0]!
  const reply: Omit<ConverseResponse, 'stopReason' | 'usage'> = {
    output: { message: { role: 'assistant', content: contentOf(answer) } },
    metrics: { latencyMs: 1 },
    ...stopSequence(answer),
  }
  return {
    ...reply,
    stopReason: material.omitEnding ? null : stopReason(answer.ending),
    ...(!material.omitUsage && { usage: tokenUsage(material) }),
  }
}

/** Which sequence stopped the model, as those are told who ask for it. */
export function stopSequence({
  stopSequence: sequence,
}: Answer): Pick<ConverseResponse, 'additionalModelResponseFields'> {
  return sequence === undefined ? {} : { additionalModelResponseFields: { stop_sequence: sequence } }
}

function contentOf(answer: Answer): ContentBlock[] {
  return answer.parts.filter((part) => part.type !== 'refusal').map(blockOf)
}

function blockOf(part: Exclude<AnswerPart, { type: 'refusal' }>): ContentBlock {
  if (part.type === 'text') return { text: part.text }
  if (part.type === 'tool-call') return { toolUse: { ...toolUse(part), input: inputOf(part) as never } }
  return { reasoningContent: { reasoningText: { text: part.text, signature: signatureOf(part.text) } } }
}

export function toolUse({ key, name }: ToolCallPart): { toolUseId: string; name: string } {
  return { toolUseId: `tooluse_${key}`, name }
}

/** The parsed input; an empty one where the text was cut off. */
function inputOf({ input }: ToolCallPart): object {
  try {
    const parsed: unknown = JSON.parse(input)
    return isObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}

/** What proves that the reasoning is the model's own and unchanged. */
export function signatureOf(reasoning: string): string {
  return Buffer.from(`simulator:${digest('reasoning', reasoning)}`).toString('base64')
}

export function stopReason(ending: Ending): StopReason {
  const reasons = {
    finished: 'end_turn',
    'stop-sequence': 'stop_sequence',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    refused: 'content_filtered',
    filtered: 'content_filtered',
  } as const satisfies Record<Ending, StopReason>
  return reasons[ending]
}

/** Input leaves out what was read from the cache or written to it. */
export function tokenUsage({ input, answers }: ReplyMaterial): TokenUsage {
  const output = outputTokens(answers[0]!)
  const written = [
    { ttl: '1h' as const, inputTokens: input.cacheWrite1h },
    { ttl: '5m' as const, inputTokens: input.cacheWrite5m },
  ].filter(({ inputTokens }) => inputTokens > 0)
  return {
    inputTokens: input.uncachedInput,
    outputTokens: output,
    totalTokens: totalInput(input) + output,
    cacheReadInputTokens: input.cacheRead,
    cacheWriteInputTokens: input.cacheWrite5m + input.cacheWrite1h,
    ...(written.length > 0 && { cacheDetails: written }),
  }
}
