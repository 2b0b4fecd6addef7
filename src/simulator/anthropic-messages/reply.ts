import type {
  ContentBlock,
  Message,
  MessageDeltaUsage,
  RefusalStopDetails,
  StopReason,
  TextBlock,
  Usage,
} from '@anthropic-ai/sdk/resources/messages'
import type { Answer, AnswerPart, Ending, ToolCallPart } from '../answer.ts'
import type { ReplyMaterial } from '../dialect.ts'
import { outputTokens, reasoningTokens } from '../model/answer-tokens.ts'
import { digest } from '../seeded-random.ts'
import { diagnosticsOf, messageId } from './comparing.ts'

/** A Messages reply that is not streamed. */
export function messagesReply(material: ReplyMaterial): object {
  const answer = material.answers[0]!
  const { usage, ...rest } = wholeMessage(material, answer)
  return material.omitUsage ? rest : { ...rest, usage }
}

function wholeMessage(material: ReplyMaterial, answer: Answer): Message {
  return {
    ...emptyMessage(material),
    content: contentBlocks(answer, material.ask.thinking.mode === 'hidden'),
    stop_reason: material.omitEnding ? null : stopReason(answer.ending),
    stop_sequence: material.omitEnding ? null : (answer.stopSequence ?? null),
    stop_details: stopDetails(answer),
    usage: messageUsage(material, outputTokens(answer), answer),
  }
}

/** The message as `message_start` carries it. */
export function emptyMessage(material: ReplyMaterial): Message {
  return {
    id: messageId(material.requestId),
    type: 'message',
    role: 'assistant',
    model: material.model,
    container: null,
    content: [],
    diagnostics: diagnosticsOf(material.comparison),
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: messageUsage(material, Math.min(1, outputTokens(material.answers[0]!))),
  }
}

function contentBlocks(answer: Answer, thinkingHidden: boolean): ContentBlock[] {
  const omitted: ContentBlock[] =
    thinkingHidden && answer.hiddenReasoningTokens > 0
      ? [{ type: 'thinking', thinking: '', signature: signatureOf(String(answer.hiddenReasoningTokens)) }]
      : []
  return [...omitted, ...answer.parts.filter((part) => part.type !== 'refusal').map(contentBlock)]
}

function contentBlock(part: Exclude<AnswerPart, { type: 'refusal' }>): ContentBlock {
  if (part.type === 'thinking') return { type: 'thinking', thinking: part.text, signature: signatureOf(part.text) }
  if (part.type === 'tool-call') return toolUse(part, inputOf(part))
  return textBlock(part.text)
}

export function toolUse(part: ToolCallPart, input: unknown): Extract<ContentBlock, { type: 'tool_use' }> {
  return { type: 'tool_use', id: `toolu_${part.key}`, name: part.name, input, caller: { type: 'direct' } }
}

/** The parsed input; an empty one where the text was cut off, which is what Anthropic sends then. */
function inputOf(part: ToolCallPart): unknown {
  try {
    return JSON.parse(part.input)
  } catch {
    return {}
  }
}

/** What proves that the thinking is the model's own and unchanged. */
export function signatureOf(thinking: string): string {
  return Buffer.from(`simulator:${digest('thinking', thinking)}`).toString('base64')
}

export function stopReason(ending: Ending): StopReason {
  const reasons = {
    finished: 'end_turn',
    'stop-sequence': 'stop_sequence',
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    refused: 'refusal',
    filtered: 'refusal',
  } as const satisfies Record<Ending, StopReason>
  return reasons[ending]
}

export function stopDetails(answer: Answer): RefusalStopDetails | null {
  if (answer.ending !== 'refused') return null
  const explanation = answer.parts.find((part) => part.type === 'refusal')?.text ?? null
  return { type: 'refusal', category: 'general_harms', explanation }
}

function messageUsage(material: ReplyMaterial, output: number, answer?: Answer): Usage {
  const { input } = material
  return {
    ...deltaUsage(material, output, answer),
    input_tokens: input.uncachedInput,
    cache_creation: { ephemeral_5m_input_tokens: input.cacheWrite5m, ephemeral_1h_input_tokens: input.cacheWrite1h },
    inference_geo: null,
    service_tier: 'standard',
    speed: null,
  }
}

/** Usage as `message_delta` carries it: what has been used since the beginning, not since the last event. */
export function deltaUsage(material: ReplyMaterial, output: number, answer?: Answer): MessageDeltaUsage {
  const { input } = material
  const reasoning = answer === undefined ? 0 : reasoningTokens(answer)
  return {
    input_tokens: input.uncachedInput,
    cache_creation_input_tokens: input.cacheWrite5m + input.cacheWrite1h,
    cache_read_input_tokens: input.cacheRead,
    output_tokens: output,
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
    server_tool_use: null,
  }
}

/** Text as it goes on the wire: the SDK says that `citations` may be null, and the API leaves it out. */
export function textBlock(text: string): TextBlock {
  return { type: 'text', text } as TextBlock
}
