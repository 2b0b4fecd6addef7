import type { ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { Answer, AnswerPart } from '../answer.ts'
import { countTokens } from '../books/count-tokens.ts'
import type { Frame, ReplyMaterial } from '../dialect.ts'
import { deltasOf } from '../model/answer-tokens.ts'
import { ofPart } from '../of-part.ts'
import { takingTurns } from '../taking-turns.ts'
import { chatId, chatUsage, finishReason, toolCallId } from './reply.ts'

type Delta = ChatCompletionChunk.Choice.Delta

interface Step {
  readonly delta: Delta
  readonly kind: Frame['kind']
  readonly tokens: number
  readonly reasoningTokens: number
  readonly part?: number
}

/** A Chat Completions stream: a role, the content of the choices in turn, their endings, usage where asked for, `[DONE]`. */
export function* chatFrames(material: ReplyMaterial): Generator<Frame> {
  const withUsage = material.ask.usageInStream
  const head = {
    id: chatId(material),
    object: 'chat.completion.chunk',
    created: Math.floor(material.createdAtMs / 1000),
    model: material.model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
  } as const

  function chunk(choices: ChatCompletionChunk['choices'], usage: ChatCompletionChunk['usage']): string {
    const body: ChatCompletionChunk = { ...head, choices, ...(withUsage && { usage }) }
    return `data: ${JSON.stringify(body)}\n\n`
  }
  function choice(index: number, delta: Delta, reason: ChatCompletionChunk.Choice['finish_reason']): string {
    return chunk([{ index, delta, logprobs: null, finish_reason: reason }], null)
  }

  for (const [index, step] of takingTurns(material.answers.map((answer) => steps(answer, material.tokensPerDelta)))) {
    const text = choice(index, step.delta, null)
    const { kind, tokens, reasoningTokens, part } = step
    yield {
      text,
      kind,
      outputTokens: tokens,
      reasoningTokens,
      carriesUsage: false,
      ...(part !== undefined && { part }),
    }
  }
  for (const [index, answer] of material.answers.entries()) {
    yield ending(choice(index, {}, finishReason(answer.ending)), false)
  }
  if (withUsage && !material.omitUsage) yield ending(chunk([], chatUsage(material)), true)
  yield ending('data: [DONE]\n\n', false)
}

function ending(text: string, carriesUsage: boolean): Frame {
  return { text, kind: 'ending', outputTokens: 0, reasoningTokens: 0, carriesUsage }
}

function* steps(answer: Answer, tokensPerDelta: number): Generator<Step> {
  const refused = answer.parts.some((part) => part.type === 'refusal')
  const calls = answer.parts.some((part) => part.type === 'tool-call')
  const reasoning = answer.hiddenReasoningTokens
  const delta: Delta = {
    role: 'assistant',
    ...(!refused && { content: calls ? null : '' }),
    refusal: refused ? '' : null,
  }
  yield { delta, kind: 'lifecycle', tokens: reasoning, reasoningTokens: reasoning }
  let callIndex = 0
  for (const part of answer.parts) {
    if (part.type === 'tool-call') yield* ofPart(callIndex, partSteps(part, callIndex++, tokensPerDelta))
    else yield* partSteps(part, 0, tokensPerDelta)
  }
}

function* partSteps(part: AnswerPart, callIndex: number, tokensPerDelta: number): Generator<Step> {
  if (part.type === 'tool-call') {
    const { name, kind } = part
    const head = { index: callIndex, id: toolCallId(part) }
    const opening =
      kind === 'custom'
        ? { ...head, type: kind, custom: { name, input: '' } }
        : { ...head, type: kind, function: { name, arguments: '' } }
    yield content({ tool_calls: [opening] }, countTokens(name))
    for (const { text, tokens } of deltasOf(part.input, tokensPerDelta)) {
      const piece = kind === 'custom' ? { custom: { input: text } } : { function: { arguments: text } }
      yield content({ tool_calls: [{ index: callIndex, ...piece }] }, tokens)
    }
    return
  }
  for (const { text, tokens } of deltasOf(part.text, tokensPerDelta)) {
    yield content(part.type === 'refusal' ? { refusal: text } : { content: text }, tokens)
  }
}

function content(delta: Delta, tokens: number): Step {
  return { delta, kind: 'content', tokens, reasoningTokens: 0 }
}
