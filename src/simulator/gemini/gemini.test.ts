import { GoogleGenAI } from '@google/genai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'

async function start() {
  const simulator = await startSimulator()
  const client = new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: simulator.url } })
  return { simulator, client, [Symbol.asyncDispose]: () => simulator.close() }
}

const model = 'sim-large'
const contents = 'Where is my order 4411?'
const declaration = {
  name: 'lookup_order',
  description: 'Find an order',
  parametersJsonSchema: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
}
const tools = [{ functionDeclarations: [declaration] }]

test('says the same streamed as whole, and bills the same', async () => {
  await using run = await start()
  const whole = await run.client.models.generateContent({ model, contents })
  let text = ''
  for await (const frame of await run.client.models.generateContentStream({ model, contents })) text += frame.text ?? ''
  expect(text).toBe(whole.text)
  const [one, other] = run.simulator.invoice().lines
  expect(other?.usage).toEqual(one?.usage)
  expect(whole.usageMetadata?.candidatesTokenCount).toBe(one?.usage.output)
})

test('thinks where it is asked to, shows it where it is asked to, and counts it beside what it says', async () => {
  await using run = await start()
  const config = { thinkingConfig: { thinkingBudget: 500, includeThoughts: true } }
  const reply = await run.client.models.generateContent({ model, contents, config })
  expect(reply.candidates?.[0]?.content?.parts).toMatchObject([{ thought: true }, { text: expect.any(String) }])
  const [line] = run.simulator.invoice().lines
  expect(reply.usageMetadata?.thoughtsTokenCount).toBe(line?.usage.reasoning)
  expect(line?.usage.output).toBe(line!.usage.reasoning + (reply.usageMetadata?.candidatesTokenCount ?? 0))
})

test('calls a function without an id, signed, and writes JSON for either kind of schema', async () => {
  await using run = await start()
  const reply = await run.client.models.generateContent({ model, contents, config: { tools } })
  expect(reply.candidates?.[0]?.content?.parts).toEqual([
    { functionCall: { name: 'lookup_order', args: { order_id: '4411' } }, thoughtSignature: expect.any(String) },
  ])
  const responseMimeType = 'application/json'
  for (const schema of [
    { responseJsonSchema: { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] } },
    { responseSchema: { type: 'OBJECT', properties: { order: { type: 'INTEGER' } }, required: ['order'] } as never },
  ]) {
    const json = await run.client.models.generateContent({ model, contents, config: { responseMimeType, ...schema } })
    expect(JSON.parse(json.text ?? '')).toEqual({ order: 4411 })
  }
})

test('says of limits in the body when to come back', async () => {
  await using run = await start()
  const failed = run.client.models.generateContent({ model: 'sim-large+rate-limited:retryAfterSeconds=7', contents })
  await expect(failed).rejects.toMatchObject({ status: 429, message: expect.stringContaining('"retryDelay":"7s"') })
})

const call = { role: 'model', parts: [{ functionCall: { name: 'lookup_order', args: {} } }] }
const answered = { role: 'user', parts: [{ functionResponse: { name: 'lookup_order', response: { output: 'x' } } }] }
const asked = { role: 'user', parts: [{ text: 'Hi' }] }

test.each([
  ['Unknown name "messages"', { messages: [] }],
  ['contents is not specified', { contents: [] }],
  ['valid role', { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] }],
  ['parts must not be empty', { contents: [{ role: 'user', parts: [] }] }],
  ['must have one initialized field', { contents: [{ role: 'user', parts: [{ thought: true }] }] }],
  ['comes immediately after a function call turn', { contents: [answered] }],
  ['comes immediately after a user turn', { contents: [call, answered] }],
  ['is equal to the number of function call parts', { contents: [asked, call, asked] }],
  ['response mime type', { contents: [asked], generationConfig: { responseJsonSchema: {} } }],
  [
    'only one of',
    { contents: [asked], generationConfig: { thinkingConfig: { thinkingLevel: 'LOW', thinkingBudget: 1 } } },
  ],
  ['Duplicate function declaration', { contents: [asked], tools: [tools[0], tools[0]] }],
  [
    'which is not declared',
    { contents: [asked], toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['x'] } } },
  ],
])('refuses with "%s"', async (message, body) => {
  await using run = await start()
  const response = await fetch(`${run.simulator.url}/v1beta/models/sim-large:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'test' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) },
  })
})

test('wants the signature of a call back from generation 3 on', async () => {
  await using run = await start()
  const ask = (signature?: string) =>
    run.client.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: [asked, { ...call, parts: [{ ...call.parts[0], thoughtSignature: signature }] }, answered],
    })
  await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining('thought_signature') })
  await expect(ask('c2ln')).rejects.toMatchObject({ message: expect.stringContaining('not valid') })
  expect((await ask(btoa('simulator:own'))).text).not.toBe('')
})
