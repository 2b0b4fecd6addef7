import type {
  ChatCompletion,
  ChatCompletionMessage,
  ChatCompletionMessageToolCall,
} from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import type { Answer, AnswerPart, Ending, ToolCallPart } from '../answer.ts'
import { totalInput } from '../books/usage.ts'
import type { ReplyMaterial } from '../dialect.ts'
import { outputTokens, reasoningTokens } from '../model/answer-tokens.ts'

/** A Chat Completions reply that is not streamed. */
export function chatReply(material: ReplyMaterial): object {
  const { usage, ...rest } = completion(material)
  return material.omitUsage ? rest : { ...rest, usage }
}

function completion(material: ReplyMaterial): ChatCompletion {
  const choices = material.answers.map((answer, index) => choice(answer, index, material))
  return {
    id: chatId(material),
    object: 'chat.completion',
    created: Math.floor(material.createdAtMs / 1000),
    model: material.model,
    choices: choices as ChatCompletion.Choice[],
    usage: chatUsage(material),
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  }
}

function choice(answer: Answer, index: number, material: ReplyMaterial): Partial<ChatCompletion.Choice> {
  const { omitEnding } = material
  return {
    index,
    message: message(answer),
    logprobs: null,
    ...(!omitEnding && { finish_reason: finishReason(answer.ending) }),
  }
}

function message(answer: Answer): ChatCompletionMessage {
  const calls = answer.parts.filter((part) => part.type === 'tool-call').map(toolCall)
  return {
    role: 'assistant',
    content: textOf(answer, 'text'),
    refusal: textOf(answer, 'refusal'),
    annotations: [],
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

function textOf(answer: Answer, type: 'text' | 'refusal'): string | null {
  const texts = answer.parts.filter(
    (part): part is Extract<AnswerPart, { type: 'text' | 'refusal' }> => part.type === type,
  )
  return texts.length === 0 ? null : texts.map((part) => part.text).join('')
}

function toolCall(part: ToolCallPart): ChatCompletionMessageToolCall {
  const id = toolCallId(part)
  if (part.kind === 'custom') return { id, type: 'custom', custom: { name: part.name, input: part.input } }
  return { id, type: 'function', function: { name: part.name, arguments: part.input } }
}

export function toolCallId(part: ToolCallPart): string {
  return `call_${part.key}`
}

export function chatId(material: ReplyMaterial): string {
  return `chatcmpl-${material.requestId}`
}

export function finishReason(ending: Ending): ChatCompletion.Choice['finish_reason'] {
  const reasons = {
    finished: 'stop',
    'stop-sequence': 'stop',
    length: 'length',
    'tool-calls': 'tool_calls',
    refused: 'stop',
    filtered: 'content_filter',
  } as const satisfies Record<Ending, ChatCompletion.Choice['finish_reason']>
  return reasons[ending]
}

export function chatUsage(material: ReplyMaterial): CompletionUsage {
  const { input, answers } = material
  const prompt = totalInput(input)
  const output = answers.reduce((sum, answer) => sum + outputTokens(answer), 0)
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: {
      cached_tokens: input.cacheRead,
      audio_tokens: 0,
      ...(input.cacheWriteOther > 0 && { cache_write_tokens: input.cacheWriteOther }),
    },
    completion_tokens_details: {
      reasoning_tokens: answers.reduce((sum, answer) => sum + reasoningTokens(answer), 0),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
