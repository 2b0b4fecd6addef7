import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import {
  ConverseCommand,
  ConverseStreamCommand,
  BedrockRuntimeServiceException as ServiceException,
} from '@aws-sdk/client-bedrock-runtime'
import { ApiError, GoogleGenAI } from '@google/genai'
import { AISDKError, generateText, jsonSchema, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { defaultConfig } from '../../src/config.ts'
import { createSeam } from '../../src/create-seam.ts'
import { isInseamError } from '../../src/errors/index.ts'
import { openGateway } from '../../src/gateway/index.ts'
import { feature, prompt } from '../../src/index.ts'
import { officialClient } from '../../src/simulator/bedrock-converse/official-client.suite.ts'
import { createMemoryCache, createMemoryEventSink } from '../../src/stores/memory/index.ts'
import {
  type Ask,
  anthropicClient,
  chatClient,
  geminiClient,
  question,
  responsesClient,
  type Seen,
} from '../../test/faults/clients.ts'
import { alias } from '../../test/stand.ts'
import { type Cell, patienceMs, totalMs } from './cell.ts'

/** A subject ready to be asked, and how it is put away. */
export interface Opened {
  readonly ask: Ask
  close(): Promise<void>
}

const model = 'sim-small'
const nothing = async () => undefined

/** Opens the subject that a cell names. */
export async function openSubject(cell: Cell): Promise<Opened> {
  switch (cell.subject) {
    case 'official SDK':
      return { ask: sdk(cell, cell.url, headersOf(cell)), close: nothing }
    case 'AI SDK':
      return { ask: aiSdk(cell), close: nothing }
    case 'Portkey':
      return { ask: portkey(cell), close: nothing }
    default:
      return inseam(cell)
  }
}

const headersOf = ({ simulate }: Cell): Record<string, string> => (simulate ? { 'x-simulate': simulate } : {})

/** An official SDK with its defaults, but for how long it waits. */
function sdk({ dialect }: Cell, url: string, defaultHeaders: Record<string, string>, retries?: number): Ask {
  const options = { apiKey: 'simulated', defaultHeaders, timeout: patienceMs, maxRetries: retries }
  switch (dialect) {
    case 'openai-chat':
      return chatClient(new OpenAI({ ...options, baseURL: `${url}/v1` }))
    case 'openai-responses':
      return responsesClient(new OpenAI({ ...options, baseURL: `${url}/v1` }))
    case 'anthropic-messages':
      return anthropicClient(new Anthropic({ ...options, baseURL: url }))
    case 'gemini':
      return geminiClient(
        new GoogleGenAI({
          apiKey: 'simulated',
          httpOptions: { baseUrl: url, headers: defaultHeaders, timeout: patienceMs },
        }),
      )
    case 'bedrock-converse':
      return bedrockClient(url)
  }
}

/** Bedrock by AWS's SDK with its own retries, over HTTP/1.1, which is what the simulator speaks. */
function bedrockClient(url: string): Ask {
  const client = officialClient(url, { maxAttempts: 3 })
  return async ({ stream, signal }): Promise<Seen> => {
    const request = { modelId: model, messages: [{ role: 'user' as const, content: [{ text: question }] }] }
    const end = (text: string, ending: string | undefined): Seen => {
      const isWhole = ending === 'end_turn' || ending === 'tool_use' || ending === 'stop_sequence'
      return { text, tools: [], isWhole, ...(ending !== undefined && { ending }) }
    }
    if (!stream) {
      const { output, stopReason } = await client.send(new ConverseCommand(request), { abortSignal: signal })
      return end(output?.message?.content?.map((block) => block.text ?? '').join('') ?? '', stopReason)
    }
    let text = ''
    let ending: string | undefined
    const { stream: events } = await client.send(new ConverseStreamCommand(request), { abortSignal: signal })
    for await (const event of events ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? ''
      ending = event.messageStop?.stopReason ?? ending
    }
    return end(text, ending)
  }
}

/** `generateText` and `streamText` with their defaults, but for how long they wait. */
function aiSdk(cell: Cell): Ask {
  const options = { apiKey: 'simulated', headers: headersOf(cell) }
  const chosen = {
    'openai-chat': () => createOpenAI({ ...options, baseURL: `${cell.url}/v1` }).chat(model),
    'openai-responses': () => createOpenAI({ ...options, baseURL: `${cell.url}/v1` }).responses(model),
    'anthropic-messages': () => createAnthropic({ ...options, baseURL: `${cell.url}/v1` })(model),
    gemini: () => createGoogle({ ...options, baseURL: `${cell.url}/v1beta` })(model),
    'bedrock-converse': () => {
      throw new Error('Its provider for Bedrock is not among the packages here.')
    },
  }[cell.dialect]()
  const parameters = { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] } as const
  return async ({ stream, withTool, signal }) => {
    const request = {
      model: chosen,
      prompt: question,
      maxOutputTokens: 500,
      timeout: { totalMs, chunkMs: patienceMs },
      ...(signal && { abortSignal: signal }),
      ...(withTool && { tools: { get_order_status: tool({ inputSchema: jsonSchema(parameters as never) }) } }),
    }
    const seen = (
      text: string,
      calls: readonly { readonly toolName: string; readonly invalid?: boolean }[],
      ending: string,
    ): Seen => ({
      text,
      tools: calls.flatMap(({ toolName, invalid }) => (invalid ? [] : [toolName])),
      isWhole: ending === 'stop' || ending === 'tool-calls',
      // `other` and `unknown` say nothing of how it ended.
      ...(!['other', 'unknown'].includes(ending) && { ending }),
    })
    if (!stream) {
      const { text, toolCalls, finishReason } = await generateText(request)
      return seen(text, toolCalls, finishReason)
    }
    let failure: { readonly error: unknown } | undefined
    const result = streamText({
      ...request,
      onError: ({ error }) => {
        failure = { error }
      },
    })
    let text = ''
    for await (const part of result.textStream) text += part
    if (failure) throw failure.error
    return seen(text, await result.toolCalls, await result.finishReason)
  }
}

/** Portkey's gateway with its defaults, through the official SDK without retries of its own. */
function portkey(cell: Cell): Ask {
  const isAnthropic = cell.dialect === 'anthropic-messages'
  const headers = {
    ...headersOf(cell),
    'x-portkey-provider': isAnthropic ? 'anthropic' : 'openai',
    'x-portkey-custom-host': `${cell.url}/v1`,
    ...(cell.simulate && { 'x-portkey-forward-headers': 'x-simulate' }),
  }
  return sdk(cell, cell.portkeyUrl ?? '', headers, 0)
}

/** Inseam in front of one target, with short clocks; through the official SDK without retries of its own, or as a library. */
async function inseam(cell: Cell): Promise<Opened> {
  const plain = defaultConfig({}, { simulatorUrl: cell.url })
  const provider = plain.providers.find(({ dialect }) => dialect === cell.dialect)
  if (!provider) throw new Error(`No provider speaks ${cell.dialect}.`)
  const timeouts = { connectMs: patienceMs, headersMs: patienceMs, firstTokenMs: patienceMs, idleMs: 1_000, totalMs }
  const config = {
    ...plain,
    providers: [{ ...provider, name: 'target', headers: headersOf(cell) }],
    aliases: [alias('asked', [`target/${model}`], { timeouts, retry: { attempts: 3, baseMs: 500, capMs: 8_000 } })],
  }
  const seam = createSeam({ config, events: createMemoryEventSink(), cache: createMemoryCache() })
  if (cell.subject === 'inseam gateway') {
    const gateway = await openGateway({ pipeline: seam, port: 0 })
    const dialect = cell.dialect === 'bedrock-converse' ? 'openai-chat' : cell.dialect
    const patient = { ...cell, dialect }
    const ask = patientSdk(patient, gateway.url)
    const close = async () => {
      await gateway.drain(0)
      await seam.close()
    }
    return { ask: (asked) => ask({ ...asked, model: 'asked' }), close }
  }
  const asks = feature({ name: 'ask', model: 'asked', maxOutputTokens: 500, prompt: () => prompt`${question}` })
  const ask: Ask = async ({ stream, signal }) => {
    const options = signal ? { signal } : {}
    if (!stream) return read(await seam.complete(asks, undefined, options))
    for await (const part of seam.stream(asks, undefined, options)) if (part.type === 'reply') return read(part.reply)
    throw new Error('The stream ended without a reply.')
  }
  return { ask, close: () => seam.close() }
}

function patientSdk(cell: Cell, url: string): Ask {
  const options = { apiKey: 'none', maxRetries: 0 }
  if (cell.dialect === 'anthropic-messages') return anthropicClient(new Anthropic({ ...options, baseURL: url }))
  if (cell.dialect === 'gemini') return geminiClient(new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } }))
  const openai = new OpenAI({ ...options, baseURL: `${url}/v1` })
  return cell.dialect === 'openai-responses' ? responsesClient(openai) : chatClient(openai)
}

function read({ text, ending }: { readonly text: string; readonly ending: { readonly type: string } }): Seen {
  return { text, tools: [], isWhole: ending.type === 'completed', ending: ending.type }
}

/** Whether what was thrown is of a type that the library which was asked has for its failures. */
export function isTyped(thrown: unknown, { subject, dialect }: Cell): boolean {
  if (thrown instanceof DOMException && /^(Timeout|Abort)Error$/.test(thrown.name)) return true
  if (subject === 'inseam library') return isInseamError(thrown)
  if (subject === 'AI SDK') return AISDKError.isInstance(thrown)
  if (dialect === 'anthropic-messages') return thrown instanceof Anthropic.AnthropicError
  if (dialect === 'gemini') return thrown instanceof ApiError
  if (dialect === 'bedrock-converse' && subject === 'official SDK') return thrown instanceof ServiceException
  return thrown instanceof OpenAI.OpenAIError || thrown instanceof OpenAI.APIError
}
