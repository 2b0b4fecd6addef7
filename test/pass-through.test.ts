import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const
type Dialect = (typeof dialects)[number]
const doors = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
} as const

const simulators = {
  'openai-chat': 'simulator',
  'openai-responses': 'simulator-responses',
  'anthropic-messages': 'simulator-anthropic',
} as const

/** A request as nobody's serialiser would write it. `#` stands for the model. */
const requests: Record<Dialect, string> = {
  'openai-chat': `{ "temperature": 1.0,\n\t"messages" : [ {"content":"Gr\\u00fc\\u00dfe \\ud83d\\ude00 \\/ 😀","role":"user", "name":"a\\"b"} ],
  "model":"#"  , "seed": 12345678901234567890, "future_field": {"b":1,"a":[ 1.50, -0, 1E2 ]},"user":null${' '.repeat(3)}}`,
  'openai-responses': `{ "store": false,\n\t"input" : [ {"content":[{"text":"Gr\\u00fc\\u00dfe \\/ 😀","type":"input_text"}],"role":"user"}, {"type":"item_reference","id":"msg_9"} ],
  "model":"#"  , "background": false, "previous_response_id":"resp_0", "future_field": {"b":1,"a":[ 1.50, -0, 1E2 ]},"user":null${' '.repeat(3)}}`,
  'anthropic-messages': `{"max_tokens": 50, "messages":[{"role":"user","content":[{"text":"Gr\\u00fc\\u00dfe","type":"text","cache_control":{"ttl":"1h","type":"ephemeral"}}]}],
    "future_field":[{"z":1,"a":2.0}] ,"model" :"#", "system":[ {"type":"text","text":"Be brief."} ] }\n`,
}

const replies: Record<Dialect, string> = {
  'openai-chat':
    '{"id":"chatcmpl-1" ,"object":"chat.completion","created":1,"model":"m-2026","choices":[{"index":0,"message":{"role":"assistant","content":"Hi \\u00e9","future":1.0},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5},"future":[1.50]}\n',
  'openai-responses':
    '{"id":"resp_1" ,"object":"response","status":"completed","model":"m-2026","output":[{"type":"future_item","x":1.0},{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hi \\u00e9","annotations":[]}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"future":[1.50]}\n',
  'anthropic-messages':
    '{"content":[{"type":"text","text":"Hi \\u00e9"},{"type":"future_block","x":1.0}],"id":"msg_1","type":"message","role":"assistant","model":"m-2026","stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2,"future":{}}}',
}

const usageFrame =
  'data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n'
const streams: Record<Dialect, string> = {
  'openai-chat': [
    ': a comment\n\n',
    'data:{"id":"chatcmpl-1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"future":1.0}\r\n\r\n',
    'event: vendor.progress\ndata: {"percent": 50}\n\n',
    'data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"Hé 😀"}}] }\n\n',
    'id: 7\nretry: 100\ndata: {"id":"chatcmpl-1",\ndata: "choices":[{"index":0,"delta":{"content":"!"}}]}\n\n',
    'data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    usageFrame,
    'data: [DONE]\n\n',
  ].join(''),
  'openai-responses': [
    'event: response.created\r\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"m","status":"in_progress","output":[]}}\r\n\r\n',
    ': keep alive\n\n',
    'event:response.output_item.added\ndata:{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"msg_1","role":"assistant","content":[]}}\n\n',
    'event: response.future\ndata: {"type":"response.future","percent":50}\n\n',
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hé 😀","obfuscation":"x"}\n\n',
    'event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Hé 😀"}]}}\n\n',
    'event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}},"future":1.0}\n\n',
  ].join(''),
  'anthropic-messages': [
    'event: message_start\r\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}\r\n\r\n',
    'event: ping\ndata: {"type": "ping"}\n\n',
    'event:content_block_start\ndata:{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    ': keep alive\n\n',
    'event: vendor_progress\ndata: {"type":"vendor_progress","percent":50}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hé 😀"},"future":1.0}\n\n',
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ].join(''),
}

let upstream: RawUpstream
let stand: Stand
beforeAll(async () => {
  upstream = await startRawUpstream()
  stand = await openStand({
    aliases: [
      alias('limited', ['raw-openai-chat/m'], { maxOutputTokens: 77 }),
      alias('crossed', ['simulator-anthropic/sim-small']),
    ],
    simulator: { keepBodies: true },
    config: withRawUpstream(upstream.url),
  })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const post = (dialect: Dialect, body: string, headers: Record<string, string> = {}) =>
  fetch(stand.gateway.url + doors[dialect], {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })

const streaming = (body: string) => body.replace(/\s*\}\s*$/, ' ,"stream" : true }')
const received = () => upstream.received.at(-1)

/** Answers with these bytes, in pieces of this size, each of which arrives by itself. */
const inPieces = (bytes: Buffer, size: number) => async (response: import('node:http').ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size))
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.end()
}

describe.each(dialects)('a client of %s and a provider of the same', (dialect) => {
  const model = `raw-${dialect}/m-1`

  it('receives the bytes that the client sent, but for the model', async () => {
    upstream.respond = (response) => response.end(replies[dialect])
    await post(dialect, requests[dialect].replace('#', model))
    expect(received()?.body).toBe(requests[dialect].replace('#', 'm-1'))
    expect(received()?.path).toBe(doors[dialect])
  })

  it('gives the client the bytes that the provider sent', async () => {
    upstream.respond = (response) => {
      response.setHeader('content-type', 'application/json')
      response.end(replies[dialect])
    }
    const response = await post(dialect, requests[dialect].replace('#', model))
    expect(await response.text()).toBe(replies[dialect])
    expect(response.headers.get('x-inseam-loss')).toBeNull()
    expect(stand.calls().at(-1)).toMatchObject({
      usage: { inputUncached: 3, outputText: 2, source: 'measured' },
      losses: [],
    })
  })

  it('streams the bytes that the provider sent, however they were split', async () => {
    const wanted = streams[dialect]
    for (const size of [1, 7, 64, 100_000]) {
      upstream.respond = inPieces(Buffer.from(wanted), size)
      const body = streaming(requests[dialect].replace('#', model))
      const asksForUsage = body.replace(/\}$/, ', "stream_options":{"include_usage":true }}')
      const response = await post(dialect, dialect === 'openai-chat' ? asksForUsage : body)
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
      expect(await response.text(), `pieces of ${size}`).toBe(wanted)
      if (dialect === 'openai-chat') expect(received()?.body).toBe(asksForUsage.replace(model, 'm-1'))
      else expect(received()?.body).toBe(body.replace(model, 'm-1'))
      expect(stand.calls().at(-1)).toMatchObject({ usage: { inputUncached: 3, outputText: 2, source: 'measured' } })
    }
  })

  it('gets the headers of its dialect and the key of the operator, and nothing else of the client', async () => {
    upstream.respond = (response) => response.end(replies[dialect])
    await post(dialect, requests[dialect].replace('#', model), {
      'anthropic-beta': 'one-2026,two-2026',
      'anthropic-version': '2099-01-01',
      authorization: 'Bearer client-key-canary',
      cookie: 'session=canary',
      'x-inseam-user': 'canary',
      'x-forwarded-for': '10.0.0.1',
      'x-api-key': 'client-key-canary',
      'user-agent': 'canary',
      'openai-organization': 'org-of-the-client',
    })
    const headers = received()?.headers ?? {}
    expect(JSON.stringify(headers)).not.toMatch(/canary(?!-7361)|10\.0\.0\.1/)
    if (dialect === 'anthropic-messages') {
      expect(headers).toMatchObject({
        'x-api-key': 'provider-key-canary-7361',
        'anthropic-beta': 'one-2026,two-2026',
        'anthropic-version': '2099-01-01',
      })
      expect(headers).not.toHaveProperty('authorization')
    } else {
      expect(headers.authorization).toBe('Bearer provider-key-canary-7361')
      expect(headers).not.toHaveProperty('anthropic-beta')
      // Whose bill it is, is the operator's to say.
      expect(headers).not.toHaveProperty('openai-organization')
    }
  })

  it('hits the provider’s prompt cache as often as without us', async () => {
    const rules = 'Answer briefly, and only from what the customer says. '.repeat(200)
    const questions = ['Where is my parcel?', 'And my invoice?', 'Where is my parcel?']
    const usages = async (baseURL: string, of: string) => {
      stand.simulator.reset()
      for (const content of questions) {
        if (dialect === 'openai-chat') {
          const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'any', maxRetries: 0 })
          await client.chat.completions.create({
            model: of,
            messages: [
              { role: 'system', content: rules },
              { role: 'user', content },
            ],
          })
        } else if (dialect === 'openai-responses') {
          const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'any', maxRetries: 0 })
          await client.responses.create({ model: of, instructions: rules, input: content })
        } else {
          const client = new Anthropic({ baseURL, apiKey: 'any', maxRetries: 0 })
          await client.messages.create({
            model: of,
            max_tokens: 50,
            system: [{ type: 'text', text: rules, cache_control: { type: 'ephemeral' } }],
            messages: [{ role: 'user', content }],
          })
        }
      }
      return stand.simulator.invoice().lines.map(({ usage }) => usage)
    }
    const target = `${simulators[dialect]}/sim-small`
    const without = await usages(stand.simulator.url, 'sim-small')
    expect(await usages(stand.gateway.url, target)).toEqual(without)
    expect(without.at(-1)?.cacheRead).toBeGreaterThan(1000)
    expect(stand.calls().at(-1)?.usage.cacheRead).toBe(without.at(-1)?.cacheRead)
  })
})

describe('usage that the client did not ask for', () => {
  const body = (extra: string) =>
    `{"model":"raw-openai-chat/m-1", "messages":[{"role":"user","content":"Hi"}] ,"stream":true${extra}}`

  it('is asked for on its behalf at the end of its bytes, and withheld from it', async () => {
    upstream.respond = inPieces(Buffer.from(streams['openai-chat']), 11)
    const response = await post('openai-chat', body(''))
    expect(await response.text()).toBe(streams['openai-chat'].replace(usageFrame, ''))
    expect(received()?.body).toBe(
      body(',"stream_options":{"include_usage":true}').replace('raw-openai-chat/m-1', 'm-1'),
    )
    expect(stand.calls().at(-1)?.usage).toMatchObject({ inputUncached: 3, outputText: 2, source: 'measured' })
  })

  it('is asked for beside the other options that it set', async () => {
    upstream.respond = inPieces(Buffer.from(streams['openai-chat']), 100_000)
    const response = await post(
      'openai-chat',
      body(', "stream_options": {"include_usage":false,"include_obfuscation":false} , "n":1'),
    )
    expect(await response.text()).not.toContain('prompt_tokens')
    expect(JSON.parse(received()?.body ?? '')).toEqual({
      model: 'm-1',
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      n: 1,
    })
  })

  it('passes where it comes with content', async () => {
    const joined = streams['openai-chat']
      .replace(usageFrame, '')
      .replace(
        '"finish_reason":"stop"}]}',
        '"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}',
      )
    upstream.respond = inPieces(Buffer.from(joined), 100_000)
    expect(await (await post('openai-chat', body(''))).text()).toBe(joined)
    expect(stand.calls().at(-1)?.usage).toMatchObject({ inputUncached: 3, source: 'measured' })
  })
})

it('sets the alias’s output limit where the client set none, and leaves the client’s own', async () => {
  upstream.respond = (response) => response.end(replies['openai-chat'])
  const plain = '{"model": "limited","messages":[{"role":"user","content":"Hi"}]}'
  await post('openai-chat', plain)
  expect(received()?.body).toBe(plain.replace('"limited"', '"m"').replace(']}', '],"max_tokens":77}'))
  const own = '{"max_completion_tokens":5, "model":"limited","messages":[{"role":"user","content":"Hi"}]}'
  await post('openai-chat', own)
  expect(received()?.body).toBe(own.replace('"limited"', '"m"'))
})

describe('a target of the other dialect', () => {
  const translated = { model: 'crossed', messages: [{ role: 'user', content: 'Hello.' }] }
  beforeEach(() => stand.simulator.reset())
  afterEach(() => stand.simulator.reset())

  it('gets the same bytes for the same request', async () => {
    const raw = (dialect: Dialect, body: object) =>
      post(dialect, JSON.stringify(body)).then((response) => response.text())
    const tools = [
      { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } },
    ]
    const asked = { ...translated, model: 'raw-anthropic-messages/m', tools, temperature: 0.5, stop: ['x'] }
    upstream.respond = (response) => response.end(replies['anthropic-messages'])
    await raw('openai-chat', asked)
    const first = received()?.body
    await raw('openai-chat', asked)
    expect(received()?.body).toBe(first)
    expect(first).toMatch(/^\{"model":"m","max_tokens":/)

    upstream.respond = (response) => response.end(replies['openai-chat'])
    const other = {
      model: 'raw-openai-chat/m',
      max_tokens: 50,
      system: 'Be brief.',
      messages: translated.messages,
      tools: [{ name: 'get_weather', input_schema: { type: 'object', properties: {} } }],
    }
    await raw('anthropic-messages', other)
    const second = received()?.body
    await raw('anthropic-messages', other)
    expect(received()?.body).toBe(second)
  })

  it('is told what it cannot be told, and so is the client: nothing is dropped in silence', async () => {
    for (const stream of [false, true]) {
      const response = await post(
        'openai-chat',
        JSON.stringify({ ...translated, stream, seed: 7, logit_bias: { 5: 1 }, future_field: true, max_tokens: 50 }),
      )
      expect(response.status).toBe(200)
      const told = response.headers.get('x-inseam-loss') ?? ''
      for (const field of ['seed', 'logit_bias', 'future_field']) expect(told).toContain(`${field};dropped`)
      const text = await response.text()
      expect(text).toContain('assistant')
      const paths = stand
        .calls()
        .at(-1)
        ?.losses.map(({ path }) => path)
      expect(paths).toEqual(expect.arrayContaining(['seed', 'logit_bias', 'future_field']))
    }
  })

  it('says nothing of losses where there are none', async () => {
    const response = await post('openai-chat', JSON.stringify({ ...translated, max_tokens: 50, temperature: 0.2 }))
    expect(response.headers.get('x-inseam-loss')).toBeNull()
    await response.text()
  })

  it('has what its stream cannot say in the event, too', async () => {
    const response = await post(
      'anthropic-messages',
      JSON.stringify({
        model: 'fast',
        max_tokens: 50,
        stream: true,
        top_k: 5,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }],
      }),
    )
    const told = response.headers.get('x-inseam-loss') ?? ''
    // A mark of the prompt cache says nothing to the model, and is no loss.
    expect(told).toBe('top_k;dropped')
    await response.text()
  })

  it('has the losses of its answer in the event', async () => {
    stand.simulator.setScenario({ rules: [{ reply: { refusal: 'No.' } }] })
    const response = await post(
      'anthropic-messages',
      JSON.stringify({ model: 'fast', max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
    )
    await response.text()
    stand.simulator.setScenario({ rules: [] })
    expect(stand.calls().at(-1)?.losses).toEqual([expect.objectContaining({ effect: 'approximated' })])
  })
})
