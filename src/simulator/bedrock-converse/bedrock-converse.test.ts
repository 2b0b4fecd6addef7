import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { describe, expect, it } from 'vitest'
import { type SimulatorOptions, startSimulator } from '../index.ts'
import { officialClient } from './official-client.suite.ts'

async function start(options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options)
  const client = officialClient(simulator.url)
  const stream = async (input: ConverseCommandInput) => {
    const { stream: events } = await client.send(new ConverseStreamCommand(input))
    const all: ConverseStreamOutput[] = []
    for await (const event of events!) all.push(event)
    return all
  }
  const ask = (input: ConverseCommandInput) => client.send(new ConverseCommand(input))
  return {
    simulator,
    client,
    ask,
    stream,
    async [Symbol.asyncDispose]() {
      client.destroy()
      await simulator.close()
    },
  }
}

const modelId = 'sim-large'
const messages = [{ role: 'user' as const, content: [{ text: 'Where is my order 4411?' }] }]
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'lookup_order',
        description: 'Find an order',
        inputSchema: {
          json: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
        },
      },
    },
  ],
}
const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } } }

/** What a stream spells. */
function spelt(events: readonly ConverseStreamOutput[]): ContentBlock[] {
  const blocks: ContentBlock[] = []
  const inputs = new Map<number, string>()
  for (const { contentBlockStart: start, contentBlockDelta: event } of events) {
    if (start?.start?.toolUse) {
      const { toolUseId, name } = start.start.toolUse
      blocks[start.contentBlockIndex!] = { toolUse: { toolUseId, name, input: {} } }
    }
    if (!event?.delta) continue
    const at = event.contentBlockIndex!
    const before = blocks[at]
    const { text, toolUse, reasoningContent } = event.delta
    if (text !== undefined) blocks[at] = { text: (before?.text ?? '') + text }
    if (toolUse) {
      inputs.set(at, (inputs.get(at) ?? '') + toolUse.input)
      blocks[at] = { toolUse: { ...before!.toolUse!, input: {} } }
    }
    if (reasoningContent) {
      const thought = before?.reasoningContent?.reasoningText ?? { text: '' }
      const { text: words = '', signature } = reasoningContent
      blocks[at] = {
        reasoningContent: {
          reasoningText: { ...thought, text: thought.text + words, ...(signature && { signature }) },
        },
      }
    }
  }
  for (const [at, input] of inputs) blocks[at] = { toolUse: { ...blocks[at]!.toolUse!, input: JSON.parse(input) } }
  return blocks
}

it.each([
  ['words', {}],
  ['a tool', { toolConfig }],
  ['thinking', thinking],
])('gives the official client %s, streamed as whole', async (_, change) => {
  await using run = await start()
  const input = { modelId, messages, inferenceConfig: { maxTokens: 4000 }, ...change }
  const whole = await run.ask(input)
  const events = await run.stream(input)
  expect(spelt(events)).toEqual(whole.output?.message?.content)
  expect(whole.$metadata.requestId).toBe(run.simulator.invoice().lines[0]!.id)
  expect(events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason).toBe(whole.stopReason)
  expect(events.at(-1)?.metadata?.usage).toEqual(whole.usage)
  const [first, second] = run.simulator.invoice().lines
  expect(first?.usage).toEqual(second?.usage)
})

it('takes what the official client signs, and a bearer token; and models whose ids have to be encoded', async () => {
  await using run = await start()
  const token = { token: { token: 'bedrock-api-key-1' }, authSchemePreference: ['httpBearerAuth'] }
  const bearer = officialClient(run.simulator.url, token)
  const named = 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0'
  await bearer.send(new ConverseCommand({ modelId: named, messages }))
  bearer.destroy()
  expect(run.simulator.log()[0]).toMatchObject({ model: named })
  const post = (authorization: string) =>
    fetch(`${run.simulator.url}/model/m/converse`, {
      method: 'POST',
      headers: { authorization, 'x-amz-date': '20260101T000000Z' },
      body: JSON.stringify({ messages }),
    })
  expect((await post('AWS4-HMAC-SHA256 nonsense')).status).toBe(403)
  expect((await post('')).headers.get('x-amzn-errortype')).toContain('UnrecognizedClientException')
})

it('counts tokens as its answers are billed, and keeps what is marked', async () => {
  await using run = await start()
  const cachePoint = { cachePoint: { type: 'default' as const, ttl: '1h' as const } }
  const system = [{ text: 'You are careful. '.repeat(1_400) }, cachePoint]
  const counted = await run.client.send(
    new CountTokensCommand({ modelId, input: { converse: { messages, system, toolConfig } } }),
  )
  const { usage } = await run.ask({ modelId, messages, system, toolConfig })
  expect(counted.inputTokens).toBe((usage?.inputTokens ?? 0) + (usage?.cacheWriteInputTokens ?? 0))
  expect(usage?.cacheDetails).toEqual([{ ttl: '1h', inputTokens: usage?.cacheWriteInputTokens }])
  const again = await run.ask({ modelId, messages, system, toolConfig })
  expect(again.usage).toMatchObject({ cacheReadInputTokens: usage?.cacheWriteInputTokens, cacheWriteInputTokens: 0 })
})

it('fails in the words of the service, before an answer and within one', async () => {
  await using run = await start()
  const failing = (fault: string) => run.ask({ modelId: `sim-large+${fault}`, messages })
  await expect(failing('rate-limited')).rejects.toMatchObject({ name: 'ThrottlingException' })
  await expect(failing('overloaded')).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
  await expect(failing('server-error')).rejects.toMatchObject({ name: 'InternalServerException' })
  const streaming = (fault: string) => run.stream({ modelId: `sim-large+${fault}`, messages })
  await expect(streaming('error-event-mid:kind=rate-limited')).rejects.toMatchObject({ name: 'ThrottlingException' })
  await expect(streaming('cut:after=1,midEvent=true')).rejects.toThrow()
  await expect(streaming('malformed-event')).rejects.toThrow(/checksum/)
})

const use = { role: 'assistant' as const, content: [{ toolUse: { toolUseId: 'a', name: 'lookup_order', input: {} } }] }
const answered = { role: 'user' as const, content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'x' }] } }] }
const point = { cachePoint: { type: 'default' as const } }

describe('refuses', () => {
  it.each<[string, Partial<ConverseCommandInput>]>([
    ['messages field is empty', { messages: [] }],
    ['must start with a user message', { messages: [{ role: 'assistant', content: [{ text: 'x' }] }] }],
    ['must alternate', { messages: [...messages, ...messages] }],
    ['is blank', { messages: [{ role: 'user', content: [{ text: ' ' }] }] }],
    ['is empty', { messages: [{ role: 'user', content: [] }] }],
    ['toolConfig field must be defined', { messages: [...messages, use, answered] }],
    ['exceeds the number of toolUse', { messages: [answered], toolConfig }],
    ['Expected toolResult blocks', { messages: [...messages, use, ...messages], toolConfig }],
    ['less than or equal to 1', { inferenceConfig: { temperature: 1.5 } }],
    ['maximum number of cachePoint', { system: Array.from({ length: 5 }, () => [{ text: 'x' }, point]).flat() }],
    [
      'document file name',
      {
        messages: [
          {
            role: 'user',
            content: [
              { text: 'x' },
              { document: { name: 'a.pdf', format: 'pdf', source: { bytes: new Uint8Array(1) } } },
            ],
          },
        ],
      },
    ],
    ['found `tool_use`', { messages: [...messages, use, answered], toolConfig, ...thinking }],
  ])('%s', async (message, change) => {
    await using run = await start()
    const asking = run.ask({ modelId, messages, ...change })
    await expect(asking).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    })
  })
})
