import type { Response, ResponseOutputItem, ResponseUsage } from 'openai/resources/responses/responses'
import type { Answer, AnswerPart, ToolCallPart } from '../answer.ts'
import { totalInput } from '../books/usage.ts'
import type { ReplyMaterial } from '../dialect.ts'
import { outputTokens, reasoningTokens } from '../model/answer-tokens.ts'
import { digest } from '../seeded-random.ts'
import { diagnosticsOf, responseId } from './comparing.ts'

/** A response that is not streamed. */
export function responsesReply(material: ReplyMaterial): object {
  const { usage, status, ...rest } = wholeResponse(material)
  return { ...rest, ...(!material.omitEnding && { status }), ...(!material.omitUsage && { usage }) }
}

/** A response as it is on the wire: `output_text` is the SDK's own. */
export type WireResponse = Omit<Response, 'output_text' | 'access_programs'>

/** The response as it is once it is over. */
export function wholeResponse(material: ReplyMaterial): WireResponse {
  const answer = answerOf(material)
  const reason = incompleteReason(answer)
  return {
    ...emptyResponse(material),
    status: reason === undefined ? 'completed' : 'incomplete',
    completed_at: Math.floor(material.createdAtMs / 1000),
    incomplete_details: reason === undefined ? null : { reason },
    output: outputItems(material),
    usage: responseUsage(material),
    ...diagnosticsOf(material),
  }
}

/** The response as it is when it begins. */
export function emptyResponse(material: ReplyMaterial): WireResponse {
  return {
    id: responseId(material.requestId),
    object: 'response',
    created_at: Math.floor(material.createdAtMs / 1000),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: material.ask.instructions === '' ? null : material.ask.instructions,
    metadata: {},
    model: material.model,
    output: [],
    parallel_tool_calls: material.ask.parallelTools,
    service_tier: 'default',
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
  }
}

function answerOf({ answers }: ReplyMaterial): Answer {
  return answers[0]!
}

function incompleteReason({ ending }: Answer): 'max_output_tokens' | 'content_filter' | undefined {
  if (ending === 'length') return 'max_output_tokens'
  return ending === 'filtered' ? 'content_filter' : undefined
}

/** What the answer is made of: reasoning that is not shown comes first, as an item without a summary. */
export function spokenParts(material: ReplyMaterial): readonly (AnswerPart | 'hidden')[] {
  const answer = answerOf(material)
  return [...(answer.hiddenReasoningTokens > 0 ? (['hidden'] as const) : []), ...answer.parts]
}

function outputItems(material: ReplyMaterial): ResponseOutputItem[] {
  return spokenParts(material).map((part, index) => outputItem(part, index, material))
}

/** A part of an answer as an item. */
export function outputItem(part: AnswerPart | 'hidden', index: number, material: ReplyMaterial): ResponseOutputItem {
  const id = (prefix: string) => `${prefix}_${material.requestId.replace(/^req_/, '')}_${index}`
  if (part === 'hidden') return { id: id('rs'), type: 'reasoning', summary: [], ...seal(material, 'hidden') }
  switch (part.type) {
    case 'thinking':
      return {
        id: id('rs'),
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: part.text }],
        ...seal(material, part.text),
      }
    case 'text':
      return {
        id: id('msg'),
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: part.text, annotations: [], logprobs: [] }],
      }
    case 'refusal':
      return {
        id: id('msg'),
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'refusal', refusal: part.text }],
      }
    case 'tool-call':
      return toolCall(part, id)
  }
}

function toolCall(part: ToolCallPart, id: (prefix: string) => string): ResponseOutputItem {
  const call_id = `call_${part.key}`
  if (part.kind === 'custom') {
    return { id: id('ctc'), type: 'custom_tool_call', call_id, name: part.name, input: part.input }
  }
  return { id: id('fc'), type: 'function_call', status: 'completed', call_id, name: part.name, arguments: part.input }
}

function seal({ ask }: ReplyMaterial, text: string): { encrypted_content?: string } {
  return ask.thinking.sealed === true ? { encrypted_content: `gAAAA${digest(text)}` } : {}
}

function responseUsage({ input, answers }: ReplyMaterial): ResponseUsage {
  const prompt = totalInput(input)
  const output = answers.reduce((sum, answer) => sum + outputTokens(answer), 0)
  const reasoning = answers.reduce((sum, answer) => sum + reasoningTokens(answer), 0)
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: input.cacheRead, cache_write_tokens: input.cacheWriteOther },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: prompt + output,
  }
}
