import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isInseamError } from '../src/errors/index.ts'
import { documents, feature, lookup, prompt } from '../src/index.ts'
import { doors, send } from './raw-client.ts'
import { type RawUpstream, type Respond, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

/** Every secret has this in it, and nothing else does. */
const canary = /canary/
const providerKey = 'provider-key-canary-7361'
const providerHeader = 'tenant-token-canary-0815'
const gatewayKey = 'gateway-key-canary-4242'

const dialects = ['openai-chat', 'anthropic-messages'] as const

/** What a provider echoes: the credential and the operator's own header, as it got them. */
const echoed = `You sent ${providerKey} and ${providerHeader}.`
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Respond => {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }
}
const text = (status: number, type: string, body: string): Respond => {
  return (response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }
}
const error = { type: 'error', error: { type: 'invalid_request_error', message: echoed, code: providerKey } }
const long = `${'x'.repeat(480)}${providerKey}`
const events = (...frames: string[]): Respond => text(200, 'text/event-stream', frames.map((f) => `${f}\n\n`).join(''))

/** Ways in which a provider says what it should not. */
const indiscretions: Record<string, Respond> = {
  'in an error': json(401, error),
  'in an error of its own kind': json(400, { error: { message: echoed, type: providerKey, param: providerKey } }),
  'in an error without an envelope': json(500, { detail: echoed }),
  'at the edge of what is quoted': json(400, { error: { message: long } }),
  'in a page': text(502, 'text/html', `<html><h1>${echoed}</h1></html>`),
  'in plain text': text(500, 'text/plain', echoed),
  'in its headers': json(
    429,
    { error: { message: 'Slow down.' } },
    {
      'x-request-id': providerKey,
      'request-id': providerKey,
      'retry-after': providerKey,
    },
  ),
  'in a redirect': (response) => {
    response.writeHead(307, { location: `https://evil.example/${providerKey}?key=${providerKey}` })
    response.end()
  },
  'in an error under a 200': json(200, error),
  'in JSON that is none': text(200, 'application/json', `{"error": "${echoed}`),
  'in a JSON string': text(200, 'application/json', JSON.stringify(echoed)),
  'in a finish reason': json(200, {
    id: 'c',
    choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: providerKey }],
  }),
  'in a stop reason': json(200, { id: 'm', type: 'message', content: [], stop_reason: providerKey }),
  'in the first event of a stream': events(`event: error\ndata: ${JSON.stringify(error)}`),
  'in an event of a stream at the edge of what is quoted': events(
    `event: error\ndata: ${JSON.stringify({ type: 'error', error: { message: long } })}`,
  ),
  'in an event that is no JSON': events(`data: ${echoed}`),
  'in an event in the middle of a stream': events(
    'data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hi"}}]}',
    `data: ${JSON.stringify(error)}`,
  ),
  'in an event in the middle of a message': events(
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{}}}',
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}',
    `event: error\ndata: ${JSON.stringify(error)}`,
  ),
}

let stand: Stand
let upstream: RawUpstream
const warnings: string[] = []
const hear = (warning: Error) => warnings.push(String(warning.stack))
beforeAll(async () => {
  process.on('warning', hear)
  upstream = await startRawUpstream()
  const once = { retry: { attempts: 1, baseMs: 1, capMs: 1 } }
  stand = await openStand({
    // A name for each try: a breaker that is open would answer in place of the provider.
    aliases: Object.keys(indiscretions).flatMap((_, index) =>
      dialects.flatMap((target) => [alias(`${target}-${index}`, [`raw-${target}/m-${index}`], once)]),
    ),
    config: withRawUpstream(upstream.url, { headers: { 'x-tenant-token': providerHeader } }),
    gateway: { keys: [{ name: 'shop', key: gatewayKey }] },
  })
})
afterAll(async () => {
  process.off('warning', hear)
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

describe.each(Object.entries(indiscretions))('a provider that gives the key away %s', (name, respond) => {
  const index = Object.keys(indiscretions).indexOf(name)
  const cases = dialects.flatMap((dialect) =>
    dialects.flatMap((target) => [false, true].map((stream) => ({ dialect, target, stream }))),
  )

  it.each(cases)('tells it to no client and no record: $dialect to $target, streamed $stream', async (how) => {
    const { dialect, target, stream } = how
    upstream.respond = respond
    const model = `${target}-${index}`
    const response = await send(stand.gateway, {
      path: doors[dialect],
      headers: { authorization: `Bearer ${gatewayKey}`, 'x-app-secret': 'client-canary', cookie: 'a=canary' },
      body: JSON.stringify({ model, max_tokens: 50, stream, messages: [{ role: 'user', content: 'Hello.' }] }),
    })
    expect(upstream.received.at(-1)?.headers['x-tenant-token']).toBe(providerHeader)
    expect(response.text).not.toMatch(canary)
    expect(JSON.stringify(response.headers)).not.toMatch(canary)
    expect(stand.calls().at(-1)?.model).toBe(model)
    expect(JSON.stringify([stand.calls().at(-1), stand.attempts().at(-1)])).not.toMatch(canary)
  })

  it('tells it to no feature, neither in the error nor in what caused it', async () => {
    upstream.respond = respond
    for (const target of dialects) {
      const plain = feature({ name: 'greet', model: `${target}-${index}`, prompt: () => prompt`Hello.` })
      const thrown: unknown = await stand.seam.complete(plain, undefined).catch((error: unknown) => error)
      for (let told: unknown = thrown; told instanceof Error; told = told.cause) {
        const fields = Object.getOwnPropertyNames(told).map((field) => String(Reflect.get(told as Error, field)))
        expect(fields.join('\n')).not.toMatch(canary)
      }
      if (!isInseamError(thrown)) expect(thrown).toMatchObject({ text: 'Hi' })
    }
  })
})

it('no code of a feature that throws tells a client or the record the credential in what it throws', async () => {
  const fail = () => {
    throw new Error('cannot reach postgres://app:database-canary@db/app, password=database-canary')
  }
  const refuses = { '~standard': { version: 1, vendor: 'own', validate: fail } } as const
  const named = { model: 'fast', prompt: () => prompt`Hello.` }
  const features = [
    feature({ ...named, name: 'look-up', decide: [lookup('orders', fail)] }),
    feature({ ...named, name: 'prompt', prompt: fail }),
    feature({ ...named, name: 'input', input: refuses }),
    feature({ ...named, name: 'output', output: refuses, outputJsonSchema: { type: 'object', properties: {} } }),
    feature({ ...named, name: 'query', documents: documents({ id: 'a', text: 'b' }), query: fail }),
  ]
  await using stand = await openStand({ gateway: { features } })
  for (const { name } of features) {
    const body = JSON.stringify({ model: `feature/${name}`, messages: [{ role: 'user', content: '{}' }] })
    const { status, text } = await send(stand.gateway, { body })
    expect(`${status} ${text}`).toMatch(/^[45]\d\d .* threw: Error: cannot reach /s)
    expect(text).not.toMatch(canary)
  }
  expect(JSON.stringify(stand.calls())).not.toMatch(canary)
})

it('no refusal of the gateway repeats a key, right or wrong', async () => {
  const body = JSON.stringify({ model: 'fast', messages: 'none' })
  for (const headers of [
    { authorization: `Bearer ${gatewayKey}` },
    { authorization: 'Bearer wrong-key-canary' },
    { 'x-api-key': 'wrong-key-canary' },
    { authorization: `Bearer ${gatewayKey}`, 'x-inseam-deadline-ms': 'abc' },
  ] as Record<string, string>[]) {
    const response = await send(stand.gateway, { headers, body })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.text + JSON.stringify(response.headers)).not.toMatch(canary)
  }
})

it('no event and no warning of all that has a secret in it', () => {
  expect(stand.calls().length).toBeGreaterThan(100)
  expect(JSON.stringify(stand.calls())).not.toMatch(canary)
  expect(JSON.stringify(stand.attempts())).not.toMatch(canary)
  expect(warnings.join('\n')).not.toMatch(canary)
})
