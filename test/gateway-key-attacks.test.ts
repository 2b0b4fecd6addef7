import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeyedStand, openKeyedStand } from './keyed-stand.ts'
import { type RawRequest, send } from './raw-client.ts'

const messages = [{ role: 'user' as const, content: 'Hi' }]
const model = 'simulator/sim-small'
const body = JSON.stringify({ model, messages })

let test: KeyedStand
let narrow: { readonly id: string; readonly secret: string }
let wide: { readonly id: string; readonly secret: string }
beforeAll(async () => {
  test = await openKeyedStand({ gateway: { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] } })
  narrow = await test.create({ tenant: 'acme', aliases: [model], features: [] })
  wide = await test.create({ passThrough: true })
})
afterAll(() => test[Symbol.asyncDispose]())

const ask = (headers: Record<string, string>, change: RawRequest = {}) =>
  send(test.stand.gateway, { body, ...change, headers: { ...headers, ...change.headers } })

/** Lines of a head as no library writes them; gives the status of each answer that came. */
async function raw(lines: readonly string[], content = body): Promise<number[]> {
  const { hostname, port } = new URL(test.stand.gateway.url)
  const socket = createConnection(Number(port), hostname)
  socket.end(
    `${['POST /v1/chat/completions HTTP/1.1', `host: ${hostname}`, 'content-type: application/json', 'connection: close', ...lines].join('\r\n')}\r\n\r\n${content}`,
  )
  let text = ''
  socket.on('error', () => undefined)
  for await (const chunk of socket) text += chunk
  return [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))
}

describe('a key cannot be got round', () => {
  it.each([
    [{}],
    [{ authorization: 'Bearer ' }],
    [{ authorization: 'Bearer null' }],
    [{ authorization: 'Basic c2staW5zZWFtLTo=' }],
    [{ 'x-api-key': 'sk-inseam-' }],
    [{ 'x-api-key': "' OR '1'='1" }],
    [{ authorization: "Bearer sk-inseam-' OR 1=1; DROP TABLE access_keys; --xxxxxxxxxx" }],
    [{ authorization: `Bearer sk-inseam-${'%'.repeat(43)}` }],
    [{ authorization: `Bearer sk-inseam-${'_'.repeat(43)}` }],
    [{ 'api-key': 'anything' }],
    [{ cookie: 'key=anything' }],
    [{ 'x-inseam-tenant': 'acme', 'x-inseam-key': 'admin', 'x-forwarded-user': 'admin' }],
  ])('by %j', async (headers) => {
    const answer = await ask(headers)
    expect([answer.status, answer.headers['x-inseam-error']]).toEqual([401, 'unauthorized'])
    expect(answer.text).not.toMatch(/sqlite|SQL|syntax/i)
  })

  it('by a secret in another case, cut, longer, or with another alphabet', async () => {
    const { secret } = wide
    const others = [
      secret.toUpperCase(),
      secret.slice(0, -1),
      `${secret}A`,
      secret.replace('sk-inseam-', 'sk-'),
      secret.replace('-', '+'),
    ]
    for (const other of others) if (other !== secret) expect((await ask({ 'x-api-key': other })).status).toBe(401)
  })

  it('by two keys in one request: one of them counts, and it is not the sum', async () => {
    const both = { authorization: `Bearer ${narrow.secret}`, 'x-api-key': wide.secret }
    expect((await ask(both, { body: JSON.stringify({ model: 'fast', messages }) })).status).toBe(403)
    expect((await ask({ 'x-api-key': `${narrow.secret}, ${wide.secret}` })).status).toBe(401)
    expect((await ask({ authorization: `Bearer ${narrow.secret} ${wide.secret}` })).status).toBe(401)
    // Of a header that comes twice, the first one counts; the other is not looked at.
    const length = `content-length: ${Buffer.byteLength(body)}`
    expect(await raw([length, `authorization: Bearer nobody`, `authorization: Bearer ${wide.secret}`])).toEqual([401])
  })

  it('by a body that two readers would end at two places', async () => {
    const smuggled = `0\r\n\r\nGET /v1/models HTTP/1.1\r\nhost: x\r\nx-api-key: ${wide.secret}\r\n\r\n`
    expect(
      await raw(
        [`x-api-key: ${wide.secret}`, `content-length: ${smuggled.length}`, 'transfer-encoding: chunked'],
        smuggled,
      ),
    ).toEqual([400])
    expect(await raw([`x-api-key: ${wide.secret}`, 'content-length: 4', 'content-length: 40'])).toEqual([400])
    expect(await raw([`x-api-key: nobody\r\n x-api-key: ${wide.secret}`, 'content-length: 0'], '')).toEqual([400])
  })

  it('by a name of ours in the headers or the body: tenant, feature and model are those of the key', async () => {
    const headers = { 'x-api-key': narrow.secret }
    expect((await ask({ ...headers, 'x-inseam-tenant': 'rival' })).status).toBe(403)
    expect((await ask({ ...headers, 'x-inseam-feature': 'anything' })).status).toBe(403)
    const twice = `{"model":"${model}","model":"fast","messages":[{"role":"user","content":"Hi"}]}`
    expect((await ask(headers, { body: twice })).status).toBe(403)
    for (const other of [
      'fast',
      'SIMULATOR/sim-small',
      'simulator/sim-large',
      'simulator//sim-small',
      '../fast',
      'feature/triage',
    ])
      expect([403, 404]).toContain((await ask(headers, { body: JSON.stringify({ model: other, messages }) })).status)
  })

  it('by the way a path is written', async () => {
    const headers = { 'x-goog-api-key': narrow.secret }
    const contents = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] })
    for (const path of [
      '/v1beta/models/fast:generateContent',
      '/v1beta/models/%66ast:generateContent',
      '/v1beta/models/simulator%2Fsim-large:generateContent',
      `/v1beta/models/${model}/../fast:generateContent`,
      '/providers/simulator/v1/chat/completions',
      '/providers/%73imulator/v1/chat/completions',
      '//v1/chat/completions',
      '/v1/../v1/files',
    ])
      expect([400, 403, 404]).toContain((await ask(headers, { path, body: contents })).status)
    for (const host of ['localhost', '127.0.0.1:4001', 'admin'])
      expect((await ask({ host }, { path: '/v1/models', method: 'GET', body: '' })).status).toBe(401)
  })

  it('by a key in the URL: it is refused there, and would end up in logs', async () => {
    const path = `/v1beta/models/${encodeURIComponent(model)}:generateContent?key=${wide.secret}`
    const answer = await ask(
      {},
      { path, body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }) },
    )
    expect(answer.status).toBe(401)
    expect(answer.text).toContain('x-goog-api-key')
    expect(answer.text).not.toContain(wide.secret)
    expect(JSON.stringify(test.stand.calls())).not.toContain(wide.secret)
  })
})

describe('where a request comes from', () => {
  it('is what the last proxy that is trusted says, and never what the client adds', async () => {
    const { secret } = await test.create({ addresses: ['192.0.2.0/24', '2001:db8::/32'] })
    const from = async (forwarded: string) => (await ask({ 'x-api-key': secret, 'x-forwarded-for': forwarded })).status
    expect((await ask({ 'x-api-key': secret })).status).toBe(403)
    for (const inside of [
      '192.0.2.7',
      '198.51.100.1, 192.0.2.7',
      '192.0.2.7, 10.1.2.3',
      '192.0.2.7:4711',
      '2001:db8::7',
      '[2001:db8::7]:4711',
      'nonsense, 192.0.2.7, 10.0.0.1, 127.0.0.1',
    ])
      expect([inside, await from(inside)]).toEqual([inside, 200])
    for (const outside of [
      '198.51.100.1',
      '192.0.2.7, 198.51.100.1',
      '192.0.2.7, nonsense',
      '192.0.2.7,',
      '10.0.0.1',
      '',
      '192.0.2.7, ::ffff:198.51.100.1',
      '0xC0000207',
      '192.0.2.007',
    ])
      expect([outside, await from(outside)]).toEqual([outside, 403])
    const others = {
      'x-api-key': secret,
      forwarded: 'for=192.0.2.7',
      'x-real-ip': '192.0.2.7',
      'true-client-ip': '192.0.2.7',
    }
    expect((await ask(others)).status).toBe(403)
  })

  it('is the connection where nobody is trusted', async () => {
    await using plain = await openKeyedStand()
    const { secret } = await plain.create({ addresses: ['192.0.2.0/24'] })
    const here = await plain.create({ addresses: ['127.0.0.0/8'] })
    const from = (key: string) =>
      send(plain.stand.gateway, { body, headers: { 'x-api-key': key, 'x-forwarded-for': '192.0.2.7' } })
    expect((await from(secret)).status).toBe(403)
    expect((await from(here.secret)).status).toBe(200)
  })
})

describe('while it is used', () => {
  it('a key that is revoked ends no stream that has begun, and opens nothing more', async () => {
    await using slow = await openKeyedStand({ simulator: { pace: { firstTokenMs: 20, tokenMs: 20 } } })
    const { id, secret } = await slow.create()
    const { openai } = slow.clients(secret)
    const stream = await openai.chat.completions.create({ model, messages, stream: true })
    let finish: string | null = null
    let chunks = 0
    for await (const { choices } of stream) {
      if (chunks++ === 0) await slow.keys.desk.revoke({ type: 'operator' }, id)
      finish = choices[0]?.finish_reason ?? finish
    }
    expect([finish, chunks > 2]).toEqual(['stop', true])
    await expect(openai.chat.completions.create({ model, messages })).rejects.toMatchObject({ status: 401 })
  })

  it('a key that is rotated opens with both secrets for as long as is said', async () => {
    await using open = await openKeyedStand()
    const { id, secret } = await open.create()
    const rotated = await open.keys.desk.rotate({ type: 'operator' }, id, 3_600_000)
    for (const one of [secret, rotated.secret])
      await open.clients(one).anthropic.messages.create({ model, messages, max_tokens: 9 })
    await open.keys.desk.rotate({ type: 'operator' }, id, 0)
    for (const one of [secret, rotated.secret])
      await expect(
        open.clients(one).anthropic.messages.create({ model, messages, max_tokens: 9 }),
      ).rejects.toMatchObject({ status: 401 })
  })

  it('a key brings its limits: what is too much is refused, and other keys go on', async () => {
    await using open = await openKeyedStand()
    const limited = await open.create({ limits: { requests: 2 } })
    const free = await open.create()
    const status = (secret: string) =>
      open
        .clients(secret)
        .openai.chat.completions.create({ model, messages })
        .then(
          () => 200,
          (error: { status: number }) => error.status,
        )
    expect([await status(limited.secret), await status(limited.secret), await status(limited.secret)]).toEqual([
      200, 200, 429,
    ])
    expect(await status(free.secret)).toBe(200)
  })

  it('a key of a manager brings its limits to those that were made with it, together', async () => {
    await using open = await openKeyedStand()
    const boss = await open.create({ role: 'manager', limits: { requests: 2 } })
    const lineage = await open.keys.ring.find(boss.secret, undefined)
    const made = []
    for (const name of ['one', 'two', 'three'])
      made.push((await open.keys.desk.create({ type: 'key', lineage: lineage! }, { name })).secret)
    const statuses = []
    for (const secret of made)
      statuses.push((await send(open.stand.gateway, { body, headers: { 'x-api-key': secret } })).status)
    expect(statuses).toEqual([200, 200, 429])
  })
})
