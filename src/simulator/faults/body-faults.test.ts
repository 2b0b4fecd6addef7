import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startSimulator } from '../index.ts'
import { bodyFaults } from './body-faults.ts'
import { type Expected, faultsAreSeen } from './faults.suite.ts'

const nothing = /^(! |null {2}no usage)/
const whole = /^(stop|completed|end_turn|STOP) .+ usage/
const unpriced = /^(stop|completed|end_turn|STOP) .+ no usage/
const failed = /^! /

const expected: Expected = {
  html: [nothing, nothing],
  'error-under-200': [nothing, nothing],
  // OpenAI's and Anthropic's clients take what is not called JSON for text.
  'wrong-content-type': [nothing, whole],
  'empty-body': [nothing, nothing],
  'empty-object': [/^null {2}no usage/, /^null {2}no usage/],
  'bare-json': [nothing, nothing],
  'truncated-json': [failed, failed],
  'invalid-utf8': [/�/, /�/],
  bom: [whole, whole],
  encoded: [whole, whole],
  'corrupt-encoding': [failed, failed],
  'gzip-bomb': [whole, whole],
  'deep-json': [whole, whole],
  'hostile-keys': [whole, whole],
  'no-choices': [/^(null|completed|end_turn) {2}usage/, /^(null|completed|end_turn) {2}usage/],
  'empty-answer': [/^(stop|completed|end_turn|STOP) {2}usage/, /^(stop|completed|end_turn|STOP) {2}usage/],
  'choices-out-of-order': [whole, whole],
  'other-model': [whole, whole],
  'usage-missing': [unpriced, unpriced],
  'usage-wrong': [whole, whole],
  'usage-late': [whole, whole],
  'usage-repeated': [whole, whole],
}

faultsAreSeen(bodyFaults, expected, {
  'bedrock-converse': {
    'wrong-content-type': [whole, whole],
    // Its client decodes nothing.
    encoded: [failed, failed],
    'gzip-bomb': [failed, failed],
    bom: [failed, failed],
    'deep-json': [failed, failed],
  },
  gemini: {
    'empty-object': [/^null {2}no usage/, /^! none/],
    'wrong-content-type': [whole, whole],
  },
})

const asked = { model: 'sim-small', messages: [{ role: 'user' as const, content: 'How do I bake bread?' }] }

/** One answer in Chat Completions, as its bytes are. */
async function answered(fault: string, more: object = {}) {
  await using simulator = await startSimulator()
  const response = await fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'x-simulate': fault },
    body: JSON.stringify({ ...asked, ...more }),
  })
  const text = await response.text()
  await simulator.idle()
  return { response, text, line: simulator.invoice().lines[0]! }
}

test.each(['gzip', 'br', 'zstd', 'deflate'])('a body and a stream can be in %s', async (encoding) => {
  for (const stream of [false, true]) {
    const { response, text, line } = await answered(`encoded; encoding=${encoding}`, { stream })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(text).toMatch(stream ? /data: \[DONE\]\n\n$/ : /^\{.*\}$/)
    expect(line.bytes).toBe(stream ? line.bytes : Number(response.headers.get('content-length')))
  }
})

test.each([
  ['whole', false],
  ['streamed', true],
])('a bomb swells to what the fault says, %s, and costs the wire next to nothing', async (_, stream) => {
  const { text, line } = await answered('gzip-bomb; bytes=10000000', { stream })
  expect(text.length).toBeGreaterThan(10_000_000)
  expect(line.bytes).toBeLessThan(60_000)
  expect(line.reportedUsage).toBe(!stream)
})

test('hostile keys are read over by who reads JSON as everybody does', async () => {
  const { text, line } = await answered('hostile-keys')
  expect(text).toContain('"__proto__":{"polluted":true}')
  expect(text).toContain('"usage":null')
  expect(JSON.parse(text).usage.completion_tokens).toBe(line.usage.output)
})

test('nesting is as deep as the fault says', async () => {
  const { text } = await answered('deep-json; depth=1234')
  expect(/\[+/.exec(text)?.[0].length).toBe(1234)
})

test.each([
  ['negative', /"total_tokens":-\d+/],
  ['absurd', /"total_tokens":\d+000000\b/],
  ['huge', /"total_tokens":10{30}\b/],
  ['infinite', /"total_tokens":1e999\b/],
  ['not-a-number', /"total_tokens":NaN/],
  ['fraction', /"total_tokens":\d+\.5/],
  ['text', /"total_tokens":"\d+"/],
  ['null', /"total_tokens":null/],
  ['zero', /"total_tokens":0\b/],
])('usage can be %s, and the invoice is not', async (as, seen) => {
  for (const stream of [false, true]) {
    const more = { stream, ...(stream && { stream_options: { include_usage: true } }) }
    const { text, line } = await answered(`usage-wrong; as=${as}`, more)
    expect(text).toMatch(seen)
    expect(line.usage.output).toBeGreaterThan(5)
    expect(line.reportedUsage).toBe(false)
  }
})

test('usage that comes several times is the sum so far, each time', async () => {
  const more = { stream: true, stream_options: { include_usage: true } }
  const { text, line } = await answered('usage-repeated; times=4', more)
  const told = [...text.matchAll(/"completion_tokens":(\d+)/g)].map(([, count]) => Number(count))
  const { output } = line.usage
  expect(told).toEqual([Math.floor(output / 4), Math.floor(output / 2), Math.floor((output * 3) / 4), output])
})

test('the last of several choices comes first', async () => {
  await using simulator = await startSimulator()
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const request = { ...asked, model: 'sim-small+choices-out-of-order', n: 3 }
  const { choices } = await client.chat.completions.create(request)
  expect(choices.map(({ index }) => index)).toEqual([2, 1, 0])
  const seen: number[] = []
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    seen.push(...chunk.choices.map(({ index }) => index))
  }
  expect([...new Set(seen)]).toEqual([2, 1, 0])
})

test('an answer in the name of another model is billed as the one that was asked', async () => {
  const { text, line } = await answered('other-model; name=sim-large')
  expect(JSON.parse(text).model).toBe('sim-large')
  expect(line.model).toBe('sim-small')
})
