import type Anthropic from '@anthropic-ai/sdk'
import type { GenerateContentResponse, GoogleGenAI } from '@google/genai'
import type OpenAI from 'openai'

/** What a client made of an answer that it was given as one: its text, and what its SDK says of how it ended. */
export interface Seen {
  readonly text: string
  /** Names of the tools that are called, where the SDK could read the arguments whole. */
  readonly tools: readonly string[]
  /** The dialect's own word; absent where the SDK was told none. */
  readonly ending?: string
  /** Whether that word says that the model had finished. */
  readonly isWhole: boolean
}

/** What is asked. */
export interface Asked {
  readonly model: string
  readonly stream: boolean
  readonly withTool?: boolean
  readonly signal?: AbortSignal
}

/** A client that asks in its own dialect. Rejects with whatever its SDK throws. */
export type Ask = (asked: Asked) => Promise<Seen>

export const question = 'Where is my order 4711? Please look it up and tell me when it arrives at my door.'
const limit = 500
const name = 'get_order_status'
const parameters = { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] } as const

/** Chat Completions by OpenAI's SDK. */
export function chatClient(openai: OpenAI): Ask {
  return async ({ model, stream, withTool, signal }) => {
    const body = {
      model,
      max_completion_tokens: limit,
      messages: [{ role: 'user' as const, content: question }],
      ...(withTool && { tools: [{ type: 'function' as const, function: { name, parameters } }] }),
    }
    if (!stream) {
      const { choices } = await openai.chat.completions.create(body, { signal })
      const [choice] = choices ?? []
      const calls = choice?.message?.tool_calls ?? []
      return seen(
        choice?.message?.content ?? choice?.message?.refusal ?? '',
        calls.map((call) => (call.type === 'function' ? [call.function.name, call.function.arguments] : ['', ''])),
        choice?.message?.refusal ? 'refusal' : choice?.finish_reason,
      )
    }
    let text = ''
    let refusal = ''
    let ending: string | undefined
    const calls: [string, string][] = []
    for await (const { choices } of await openai.chat.completions.create({ ...body, stream: true }, { signal })) {
      const [choice] = choices ?? []
      text += choice?.delta?.content ?? ''
      refusal += choice?.delta?.refusal ?? ''
      for (const { index, function: part } of choice?.delta?.tool_calls ?? []) {
        calls[index] ??= ['', '']
        const call = calls[index]
        call[0] += part?.name ?? ''
        call[1] += part?.arguments ?? ''
      }
      ending = choice?.finish_reason ?? ending
    }
    return seen(text || refusal, calls, refusal && ending ? 'refusal' : ending)
  }
}

/** Responses by OpenAI's SDK. */
export function responsesClient(openai: OpenAI): Ask {
  return async ({ model, stream, withTool, signal }) => {
    const body = {
      model,
      max_output_tokens: limit,
      input: question,
      ...(withTool && { tools: [{ type: 'function' as const, name, parameters, strict: false }] }),
    }
    const read = ({ status, incomplete_details: details, output, output_text }: OpenAI.Responses.Response): Seen => {
      const parts = output?.flatMap((item) => (item.type === 'message' ? item.content : [])) ?? []
      const refusal = parts.map((part) => (part.type === 'refusal' ? part.refusal : '')).join('')
      const calls = output?.flatMap((item) => (item.type === 'function_call' ? [[item.name, item.arguments]] : []))
      return seen(output_text || refusal, calls ?? [], refusal ? 'refusal' : (details?.reason ?? status))
    }
    if (!stream) return read(await openai.responses.create(body, { signal }))
    let text = ''
    let last: Seen | undefined
    for await (const event of await openai.responses.create({ ...body, stream: true }, { signal })) {
      if (event.type === 'response.output_text.delta' || event.type === 'response.refusal.delta') text += event.delta
      if (event.type === 'response.completed' || event.type === 'response.incomplete') last = read(event.response)
      if (event.type === 'response.failed') throw new Error(event.response.error?.message ?? 'response.failed')
      if (event.type === 'error') throw new Error(event.message)
    }
    return { ...(last ?? seen(text, [], undefined)), text: text || (last?.text ?? '') }
  }
}

/** Messages by Anthropic's SDK. */
export function anthropicClient(anthropic: Anthropic): Ask {
  return async ({ model, stream, withTool, signal }) => {
    const body = {
      model,
      max_tokens: limit,
      messages: [{ role: 'user' as const, content: question }],
      ...(withTool && { tools: [{ name, input_schema: parameters as never }] }),
    }
    const { content, stop_reason: ending } = stream
      ? await anthropic.messages.stream(body, { signal }).finalMessage()
      : await anthropic.messages.create(body, { signal })
    const text = content?.map((block) => (block.type === 'text' ? block.text : '')).join('')
    const calls = content?.flatMap((block) =>
      block.type === 'tool_use' ? [[block.name, JSON.stringify(block.input)]] : [],
    )
    return seen(text ?? '', calls ?? [], ending)
  }
}

/** Gemini by Google's SDK. */
export function geminiClient(gemini: GoogleGenAI): Ask {
  return async ({ model, stream, withTool, signal }) => {
    const request = {
      model,
      contents: question,
      config: {
        maxOutputTokens: limit,
        ...(signal && { abortSignal: signal }),
        ...(withTool && { tools: [{ functionDeclarations: [{ name, parametersJsonSchema: parameters }] }] }),
      },
    }
    let text = ''
    let ending: string | undefined
    const calls: string[][] = []
    const add = ({ candidates, promptFeedback }: GenerateContentResponse) => {
      const [candidate] = candidates ?? []
      for (const part of candidate?.content?.parts ?? []) {
        if (!part.thought) text += part.text ?? ''
        if (part.functionCall) calls.push([part.functionCall.name ?? '', JSON.stringify(part.functionCall.args ?? {})])
      }
      ending = candidate?.finishReason ?? promptFeedback?.blockReason ?? ending
    }
    if (!stream) add(await gemini.models.generateContent(request))
    else for await (const response of await gemini.models.generateContentStream(request)) add(response)
    return seen(text, calls, ending)
  }
}

/** The words by which dialects say that the model had finished. */
const whole = new Set(['stop', 'tool_calls', 'completed', 'end_turn', 'stop_sequence', 'tool_use', 'STOP'])

/** What a client saw; only the calls whose arguments are JSON count as read. */
export function seen(text: string, calls: readonly (readonly string[])[], ending: string | null | undefined): Seen {
  const tools = calls.flatMap(([tool = '', input = '']) => (isJson(input) ? [tool] : []))
  return { text, tools, ...(ending != null && { ending }), isWhole: ending != null && whole.has(ending) }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
