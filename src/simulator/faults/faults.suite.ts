import Anthropic from '@anthropic-ai/sdk'
import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { officialClient } from '../bedrock-converse/official-client.suite.ts'
import type { InvoiceLine } from '../books/invoice.ts'
import { type Simulator, startSimulator } from '../index.ts'
import type { FaultKind } from './fault-kind.ts'

export type Outcome =
  | { readonly ending: string | null; readonly text: string; readonly usage: boolean }
  | { readonly error: string; readonly status: number | undefined }
  | 'still waiting'

export const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'bedrock-converse', 'gemini'] as const
export const question = [{ role: 'user' as const, content: 'How do I make sourdough bread at home?' }]

/** Asks once, in a dialect, and says how it ended. Leaves as soon as `leave` aborts. */
export async function ask(
  simulator: Simulator,
  dialect: (typeof dialects)[number],
  model: string,
  stream: boolean,
  leave: AbortSignal,
): Promise<Outcome> {
  try {
    const asking = askers[dialect]
    const outcome = await asking(simulator, model, stream, leave)
    return leave.aborted ? 'still waiting' : outcome
  } catch (error) {
    if (leave.aborted) return 'still waiting'
    const { status, $metadata, message } = error as {
      status?: number
      $metadata?: { httpStatusCode?: number }
      message: string
    }
    return { error: message, status: status ?? $metadata?.httpStatusCode }
  }
}

async function askOpenai(simulator: Simulator, model: string, stream: boolean, signal: AbortSignal): Promise<Outcome> {
  const client = new OpenAI({
    baseURL: `${simulator.url}/v1`,
    apiKey: 'test',
    maxRetries: 0,
    logLevel: 'off',
    fetchOptions: { redirect: 'manual' },
  })
  const request = { model, messages: question }
  if (!stream) {
    const reply = await client.chat.completions.create(request, { signal })
    const choice = reply.choices?.[0]
    const text = choice?.message.content ?? choice?.message.refusal ?? ''
    return { ending: choice?.finish_reason ?? null, text, usage: reply.usage !== undefined }
  }
  let ending: string | null = null
  let text = ''
  let usage = false
  const options = { ...request, stream: true as const, stream_options: { include_usage: true } }
  for await (const chunk of await client.chat.completions.create(options, { signal })) {
    ending = chunk.choices?.[0]?.finish_reason ?? ending
    text += chunk.choices?.[0]?.delta.content ?? chunk.choices?.[0]?.delta.refusal ?? ''
    usage ||= chunk.usage !== undefined && chunk.usage !== null
  }
  return { ending, text, usage }
}

async function askResponses(
  simulator: Simulator,
  model: string,
  stream: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const client = new OpenAI({
    baseURL: `${simulator.url}/v1`,
    apiKey: 'test',
    maxRetries: 0,
    logLevel: 'off',
    fetchOptions: { redirect: 'manual' },
  })
  const ended = ({
    status,
    incomplete_details: details,
    output_text: text,
    output,
    usage,
  }: OpenAI.Responses.Response) => {
    const refusals = output?.flatMap((item) => (item.type === 'message' ? item.content : []))
    const refusal = refusals?.map((part) => (part.type === 'refusal' ? part.refusal : '')).join('')
    return { ending: details?.reason ?? status ?? null, text: text || refusal || '', usage: usage !== undefined }
  }
  const request = { model, input: question }
  if (!stream) return ended(await client.responses.create(request, { signal }))
  let outcome: { ending: string | null; text: string; usage: boolean } = { ending: null, text: '', usage: false }
  for await (const event of await client.responses.create({ ...request, stream: true }, { signal })) {
    if (event.type === 'response.output_text.delta') outcome = { ...outcome, text: outcome.text + event.delta }
    if (event.type === 'response.completed' || event.type === 'response.incomplete') {
      const whole = ended(event.response)
      outcome = { ...whole, text: outcome.text || whole.text }
    }
  }
  return outcome
}

async function askAnthropic(
  simulator: Simulator,
  model: string,
  stream: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  const client = new Anthropic({
    baseURL: simulator.url,
    apiKey: 'test',
    maxRetries: 0,
    logLevel: 'off',
    fetchOptions: { redirect: 'manual' },
  })
  const request = { model, max_tokens: 500, messages: question }
  if (!stream) {
    const reply = await client.messages.create(request, { signal })
    const text = reply.content?.map((block) => (block.type === 'text' ? block.text : '')).join('') ?? ''
    return { ending: reply.stop_reason ?? null, text, usage: reply.usage !== undefined }
  }
  let ending: string | null = null
  let text = ''
  let usage = false
  for await (const event of await client.messages.create({ ...request, stream: true }, { signal })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text
    if (event.type === 'message_delta') {
      ending = event.delta.stop_reason
      usage = event.usage !== undefined
    }
  }
  return { ending, text, usage }
}

async function askBedrock(simulator: Simulator, model: string, stream: boolean, signal: AbortSignal): Promise<Outcome> {
  const client = officialClient(simulator.url)
  const request = { modelId: model, messages: [{ role: 'user' as const, content: [{ text: question[0]!.content }] }] }
  const options = { abortSignal: signal }
  if (!stream) {
    const { output, stopReason, usage } = await client.send(new ConverseCommand(request), options)
    const text = output?.message?.content?.map((block) => block.text ?? '').join('') ?? ''
    return { ending: stopReason ?? null, text, usage: usage !== undefined }
  }
  let ending: string | null = null
  let text = ''
  let usage = false
  const { stream: events } = await client.send(new ConverseStreamCommand(request), options)
  for await (const event of events ?? []) {
    text += event.contentBlockDelta?.delta?.text ?? ''
    ending = event.messageStop?.stopReason ?? ending
    usage ||= event.metadata?.usage !== undefined
  }
  return { ending, text, usage }
}

async function askGemini(simulator: Simulator, model: string, stream: boolean, signal: AbortSignal): Promise<Outcome> {
  const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: simulator.url } })
  const request = { model, contents: question[0]!.content, config: { abortSignal: signal } }
  let outcome: { ending: string | null; text: string; usage: boolean } = { ending: null, text: '', usage: false }
  const add = ({ candidates, usageMetadata }: GenerateContentResponse) => {
    const [candidate] = candidates ?? []
    const text = candidate?.content?.parts?.map((part) => part.text ?? '').join('') ?? ''
    outcome = {
      ending: candidate?.finishReason ?? outcome.ending,
      text: outcome.text + text,
      usage: outcome.usage || usageMetadata !== undefined,
    }
  }
  if (!stream) add(await client.models.generateContent(request))
  else for await (const response of await client.models.generateContentStream(request)) add(response)
  return outcome
}

const askers = {
  'openai-chat': askOpenai,
  'openai-responses': askResponses,
  'anthropic-messages': askAnthropic,
  'bedrock-converse': askBedrock,
  gemini: askGemini,
}

/** Asks a model with the fault after its name; where no end is to be expected, leaves once the simulator has begun. */
export async function suffer(
  fault: string,
  dialect: (typeof dialects)[number],
  stream: boolean,
): Promise<{ outcome: Outcome; line: InvoiceLine }> {
  await using simulator = await startSimulator()
  const leave = new AbortController()
  const asking = ask(simulator, dialect, `sim-small+${fault}`, stream, leave.signal)
  const endless =
    /^(no-answer|headers-dripped|stall|ping-only|slow-first-token|slow-tokens)/.test(fault) ||
    (stream && /^(left-open|endless-)/.test(fault))
  if (endless) {
    const begun = () => {
      const entry = simulator.log()[0]
      return entry?.fault != null && (!stream || /^(no-answer|headers-dripped)/.test(fault) || entry.status !== null)
    }
    while (!begun()) await new Promise((resolve) => setImmediate(resolve))
    leave.abort()
  }
  const outcome = await asking
  await simulator.idle()
  const line = simulator.invoice().lines[0]
  if (line === undefined) throw new Error('The exchange is not on the invoice.')
  return { outcome, line }
}

/** How an outcome reads: `!` is an error, with its status where it has one; else the ending, the words, and whether usage came. */
export function spelled(outcome: Outcome): string {
  if (outcome === 'still waiting') return 'waiting'
  if ('error' in outcome) return `! ${outcome.status ?? 'none'} ${outcome.error}`
  return `${outcome.ending} ${outcome.text} ${outcome.usage ? 'usage' : 'no usage'}`
}

/** What a client sees of each fault, not streamed and streamed, as `spelled` puts it. */
export type Expected = Readonly<Record<string, readonly [whole: RegExp, streamed: RegExp]>>

/** What a test can bear. */
const settings: Readonly<Record<string, string>> = {
  'huge-event': ':mebibytes=1',
  'gzip-bomb': ':bytes=2000000',
}

/** That each of these faults, in each dialect, streamed and not, is seen by the official client and stands right on the invoice. */
export function faultsAreSeen(
  kinds: Readonly<Record<string, FaultKind>>,
  expected: Expected,
  expectedOf: Partial<Record<(typeof dialects)[number], Expected>>,
): void {
  test('every fault has its expectation', () => {
    expect(Object.keys(expected).toSorted()).toEqual(Object.keys(kinds).toSorted())
  })

  for (const [name, { bills, notIn, streamedOnly }] of Object.entries(kinds)) {
    for (const dialect of dialects) {
      for (const stream of [false, true]) {
        test(`${name} in ${dialect}, ${stream ? 'streamed' : 'whole'}, is seen by the client and stands on the invoice`, async () => {
          const { outcome, line } = await suffer(`${name}${settings[name] ?? ''}`, dialect, stream)
          const own = expectedOf[dialect]?.[name]
          expect(spelled(outcome)).toMatch((own ?? expected[name]!)[stream ? 1 : 0])
          const strikes = !notIn?.includes(dialect) && (stream || !streamedOnly)
          expect(line.fault).toBe(strikes ? name : null)
          if (!strikes) return
          if (bills === 'nothing') expect(line.costNanoUsd).toBe(0)
          if (bills === 'input') expect(line.usage).toMatchObject({ uncachedInput: expect.any(Number), output: 0 })
          if (bills === 'all') expect(line.usage.output).toBeGreaterThan(5)
          if (outcome === 'still waiting') expect(line.cancelled).toBe(true)
        })
      }
    }
  }
}
