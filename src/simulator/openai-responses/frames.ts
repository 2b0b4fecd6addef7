import type { ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses'
import type { AnswerPart } from '../answer.ts'
import { countTokens } from '../books/count-tokens.ts'
import type { Frame, ReplyMaterial } from '../dialect.ts'
import { deltasOf } from '../model/answer-tokens.ts'
import { ofPart } from '../of-part.ts'
import { emptyResponse, outputItem, spokenParts, type WireResponse, wholeResponse } from './reply.ts'

/** An event before it is numbered; its response is as it is on the wire. */
type Step<E extends ResponseStreamEvent = ResponseStreamEvent> = E extends { response: unknown }
  ? Omit<E, 'sequence_number' | 'response'> & { readonly response: Partial<WireResponse> }
  : Omit<E, 'sequence_number'>

type Write = (step: Step, counts?: Partial<Omit<Frame, 'text'>>) => Frame

/** A Responses stream: the response begins, each item from its start to its end, and the response whole. */
export function* responsesFrames(material: ReplyMaterial): Generator<Frame> {
  let sequence = 0
  const write: Write = (step, counts) => {
    const text = `event: ${step.type}\ndata: ${JSON.stringify({ ...step, sequence_number: sequence++ })}\n\n`
    return { text, kind: 'lifecycle', outputTokens: 0, reasoningTokens: 0, carriesUsage: false, ...counts }
  }
  yield write({ type: 'response.created', response: emptyResponse(material) })
  yield write({ type: 'response.in_progress', response: emptyResponse(material) })
  for (const [index, part] of spokenParts(material).entries()) {
    yield* ofPart(index, itemFrames(part, index, material, write))
  }
  const { usage, ...rest } = wholeResponse(material)
  const response = { ...rest, ...(!material.omitUsage && { usage }) }
  const type = response.status === 'completed' ? 'response.completed' : 'response.incomplete'
  yield write({ type, response }, { kind: 'ending', carriesUsage: !material.omitUsage })
  // Some hosts end with what ends their other streams.
  if (material.omitEnding) {
    yield { text: 'data: [DONE]\n\n', kind: 'ending', outputTokens: 0, reasoningTokens: 0, carriesUsage: false }
  }
}

function* itemFrames(
  part: AnswerPart | 'hidden',
  output_index: number,
  material: ReplyMaterial,
  write: Write,
): Generator<Frame> {
  const item = outputItem(part, output_index, material)
  const at = { item_id: item.id ?? '', output_index }
  yield write({ type: 'response.output_item.added', output_index, item: begun(item) }, openingCounts(part, material))
  if (part !== 'hidden') yield* wordFrames(part, at, material.tokensPerDelta, write)
  yield write({ type: 'response.output_item.done', output_index, item })
}

function openingCounts(part: AnswerPart | 'hidden', { answers }: ReplyMaterial): Partial<Frame> {
  if (part === 'hidden') {
    const tokens = answers[0]!.hiddenReasoningTokens
    return { outputTokens: tokens, reasoningTokens: tokens }
  }
  return part.type === 'tool-call' ? { kind: 'content', outputTokens: countTokens(part.name) } : {}
}

function begun(item: ResponseOutputItem): ResponseOutputItem {
  switch (item.type) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] }
    case 'reasoning':
      return { ...item, summary: [] }
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' }
    case 'custom_tool_call':
      return { ...item, input: '' }
    default:
      return item
  }
}

interface At {
  readonly item_id: string
  readonly output_index: number
}

function* wordFrames(part: AnswerPart, at: At, tokensPerDelta: number, write: Write): Generator<Frame> {
  const said = part.type === 'tool-call' ? part.input : part.text
  const inContent = { ...at, content_index: 0 }
  const inSummary = { ...at, summary_index: 0 }
  switch (part.type) {
    case 'text': {
      const empty = { type: 'output_text' as const, text: '', annotations: [], logprobs: [] }
      yield write({ type: 'response.content_part.added', ...inContent, part: empty })
      for (const { text: delta, tokens } of deltasOf(said, tokensPerDelta)) {
        yield write({ type: 'response.output_text.delta', ...inContent, delta, logprobs: [] }, content(tokens))
      }
      yield write({ type: 'response.output_text.done', ...inContent, text: said, logprobs: [] })
      yield write({ type: 'response.content_part.done', ...inContent, part: { ...empty, text: said } })
      return
    }
    case 'refusal': {
      const empty = { type: 'refusal' as const, refusal: '' }
      yield write({ type: 'response.content_part.added', ...inContent, part: empty })
      for (const { text: delta, tokens } of deltasOf(said, tokensPerDelta)) {
        yield write({ type: 'response.refusal.delta', ...inContent, delta }, content(tokens))
      }
      yield write({ type: 'response.refusal.done', ...inContent, refusal: said })
      yield write({ type: 'response.content_part.done', ...inContent, part: { ...empty, refusal: said } })
      return
    }
    case 'thinking': {
      const empty = { type: 'summary_text' as const, text: '' }
      yield write({ type: 'response.reasoning_summary_part.added', ...inSummary, part: empty })
      for (const { text: delta, tokens } of deltasOf(said, tokensPerDelta)) {
        const counts = { ...content(tokens), reasoningTokens: tokens }
        yield write({ type: 'response.reasoning_summary_text.delta', ...inSummary, delta }, counts)
      }
      yield write({ type: 'response.reasoning_summary_text.done', ...inSummary, text: said })
      yield write({ type: 'response.reasoning_summary_part.done', ...inSummary, part: { ...empty, text: said } })
      return
    }
    case 'tool-call': {
      const isCustom = part.kind === 'custom'
      for (const { text: delta, tokens } of deltasOf(said, tokensPerDelta)) {
        const type = isCustom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta'
        yield write({ type, ...at, delta }, content(tokens))
      }
      yield isCustom
        ? write({ type: 'response.custom_tool_call_input.done', ...at, input: said })
        : write({ type: 'response.function_call_arguments.done', ...at, name: part.name, arguments: said } as Step)
    }
  }
}

function content(outputTokens: number): Partial<Frame> {
  return { kind: 'content', outputTokens }
}
