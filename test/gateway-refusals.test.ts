import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openGateway } from '../src/gateway/index.ts'
import { dial, doors, hear, type RawRequest, type RawResponse, send } from './raw-client.ts'
import { openStand, type Stand } from './stand.ts'

const dialects = ['openai-chat', 'anthropic-messages'] as const
type Dialect = (typeof dialects)[number]

let stand: Stand
beforeAll(async () => {
  stand = await openStand({ gateway: { maxBodyBytes: 20_000 } })
})
afterAll(() => stand[Symbol.asyncDispose]())
beforeEach(() => stand.simulator.reset())

/** What the error says, in the caller's dialect and no other. */
function errorOf({ text }: RawResponse, dialect: Dialect): { readonly type: string; readonly message: string } {
  const body = JSON.parse(text)
  if (dialect === 'openai-chat') {
    expect(Object.keys(body)).toEqual(['error'])
    expect(Object.keys(body.error)).toEqual(['message', 'type', 'param', 'code'])
  } else {
    expect(body).toMatchObject({ type: 'error', request_id: expect.stringMatching(/^call_/) })
    expect(Object.keys(body.error)).toEqual(['type', 'message'])
  }
  return body.error
}

const user = { role: 'user', content: 'Hello.' }
const valid = { model: 'fast', max_tokens: 50, messages: [user] }
const nested = (depth: number) => `{"model":"fast","x":${'['.repeat(depth)}${']'.repeat(depth)}}`

/** Requests that cannot be served, and with what they are answered. */
const refused: Record<string, readonly [request: RawRequest, status: number, code: string]> = {
  'no body': [{}, 400, 'invalid-request'],
  'no JSON': [{ body: 'hello' }, 400, 'invalid-request'],
  'half of a JSON': [{ body: '{"model":"fast","messages":[' }, 400, 'invalid-request'],
  'an array': [{ body: '[]' }, 400, 'invalid-request'],
  'a string': [{ body: '"fast"' }, 400, 'invalid-request'],
  null: [{ body: 'null' }, 400, 'invalid-request'],
  'no UTF-8': [
    { body: Buffer.concat([Buffer.from('{"model":"fast","x":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]) },
    400,
    'invalid-request',
  ],
  'a compressed body': [
    { headers: { 'content-encoding': 'gzip' }, body: JSON.stringify(valid) },
    400,
    'invalid-request',
  ],
  'nested more than 64 levels deep': [{ body: nested(64) }, 400, 'invalid-request'],
  'nested 6,000 levels deep': [{ body: nested(6_000) }, 400, 'invalid-request'],
  'too large, as it says': [{ body: JSON.stringify({ ...valid, x: 'x'.repeat(20_000) }) }, 413, 'request-too-large'],
  'too large, in pieces': [
    { body: [JSON.stringify(valid).slice(0, -1), ...Array<string>(30).fill(' '.repeat(1_000)), '}'] },
    413,
    'request-too-large',
  ],
  'no model': [{ body: '{"messages":[]}' }, 400, 'invalid-request'],
  'a model that is no name': [{ body: '{"model":7}' }, 400, 'invalid-request'],
  'an empty model': [{ body: '{"model":""}' }, 400, 'invalid-request'],
  'a model name without end': [
    { body: JSON.stringify({ ...valid, model: 'm'.repeat(5_000) }) },
    400,
    'invalid-request',
  ],
  'an unknown model': [{ body: JSON.stringify({ ...valid, model: 'no-such' }) }, 404, 'unknown-model'],
  'an unknown provider': [{ body: JSON.stringify({ ...valid, model: 'nobody/m' }) }, 404, 'unknown-model'],
  'a name of the prototype': [{ body: JSON.stringify({ ...valid, model: '__proto__' }) }, 404, 'unknown-model'],
  'no messages': [{ body: '{"model":"fast","max_tokens":5}' }, 400, 'invalid-request'],
  'messages that are none': [{ body: JSON.stringify({ ...valid, messages: 'Hello' }) }, 400, 'invalid-request'],
  'a message that is none': [{ body: JSON.stringify({ ...valid, messages: [7] }) }, 400, 'invalid-request'],
  'a role that is none': [
    { body: JSON.stringify({ ...valid, messages: [{ role: 9, content: 'x' }] }) },
    400,
    'invalid-request',
  ],
  'a stream that is no boolean': [{ body: JSON.stringify({ ...valid, stream: 'yes' }) }, 400, 'invalid-request'],
  'tools that are none': [{ body: JSON.stringify({ ...valid, tools: { a: 1 } }) }, 400, 'invalid-request'],
  'a deadline that is none': [
    { body: JSON.stringify(valid), headers: { 'x-inseam-deadline-ms': 'soon' } },
    400,
    'invalid-request',
  ],
  'a deadline in the past': [
    { body: JSON.stringify(valid), headers: { 'x-inseam-deadline-ms': '-5' } },
    400,
    'invalid-request',
  ],
  'a foreign Host': [{ body: JSON.stringify(valid), headers: { host: 'evil.example' } }, 403, 'forbidden'],
  'a Host that looks like ours': [
    { body: JSON.stringify(valid), headers: { host: '127.0.0.1.evil.example' } },
    403,
    'forbidden',
  ],
  'a foreign Origin': [{ body: JSON.stringify(valid), headers: { origin: 'https://evil.example' } }, 403, 'forbidden'],
  'the Origin of a file or a sandbox': [{ body: JSON.stringify(valid), headers: { origin: 'null' } }, 403, 'forbidden'],
  'a body that a page could send unasked': [
    { body: JSON.stringify(valid), headers: { 'content-type': 'text/plain' } },
    403,
    'forbidden',
  ],
}

describe.each(dialects)('a caller of %s', (dialect) => {
  it.each(Object.entries(refused))(
    'is refused in its own dialect, on the record and for nothing: %s',
    async (_, [request, status, code]) => {
      const before = stand.calls().length
      const response = await send(stand.gateway, { path: doors[dialect], ...request })
      expect(response.status).toBe(status)
      const { message } = errorOf(response, dialect)
      expect(message.length).toBeLessThan(1_000)
      expect(response.headers['x-should-retry']).toBe('false')
      expect(stand.calls().slice(before)).toEqual([
        expect.objectContaining({
          callId: response.headers['x-inseam-call'],
          door: 'gateway',
          dialectIn: dialect,
          attempts: 0,
          cost: { nanoUsd: 0, status: 'priced' },
          outcome: expect.objectContaining({ ending: 'error', errorCode: code }),
        }),
      ])
      expect(stand.simulator.log()).toEqual([])
    },
  )

  it('learns nothing of the body from an error, but where it is wrong', async () => {
    const response = await send(stand.gateway, { path: doors[dialect], body: '{"secret": canary-5512}' })
    expect(response.text).not.toContain('anary')
    expect(JSON.stringify(stand.calls().at(-1))).not.toContain('anary')
  })

  it('is refused a route that is not there', async () => {
    const headers: Record<string, string> =
      dialect === 'anthropic-messages' ? { 'anthropic-version': '2023-06-01' } : {}
    for (const [method, path] of [
      ['GET', '/v1/models/absent'],
      ['GET', '/v1/models/%zz'],
      ['GET', '/v1/models/%2e%2e%2fsecrets'],
      ['POST', '//v1/chat/completions'],
      ['POST', '/V1/chat/completions'],
      ['GET', '/'],
      ['GET', '/v1'],
      ['GET', '/v2/files'],
      ['GET', '/providers'],
      ['GET', '/providers/'],
      ['GET', '/providers/nobody/v1/files'],
    ]) {
      const response = await send(stand.gateway, { method, path, headers, body: '' })
      expect(response.status, `${method} ${path}`).toBe(404)
      if (path?.startsWith('/v1/m') || dialect === 'openai-chat') errorOf(response, dialect)
    }
    expect(stand.simulator.log()).toEqual([])
  })

  it('is told the methods where it is the method that is wrong', async () => {
    const headers: Record<string, string> =
      dialect === 'anthropic-messages' ? { 'anthropic-version': '2023-06-01' } : {}
    for (const [method, path, allow] of [
      ['DELETE', '/healthz', 'GET, HEAD'],
      ['POST', '/readyz', 'GET, HEAD'],
      ['OPTIONS', doors[dialect], 'GET, HEAD, POST, PUT, PATCH, DELETE'],
    ] as const) {
      const response = await send(stand.gateway, { method, path, headers })
      expect(response, `${method} ${path}`).toMatchObject({ status: 405, headers: { allow } })
      expect(errorOf(response, dialect).message).toContain(`${method} is not done at ${path}. Use `)
    }
  })

  it('may say what a browser on this machine would say to its own page', async () => {
    const body = JSON.stringify(valid)
    const { host } = new URL(stand.gateway.url)
    const own: Record<string, string>[] = [
      { origin: `http://${host}` },
      { host: 'localhost:4000' },
      { host: '[::1]:4000' },
    ]
    for (const headers of own) {
      expect((await send(stand.gateway, { path: doors[dialect], body, headers })).status).toBe(200)
    }
  })
})

it('writes the event of a client that leaves in the middle of its body as aborted', async () => {
  const socket = await dial(stand.gateway)
  socket.write(
    `POST ${doors['openai-chat']} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nx-inseam-user: leaver\r\ncontent-length: 500\r\n\r\n{"model":`,
  )
  await new Promise((resolve) => socket.write(' ', resolve))
  socket.resetAndDestroy()
  const event = await stand.callEnded(({ user: who }) => who === 'leaver')
  expect(event.outcome).toMatchObject({ errorCode: 'aborted' })
})

it('leaves it to node to refuse what proxies and servers could read in two ways', async () => {
  const head = `POST ${doors['openai-chat']} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`
  const smuggled = [
    `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`,
    `${head}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
    `${head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    `${head}x-folded: a\r\n b\r\ncontent-length: 0\r\n\r\n`,
    `${head}content-length : 0\r\n\r\n`,
    `${head}transfer-encoding: chunked\r\n\r\nzz\r\n\r\n`,
  ]
  const before = stand.calls().length
  for (const text of smuggled) {
    const socket = await dial(stand.gateway)
    socket.write(text)
    const heard = await hear(socket)
    expect(heard, text).not.toMatch(/HTTP\/1\.1 2/)
  }
  expect(stand.simulator.log()).toEqual([])
  expect(
    stand
      .calls()
      .slice(before)
      .every(({ attempts }) => attempts === 0),
  ).toBe(true)
})

describe('keys', () => {
  const keys = [
    { name: 'shop', key: 'k-shop-1', tenant: 'acme', aliases: ['fast'], features: ['triage'] },
    { name: 'lab', key: 'k-lab-2' },
  ]
  const body = JSON.stringify(valid)
  let guarded: Stand
  beforeAll(async () => {
    guarded = await openStand({ gateway: { keys } })
  })
  afterAll(() => guarded[Symbol.asyncDispose]())

  it('open the door in both forms', async () => {
    const forms: Record<string, string>[] = [
      { authorization: 'Bearer k-lab-2' },
      { authorization: 'bearer  k-lab-2' },
      { 'x-api-key': 'k-lab-2' },
    ]
    for (const headers of forms) {
      for (const path of Object.values(doors)) {
        expect((await send(guarded.gateway, { path, body, headers })).status).toBe(200)
        expect(guarded.calls().at(-1)).toMatchObject({ keyId: 'lab' })
      }
    }
  })

  it('keep it shut in any other', async () => {
    guarded.simulator.reset()
    for (const headers of [
      {},
      { authorization: 'k-lab-2' },
      { authorization: 'Basic k-lab-2' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer k-lab-' },
      { authorization: 'Bearer k-lab-2x' },
      { authorization: "Bearer ' OR 1=1 --" },
      { 'x-api-key': 'K-LAB-2' },
      { 'x-api-key': '' },
      { 'x-api-key': 'k-lab-2, k-lab-2' },
      { cookie: 'key=k-lab-2' },
    ] as Record<string, string>[]) {
      const response = await send(guarded.gateway, { body, headers })
      expect(response.status, JSON.stringify(headers)).toBe(401)
      expect(guarded.calls().at(-1)).toMatchObject({ outcome: { errorCode: 'unauthorized' } })
    }
    expect((await send(guarded.gateway, { path: `${doors['openai-chat']}?key=k-lab-2`, body })).status).toBe(401)
    expect((await send(guarded.gateway, { method: 'GET', path: '/v1/models' })).status).toBe(401)
    expect(guarded.simulator.log()).toEqual([])
  })

  it('open their own aliases and features only, and call for their own tenant', async () => {
    const shop = { authorization: 'Bearer k-shop-1' }
    const status = async (model: string, headers: Record<string, string> = {}) =>
      (await send(guarded.gateway, { body: JSON.stringify({ ...valid, model }), headers: { ...shop, ...headers } }))
        .status
    expect(await status('fast', { 'x-inseam-feature': 'triage', 'x-inseam-tenant': 'acme' })).toBe(200)
    expect(guarded.calls().at(-1)).toMatchObject({ tenant: 'acme', feature: 'triage', keyId: 'shop' })
    expect(await status('fast')).toBe(200)
    expect(guarded.calls().at(-1)).toMatchObject({ tenant: 'acme' })
    guarded.simulator.reset()
    expect(await status('smart')).toBe(403)
    expect(await status('simulator/sim-small')).toBe(403)
    expect(await status('no-such')).toBe(403)
    expect(await status('fast', { 'x-inseam-feature': 'other' })).toBe(403)
    expect(await status('fast', { 'x-inseam-tenant': 'rival' })).toBe(403)
    expect(guarded.simulator.log()).toEqual([])
  })

  it('without a tenant call for none, whatever the header claims', async () => {
    const headers = { 'x-api-key': 'k-lab-2', 'x-inseam-tenant': 'acme' }
    expect((await send(guarded.gateway, { body, headers })).status).toBe(200)
    expect(guarded.calls().at(-1)?.tenant).toBeUndefined()
  })

  it('see the models that they open, and no others', async () => {
    const seen = async (key: string) => {
      const { text } = await send(guarded.gateway, {
        method: 'GET',
        path: '/v1/models',
        headers: { authorization: `Bearer ${key}` },
      })
      return JSON.parse(text).data.map(({ id }: { id: string }) => id)
    }
    expect(await seen('k-shop-1')).toEqual(['fast'])
    expect(await seen('k-lab-2')).toContain('smart')
    const hidden = { method: 'GET', path: '/v1/models/smart', headers: { 'x-api-key': 'k-shop-1' } }
    expect((await send(guarded.gateway, hidden)).status).toBe(404)
  })

  it('make every Host, Origin and declared type welcome: the key is what counts', async () => {
    const headers = {
      'x-api-key': 'k-lab-2',
      host: 'inseam.example',
      origin: 'https://app.example',
      'content-type': 'application/json; charset=utf-8',
    }
    expect((await send(guarded.gateway, { body, headers })).status).toBe(200)
  })
})

describe('what the gateway is opened with', () => {
  it('is refused where anybody could spend the operator’s money', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.com']) {
      await expect(openGateway({ pipeline: stand.seam, port: 0, host })).rejects.toMatchObject({
        code: 'config-invalid',
        fix: expect.stringContaining('gateway.keys'),
      })
    }
    await expect(
      openGateway({ pipeline: stand.seam, port: 0, host: '0.0.0.0', keys: [{ name: 'empty', key: '' }] }),
    ).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('is refused where something else listens', async () => {
    const port = Number(new URL(stand.gateway.url).port)
    await expect(openGateway({ pipeline: stand.seam, port })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('something else listens there'),
    })
  })

  it('listens on IPv6, too', async () => {
    await using gateway = await openGateway({ pipeline: stand.seam, port: 0, host: '::1' })
    expect(gateway.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect((await send(gateway, { body: JSON.stringify(valid) })).status).toBe(200)
  })
})

describe('health', () => {
  it('is well while it lives, and ready unless a problem says otherwise', async () => {
    const problems: string[] = []
    await using gateway = await openGateway({ pipeline: stand.seam, port: 0, problems: () => problems })
    const ask = (path: string) => send(gateway, { method: 'GET', path })
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
    expect(await ask('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready","reasons":[]}' })
    problems.push('inseam.yaml: unknown key')
    expect(await ask('/readyz')).toMatchObject({
      status: 503,
      text: '{"status":"not ready","reasons":["inseam.yaml: unknown key"]}',
    })
    expect(await ask('/healthz')).toMatchObject({ status: 200 })
  })

  it('stays ready without a store that no call needs, and says what is wrong', async () => {
    const degraded: string[] = ['3 events are not on the record: the disk is full']
    await using gateway = await openGateway({ pipeline: stand.seam, port: 0, degraded: () => degraded })
    const answer = await send(gateway, { method: 'GET', path: '/readyz' })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual({ status: 'ready', reasons: [], degraded })
  })
})
