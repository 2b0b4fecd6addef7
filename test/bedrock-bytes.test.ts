import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import {
  type BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { expect, test } from 'vitest'
import { defaultConfig } from '../src/config.ts'
import { drain } from '../src/core/handler.ts'
import type { Block, Message } from '../src/core/message.ts'
import type { ModelRequest } from '../src/core/request.ts'
import { createSeam } from '../src/create-seam.ts'
import { officialClient } from '../src/simulator/bedrock-converse/official-client.suite.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'

interface Recorded {
  readonly method?: string
  readonly url?: string
  readonly type?: string
  readonly body: unknown
}

/** A socket that writes down what it is asked, and refuses it. */
async function openRecorder() {
  const recorded: Recorded[] = []
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request
    recorded.push({ method, url, type: headers['content-type'], body: JSON.parse(await readText(request)) } as Recorded)
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': 'ValidationException' })
    response.end('{"message":"recorded"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, recorded, [Symbol.asyncDispose]: async () => void server.close() }
}

/** What we send of a request, and what the official client sends of what means the same. */
async function bothSend(model: string, request: ModelRequest, input: Omit<ConverseCommandInput, 'modelId'>) {
  await using recorder = await openRecorder()
  const plain = defaultConfig({}, { simulatorUrl: recorder.url })
  const provider = plain.providers.find(({ dialect }) => dialect === 'bedrock-converse')!
  const bedrock = { ...provider, name: 'bedrock', kind: 'bedrock', url: recorder.url }
  const seam = createSeam({
    config: { ...plain, providers: [bedrock], aliases: [] },
    events: createMemoryEventSink(),
    cache: createMemoryCache(),
  })
  const call = seam.begin({ model: `bedrock/${model}`, request, caller: {} })
  await expect(drain(seam.run(call))).rejects.toMatchObject({ code: 'request-rejected' })
  await seam.close()
  const client: BedrockRuntimeClient = officialClient(recorder.url)
  const said = { modelId: model, ...input }
  const command = request.stream ? new ConverseStreamCommand(said) : new ConverseCommand(said)
  await expect(client.send(command as ConverseCommand)).rejects.toThrow('recorded')
  client.destroy()
  const [ours, theirs, ...others] = recorder.recorded
  expect(others).toEqual([])
  return { ours, theirs }
}

const text = (words: string): Block => ({ type: 'text', text: words })
const user = (...content: Block[]): Message => ({ role: 'user', content })
const assistant = (...content: Block[]): Message => ({ role: 'assistant', content })
const hi: Message = user(text('Hi'))
const bytes = Buffer.from('picture')
const base64 = bytes.toString('base64')
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const closed = { ...schema, additionalProperties: false }
const weather = { name: 'weather', description: 'Tells it', inputSchema: schema }
const weatherSpec = { toolSpec: { name: 'weather', description: 'Tells it', inputSchema: { json: schema } } }
const hello = { messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] }
const claude = 'us.anthropic.claude-sonnet-4-6'

interface Case {
  readonly model?: string
  readonly request?: Partial<ModelRequest>
  readonly input: Omit<ConverseCommandInput, 'modelId'>
}

const cases: Readonly<Record<string, Case>> = {
  'a prompt': { input: hello },
  'a prompt, streamed': { request: { stream: true }, input: hello },
  'an id with a version': { model: 'anthropic.claude-haiku-4-5-20251001-v1:0', input: hello },
  'the ARN of a profile': {
    model: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6',
    request: { stream: true },
    input: hello,
  },
  "the ARN of an application's profile": {
    model: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3',
    input: hello,
  },
  'an id with every character that a path reserves': { model: "a b/c?d#e%f!g'h(i)j*k~l+m=n&o@p,q;r$s", input: hello },
  'a system prompt and all of sampling': {
    model: 'amazon.nova-pro-v1:0',
    request: {
      messages: [{ role: 'system', content: [text('Be brief.')] }, hi],
      maxOutputTokens: 100,
      temperature: 0.25,
      topP: 0.5,
      stop: ['END', '\n\n'],
    },
    input: {
      system: [{ text: 'Be brief.' }],
      ...hello,
      inferenceConfig: { maxTokens: 100, temperature: 0.25, topP: 0.5, stopSequences: ['END', '\n\n'] },
    },
  },
  'tools, one of which must be called': {
    request: { tools: [{ ...weather, strict: true }], toolChoice: { type: 'tool', name: 'weather' } },
    input: {
      ...hello,
      toolConfig: {
        tools: [{ toolSpec: { ...weatherSpec.toolSpec, strict: true } }],
        toolChoice: { tool: { name: 'weather' } },
      },
    },
  },
  'a tool call, its result and an error': {
    request: {
      tools: [weather],
      messages: [
        hi,
        assistant(
          text('Let me see.'),
          { type: 'tool-call', id: 'a', name: 'weather', input: '{"city":"Bern"}' },
          { type: 'tool-call', id: 'b', name: 'weather', input: '{"city":"Ür"}' },
        ),
        user(
          { type: 'tool-result', callId: 'a', content: [text('sunny')], isError: false },
          { type: 'tool-result', callId: 'b', content: [text('no such town')], isError: true },
        ),
      ],
    },
    input: {
      messages: [
        ...hello.messages,
        {
          role: 'assistant',
          content: [
            { text: 'Let me see.' },
            { toolUse: { toolUseId: 'a', name: 'weather', input: { city: 'Bern' } } },
            { toolUse: { toolUseId: 'b', name: 'weather', input: { city: 'Ür' } } },
          ],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'a', content: [{ text: 'sunny' }] } },
            { toolResult: { toolUseId: 'b', content: [{ text: 'no such town' }], status: 'error' } },
          ],
        },
      ],
      toolConfig: { tools: [weatherSpec] },
    },
  },
  'a picture and a document': {
    request: {
      messages: [
        user(
          text('See'),
          { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: base64 } },
          { type: 'document', title: 'Report', source: { type: 'base64', mediaType: 'application/pdf', data: base64 } },
        ),
      ],
    },
    input: {
      messages: [
        {
          role: 'user',
          content: [
            { text: 'See' },
            { image: { format: 'png', source: { bytes } } },
            { document: { format: 'pdf', name: 'Report', source: { bytes } } },
          ],
        },
      ],
    },
  },
  'thoughts that go back, and a budget for more': {
    model: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    request: {
      reasoning: { mode: 'on', budgetTokens: 2000 },
      messages: [
        hi,
        assistant(
          { type: 'thinking', text: 'Hm', dialect: 'bedrock-converse', signature: 'c2ln' },
          { type: 'thinking', text: '', dialect: 'bedrock-converse', redacted: base64 },
          text('Hello'),
        ),
        user(text('Again')),
      ],
    },
    input: {
      messages: [
        ...hello.messages,
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'Hm', signature: 'c2ln' } } },
            { reasoningContent: { redactedContent: bytes } },
            { text: 'Hello' },
          ],
        },
        { role: 'user', content: [{ text: 'Again' }] },
      ],
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    },
  },
  'JSON of a schema, and effort': {
    request: { output: { type: 'json', name: 'place', schema: closed }, reasoning: { effort: 'high' } },
    input: {
      ...hello,
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { name: 'place', schema: JSON.stringify(closed) } },
        },
        effort: 'high',
      },
    },
  },
  'what is kept, and for how long': {
    request: {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Long', cache: { ttl: '1h' } }] },
        user({ type: 'text', text: 'Hi', cache: {} }),
      ],
    },
    input: {
      system: [{ text: 'Long' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }],
    },
  },
  "what Converse alone has, in the caller's own words": {
    request: {
      extensions: {
        'bedrock-converse': {
          guardrailConfig: { guardrailIdentifier: 'g1', guardrailVersion: '1' },
          performanceConfig: { latency: 'optimized' },
          requestMetadata: { team: 'search' },
        },
      },
    },
    input: {
      ...hello,
      guardrailConfig: { guardrailIdentifier: 'g1', guardrailVersion: '1' },
      performanceConfig: { latency: 'optimized' },
      requestMetadata: { team: 'search' },
    },
  },
}

for (const [name, { model = claude, request = {}, input }] of Object.entries(cases)) {
  test(`what is sent is what AWS's own client sends: ${name}`, async () => {
    const { ours, theirs } = await bothSend(model, { messages: [hi], stream: false, ...request }, input)
    expect(ours).toEqual(theirs)
  })
}
