import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

/** A request as nobody's serialiser would write it. */
const request = `{ "contents" : [ {"parts":[{"text":"Gr\\u00fc\\u00dfe \\/ 😀"}],"role":"user"} ],
  "generation_config": {"topK": 1.0, "max_output_tokens":50} , "futureField": [ 1.50, -0, 1E2 ]${' '.repeat(3)}}\n`
const reply =
  '{"candidates":[ {"content":{"parts":[{"text":"Hi \\u00e9","future":1.0}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5},"future":[1.50]}\n'
const stream = [
  ': a comment\r\n\r\n',
  'data: {"candidates": [{"content": {"parts": [{"text": "Hé 😀"}],"role": "model"},"index": 0}],"future": 1.0}\r\n\r\n',
  'event: vendor.progress\ndata: {"percent": 50}\n\n',
  'data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2ln"}]},"finishReason":"STOP","index":0}],\ndata: "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2}}\n\n',
].join('')

let upstream: RawUpstream
let stand: Stand
beforeAll(async () => {
  upstream = await startRawUpstream()
  stand = await openStand({
    aliases: [alias('limited', ['raw-gemini/m'], { maxOutputTokens: 77 })],
    config: withRawUpstream(upstream.url),
  })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const post = (place: string, body = request, headers: Record<string, string> = {}) =>
  fetch(`${stand.gateway.url}/v1beta/models/${place}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
const received = () => upstream.received.at(-1)

it('receives the bytes that the client sent, with the model in the path and the key of the operator', async () => {
  upstream.respond = (response) => response.end(reply)
  const response = await post('raw-gemini/m-1:generateContent', request, {
    'x-goog-api-key': 'client-key-canary',
    'x-goog-api-client': 'canary',
  })
  expect(received()?.body).toBe(request)
  expect(received()?.path).toBe('/v1beta/models/m-1:generateContent')
  expect(received()?.headers['x-goog-api-key']).toBe('provider-key-canary-7361')
  expect(JSON.stringify(received()?.headers)).not.toMatch(/canary(?!-7361)/)
  expect(await response.text()).toBe(reply)
  expect(response.headers.get('x-inseam-loss')).toBeNull()
  expect(stand.calls().at(-1)?.usage).toMatchObject({ inputUncached: 3, outputText: 2, source: 'measured' })
})

it('streams the bytes that the provider sent, however they were split', async () => {
  const bytes = Buffer.from(stream)
  for (const size of [1, 7, 64, 100_000]) {
    upstream.respond = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let at = 0; at < bytes.length; at += size) {
        response.write(bytes.subarray(at, at + size))
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    }
    const response = await post('raw-gemini/m-1:streamGenerateContent?alt=sse')
    expect(await response.text(), `pieces of ${size}`).toBe(stream)
    expect(received()?.path).toBe('/v1beta/models/m-1:streamGenerateContent?alt=sse')
    expect(received()?.body).toBe(request)
    expect(stand.calls().at(-1)?.usage).toMatchObject({ inputUncached: 3, outputText: 2, source: 'measured' })
  }
})

it('sets the alias’s output limit where the client set none, and leaves the client’s own', async () => {
  upstream.respond = (response) => response.end(reply)
  const contents = '"contents":[{"parts":[{"text":"Hi"}]}]'
  await post('limited:generateContent', `{${contents}}`)
  expect(received()?.body).toBe(`{${contents},"generationConfig":{"maxOutputTokens":77}}`)
  await post('limited:generateContent', `{"generationConfig":{ "topK": 1.0 },${contents}}`)
  expect(received()?.body).toBe(`{"generationConfig":{ "topK": 1.0 ,"maxOutputTokens":77},${contents}}`)
  await post('limited:generateContent')
  expect(received()?.body).toBe(request)
})

it('writes names of models as a path has them, and none that would lead elsewhere', async () => {
  upstream.respond = (response) => response.end(reply)
  await post(`raw-gemini/${encodeURIComponent('tunedModels/a b?#é')}:generateContent`)
  expect(received()?.path).toBe('/v1beta/tunedModels/a%20b%3F%23%C3%A9:generateContent')
  const before = upstream.received.length
  for (const model of ['..', '../../v1/files', 'a//b', './a']) {
    const response = await post(`raw-gemini%2F${encodeURIComponent(model)}:generateContent`)
    expect(response.status, model).toBe(400)
  }
  expect(upstream.received.length).toBe(before)
})

it('gets the calls of another dialect’s client, in the order that tells them apart', async () => {
  upstream.respond = (response) => response.end(reply)
  const call = (id: string, city: string) => ({
    id,
    type: 'function' as const,
    function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
  })
  const made = ['call_gemini_r1_0', 'call_gemini_r1_1'] as const
  const { response } = await stand.openai.chat.completions
    .create({
      model: 'raw-gemini/gemini-3.8-flash',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'The weather?' },
        { role: 'assistant', content: null, tool_calls: [call(made[0], 'Bern'), call(made[1], 'Basel')] },
        { role: 'tool', tool_call_id: made[1], content: 'fog' },
        { role: 'tool', tool_call_id: made[0], content: '{"sky":"clear"}' },
      ],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } }],
      parallel_tool_calls: false,
      user: 'u',
    })
    .withResponse()
  expect(JSON.parse(received()?.body ?? '')).toEqual({
    contents: [
      { role: 'user', parts: [{ text: 'The weather?' }] },
      {
        role: 'model',
        parts: [
          {
            functionCall: { name: 'get_weather', args: { city: 'Bern' } },
            thoughtSignature: 'skip_thought_signature_validator',
          },
          { functionCall: { name: 'get_weather', args: { city: 'Basel' } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'get_weather', response: { sky: 'clear' } } },
          { functionResponse: { name: 'get_weather', response: { output: 'fog' } } },
        ],
      },
    ],
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    tools: [
      { functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: { type: 'object', properties: {} } }] },
    ],
  })
  expect(response.headers.get('x-inseam-loss')).toBe(
    'tool call "get_weather";approximated, parallel_tool_calls;dropped, user;dropped, content[0].future;dropped',
  )
})

it('says how it ended, in the words of each client', async () => {
  let asked = 0
  const ended = (fields: object) => {
    upstream.respond = (response) => response.end(JSON.stringify(fields))
    return stand.openai.chat.completions.create({
      // A breaker opens per model: none of these is to meet another's.
      model: `raw-gemini/ends-${++asked}`,
      messages: [{ role: 'user', content: 'Hi' }],
    })
  }
  const content = { parts: [{ text: 'So' }], role: 'model' }
  const candidate = (finishReason: string) => ended({ candidates: [{ content, finishReason }] })
  expect((await candidate('MAX_TOKENS')).choices[0]?.finish_reason).toBe('length')
  expect((await candidate('RECITATION')).choices[0]?.finish_reason).toBe('content_filter')
  const blocked = await ended({
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 4 },
  })
  expect(blocked.choices[0]?.finish_reason).toBe('content_filter')
  expect(blocked.usage?.prompt_tokens).toBe(4)
  await expect(candidate('MALFORMED_FUNCTION_CALL')).rejects.toMatchObject({ status: 502, code: 'reply-botched' })
  await expect(candidate('OTHER')).rejects.toMatchObject({ status: 502, code: 'server-error' })
  await expect(candidate('NEW_REASON')).rejects.toMatchObject({ status: 502, code: 'reply-unreadable' })
})
