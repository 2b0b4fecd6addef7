import Anthropic from '@anthropic-ai/sdk'
import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { officialClient } from '../bedrock-converse/official-client.suite.ts'
import type { InvoiceLine } from '../books/invoice.ts'
import { faults, type Simulator, startSimulator } from '../index.ts'

type Outcome =
  | { readonly ending: string | null; readonly text: string; readonly usage: boolean }
  | { readonly error: string; readonly status: number | undefined }
  | 'still waiting'

const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'bedrock-converse', 'gemini'] as const
const question = [{ role: 'user' as const, content: 'How do I make sourdough bread at home?' }]

/** Asks once, in a dialect, and says how it ended. Leaves as soon as `leave` aborts. */
async function ask(
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
async function suffer(
  fault: string,
  dialect: (typeof dialects)[number],
  stream: boolean,
): Promise<{ outcome: Outcome; line: InvoiceLine }> {
  await using simulator = await startSimulator()
  const leave = new AbortController()
  const asking = ask(simulator, dialect, `sim-small+${fault}`, stream, leave.signal)
  const endless = /^(no-answer|stall|ping-only|slow-first-token)/.test(fault)
  if (endless) {
    const begun = () => {
      const entry = simulator.log()[0]
      return entry?.fault != null && (!stream || fault === 'no-answer' || entry.status !== null)
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

/** What a client sees of each fault: not streamed, streamed. `!` is an error, with its status where it has one. */
const expected: Readonly<Record<string, readonly [whole: RegExp, streamed: RegExp]>> = {
  'connection-refused': [/^! none/, /^! none/],
  'reset-before-headers': [/^! none/, /^! none/],
  'no-answer': [/^waiting/, /^waiting/],
  'rate-limited': [/^! 429/, /^! 429/],
  'rate-limited-bare': [/^! 429/, /^! 429/],
  'quota-exhausted': [/^! 429/, /^! 429/],
  'bad-request': [/^! 400/, /^! 400/],
  'server-error': [/^! 500/, /^! 500/],
  unavailable: [/^! 503/, /^! 503/],
  overloaded: [/^! 529/, /^! 529/],
  'slow-first-token': [/^waiting/, /^waiting/],
  stall: [/^waiting/, /^waiting/],
  'ping-only': [/^waiting/, /^waiting/],
  cut: [/^! none/, /^! none/],
  'malformed-event': [/^! none/, /^! none/],
  'no-terminal-event': [/^null .+ usage/, /^null .+ no usage/],
  'error-event-first': [/^null {2}no usage/, /^! /],
  'error-event-mid': [/^null {2}no usage/, /^! /],
  html: [/^(! |null {2}no usage)/, /^(! |null {2}no usage)/],
  'empty-body': [/^! none/, /^(! |null {2}no usage)/],
  'empty-object': [/^null {2}no usage/, /^null {2}no usage/],
  'malformed-json-output': [/^(stop|completed|end_turn) .+ usage/, /^(stop|completed|end_turn) .+ usage/],
  refusal: [/^((stop|completed) I can't|refusal ) .*usage/, /^((stop|completed) I can't|refusal ) .*usage/],
  'content-filter': [/^(content_filter .+ usage|! 400)/, /^(content_filter .+ usage|! )/],
  'max-tokens-in-tool-call': [
    /^(length|max_output_tokens|max_tokens) .+ usage/,
    /^(length|max_output_tokens|max_tokens) .+ usage/,
  ],
  'usage-missing': [/^(stop|completed|end_turn) .+ no usage/, /^(stop|completed|end_turn) .+ no usage/],
  redirect: [/^! 307/, /^! 307/],
}

/** Where Bedrock has other statuses and words, and its client reads otherwise. */
const expectedOfBedrock: typeof expected = {
  'quota-exhausted': [/^! 400/, /^! 400/],
  overloaded: [/^! 503/, /^! 503/],
  cut: [/^! 200/, /^! none/],
  'malformed-event': [/^! 200/, /^! none/],
  'empty-body': [/^null {2}no usage/, /^(! |null {2}no usage)/],
  refusal: [/^content_filtered {2}usage/, /^content_filtered {2}usage/],
  'content-filter': [/^content_filtered .+ usage/, /^content_filtered .+ usage/],
}

/** Gemini says in capitals why it ended; its client follows redirects, which lead nowhere, and wants events where it asked for some. */
const expectedOfGemini: typeof expected = {
  'empty-object': [/^null {2}no usage/, /^! none/],
  'malformed-json-output': [/^STOP .+ usage/, /^STOP .+ usage/],
  refusal: [/^SAFETY {2}usage/, /^SAFETY {2}usage/],
  'content-filter': [/^SAFETY .+ usage/, /^SAFETY .+ usage/],
  'max-tokens-in-tool-call': [/^MAX_TOKENS .+ usage/, /^MAX_TOKENS .+ usage/],
  'usage-missing': [/^STOP .+ no usage/, /^STOP .+ no usage/],
  redirect: [/^! none/, /^! none/],
}

const expectedOf: Partial<Record<(typeof dialects)[number], typeof expected>> = {
  'bedrock-converse': expectedOfBedrock,
  gemini: expectedOfGemini,
}

function spelled(outcome: Outcome): string {
  if (outcome === 'still waiting') return 'waiting'
  if ('error' in outcome) return `! ${outcome.status ?? 'none'} ${outcome.error}`
  return `${outcome.ending} ${outcome.text} ${outcome.usage ? 'usage' : 'no usage'}`
}

test('every fault has its expectation', () => {
  expect(Object.keys(expected)).toEqual(faults.map((fault) => fault.name))
})

for (const { name, bills } of faults) {
  for (const dialect of dialects) {
    for (const stream of [false, true]) {
      test(`${name} in ${dialect}, ${stream ? 'streamed' : 'whole'}, is seen by the client and stands on the invoice`, async () => {
        const { outcome, line } = await suffer(name, dialect, stream)
        const own = expectedOf[dialect]?.[name]
        expect(spelled(outcome)).toMatch((own ?? expected[name]!)[stream ? 1 : 0])
        expect(line.fault).toBe(name)
        if (bills === 'nothing') expect(line.costNanoUsd).toBe(0)
        if (bills === 'input') expect(line.usage).toMatchObject({ uncachedInput: expect.any(Number), output: 0 })
        if (bills === 'all') expect(line.usage.output).toBeGreaterThan(5)
        if (outcome === 'still waiting') expect(line.cancelled).toBe(true)
      })
    }
  }
}

test('stops after the deltas that the fault allows, and bills those', async () => {
  const { outcome, line } = await suffer('no-terminal-event', 'openai-chat', true)
  expect(outcome).toMatchObject({ ending: null })
  const cut = await suffer('cut:after=5', 'anthropic-messages', true)
  expect(cut.line.usage.output).toBe(5)
  expect(line.usage.output).toBeGreaterThan(5)
})

test('fails the first requests only, where the model name says so', async () => {
  await using simulator = await startSimulator()
  const never = new AbortController().signal
  const outcomes: string[] = []
  for (let time = 0; time < 3; time++) {
    outcomes.push(spelled(await ask(simulator, 'openai-chat', 'sim-small+rate-limited@2', false, never)).slice(0, 5))
  }
  expect(outcomes).toEqual(['! 429', '! 429', 'stop '])
})

test('lists the faults to whoever names one that is none', async () => {
  await using simulator = await startSimulator()
  const never = new AbortController().signal
  const outcome = await ask(simulator, 'anthropic-messages', 'sim-small+explode', false, never)
  expect(outcome).toMatchObject({
    status: 400,
    error: expect.stringContaining('connection-refused, reset-before-headers'),
  })
})

test('says what a fault can be told, to whoever tells it something else', async () => {
  await using simulator = await startSimulator()
  const never = new AbortController().signal
  const outcome = await ask(simulator, 'openai-chat', 'sim-small+stall:before=3', false, never)
  expect(outcome).toMatchObject({ status: 400, error: expect.stringContaining('Its parameters are: after.') })
})

test('sends the pushback that the fault names', async () => {
  await using simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const simulate = 'rate-limited; retryAfter=Wed, 21 Oct 2026 07:28:00 GMT; retryAfterMs=1500; shouldRetry=false'
  const asking = client.chat.completions.create(
    { model: 'sim-small', messages: question },
    { headers: { 'x-simulate': simulate } },
  )
  const error: unknown = await asking.catch((thrown: unknown) => thrown)
  const { headers } = error as { headers: Headers }
  expect(headers.get('retry-after')).toBe('Wed, 21 Oct 2026 07:28:00 GMT')
  expect(headers.get('retry-after-ms')).toBe('1500')
  expect(headers.get('x-should-retry')).toBe('false')
})

test('nothing listens at the refused address', async () => {
  await using simulator = await startSimulator()
  const error: unknown = await fetch(simulator.refusedUrl).catch((thrown: unknown) => thrown)
  expect((error as Error).cause).toMatchObject({ code: 'ECONNREFUSED' })
})
