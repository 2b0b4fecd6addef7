import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLiveCalls, openAdmin } from '../src/admin/index.ts'
import { breakSimulator } from '../src/cli/break-simulator.ts'
import { type House, openHouse, token } from './house.ts'
import { dial, hear, send } from './raw-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ admin: ({ simulator }) => ({ simulator: breakSimulator(simulator) }) })
})
afterAll(() => house[Symbol.asyncDispose]())

/** Every path under /api, with its methods; those without are not there. */
const paths: Readonly<Record<string, readonly string[]>> = {
  '/api/state': ['GET'],
  '/api/overview': ['GET'],
  '/api/features': ['GET'],
  '/api/calls': ['GET'],
  '/api/calls/call_1': ['GET'],
  '/api/runs/run_1': ['GET'],
  '/api/evals': ['GET'],
  '/api/evals/eval_1': ['GET'],
  '/api/live': ['GET'],
  '/api/simulator': ['GET', 'POST'],
  '/api': [],
  '/api/': [],
  '/api/calls/': [],
  '/api/calls/a/b': [],
  '/api/calls/%ZZ': [],
  '/api/../api/state': [],
  '/api//state': [],
  '/api/State': [],
  '/api/state/': [],
  '/api/constructor': [],
}
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

const strangers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no token': {},
  'an empty token': { authorization: 'Bearer ' },
  'a wrong token': { authorization: `Bearer ${'x'.repeat(token.length)}` },
  'the beginning of the token': { authorization: `Bearer ${token.slice(0, -1)}` },
  'more than the token': { authorization: `Bearer ${token}1` },
  'the token in another case': { authorization: `Bearer ${token.toUpperCase()}` },
  'the token without its scheme': { authorization: token },
  'the token as a password': { authorization: `Basic ${btoa(`:${token}`)}` },
  'the token in a cookie': { cookie: `token=${token}` },
  'the token as an API key': { 'x-api-key': token },
}

/** Asks without waiting for what does not end. */
async function statusOf(method: string, path: string, headers: Readonly<Record<string, string>>) {
  const socket = await dial(house.admin)
  const { host } = new URL(house.admin.url)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(
    `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-length: 0\r\n${lines.join('')}\r\n`,
  )
  const head = await new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
      if (text.includes('\r\n\r\n')) resolve(text)
    })
    socket.on('close', () => resolve(text))
  })
  socket.destroy()
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head }
}

describe.each(Object.entries(strangers))('with %s', (_, headers) => {
  it.each(Object.keys(paths))('%s answers no method', async (path) => {
    for (const method of methods) {
      const { status, head } = await statusOf(method, path, headers)
      expect([method, status]).toEqual([method, 401])
      expect(head).toMatch(/^www-authenticate: Bearer/im)
    }
  })
})

describe('with the token', () => {
  it.each(Object.entries(paths))('%s answers its methods and no other', async (path, allowed) => {
    for (const method of methods) {
      const { status, head } = await statusOf(method, path, { authorization: `Bearer ${token}` })
      if (allowed.length === 0) expect([method, status]).toEqual([method, 404])
      else if (!allowed.includes(method)) {
        expect([method, status]).toEqual([method, 405])
        expect(head).toContain(`allow: ${allowed.join(', ')}\r\n`)
      } else {
        // Without a body, a POST cannot be read; an id that is not on the record is not found.
        const expected = method === 'POST' ? 400 : /_1$/.test(path) ? 404 : 200
        expect([method, status]).toEqual([method, expected])
      }
    }
  })

  it('does not take it from the URL', async () => {
    expect((await statusOf('GET', `/api/state?token=${token}`, {})).status).toBe(401)
    expect((await statusOf('GET', `/api/state?token=${token}`, { authorization: `Bearer ${token}` })).status).toBe(400)
  })

  it('refuses in one form, which names the fix', async () => {
    const response = await house.ask('/api/nothing')
    expect(await response.json()).toEqual({
      error: { code: 'not-found', message: expect.stringContaining('/api/nothing'), fix: expect.any(String) },
    })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('who asks under another name', () => {
  const authorization = `Bearer ${token}`
  const port = () => new URL(house.admin.url).port

  it.each([
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['LOCALHOST:PORT', 200],
    ['[::1]:PORT', 200],
    ['evil.example', 403],
    ['evil.example:PORT', 403],
    ['127.0.0.1', 403],
    ['127.0.0.1:1', 403],
    ['127.0.0.2:PORT', 403],
    ['localhost.evil.example:PORT', 403],
    ['evil.example@127.0.0.1:PORT', 403],
    ['127.0.0.1:PORT.evil.example', 403],
    ['0x7f.1:PORT', 403],
  ])('as %j gets %i, of the page as of its API', async (name, status) => {
    const host = name.replace('PORT', port())
    for (const path of ['/', '/api/state']) {
      const response = await send(house.admin, { method: 'GET', path, headers: { host, authorization } })
      expect([path, response.status]).toEqual([path, status])
    }
  })

  it('is refused before the token is looked at', async () => {
    const headers = { host: 'evil.example' }
    expect((await send(house.admin, { method: 'GET', path: '/api/state', headers })).status).toBe(403)
  })

  it.each([
    ['http://127.0.0.1:PORT', 200],
    ['http://localhost:PORT', 403],
    ['http://127.0.0.1:1', 403],
    ['http://evil.example', 403],
    ['null', 403],
    ['', 403],
    ['file://', 403],
  ])('from %j gets %i', async (named, status) => {
    const origin = named.replace('PORT', port())
    const response = await send(house.admin, { method: 'GET', path: '/api/state', headers: { origin, authorization } })
    expect(response.status).toBe(status)
  })

  it('may not ask for more by a preflight', async () => {
    const response = await send(house.admin, {
      method: 'OPTIONS',
      path: '/api/state',
      headers: { origin: 'http://evil.example', 'access-control-request-headers': 'authorization' },
    })
    expect(response.status).toBe(403)
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('a request that is none', () => {
  it.each([
    ['two lengths', 'POST /api/simulator HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
    [
      'a length and chunks',
      'POST /api/simulator HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a folded header', 'GET /api/state HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n'],
    ['an empty host', 'GET /api/state HTTP/1.1\r\nhost: \r\nconnection: close\r\n\r\n'],
    ['no host', 'GET /api/state HTTP/1.1\r\n\r\n'],
  ])('with %s is refused', async (_, text) => {
    const socket = await dial(house.admin)
    const heard = hear(socket)
    socket.write(text)
    expect(await heard).toMatch(/^HTTP\/1\.1 40[03] /)
  })
})

describe('where it listens', () => {
  const nothing = {
    live: createLiveCalls(),
    gatewayUrl: 'http://127.0.0.1:9',
    state: () => ({
      version: '',
      gatewayUrl: '',
      origin: '',
      isSimulated: false,
      aliases: [],
      problems: [],
      openBreakers: null,
    }),
  }

  it('is not open to the network without a token that was chosen', async () => {
    await expect(openAdmin({ ...nothing, host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'config-invalid',
      fix: expect.stringContaining('admin.token'),
    })
  })

  it('repeats no token that was chosen, and is found at any of its addresses', async () => {
    await using admin = await openAdmin({ ...nothing, host: '0.0.0.0', port: 0, token })
    expect(admin.link).toBe(`${admin.url}/`)
    const { port } = new URL(admin.url)
    const ask = async (host: string) => {
      const at = { url: `http://127.0.0.1:${port}` }
      return (
        await send(at, { method: 'GET', path: '/api/state', headers: { host, authorization: `Bearer ${token}` } })
      ).status
    }
    expect(await ask('192.0.2.7:8080')).toBe(200)
    expect(await ask('[2001:db8::7]:8080')).toBe(200)
    expect(await ask('evil.example')).toBe(403)
  })

  it('makes a token of 256 bits, another at each start, and puts it where no request carries it', async () => {
    await using one = await openAdmin({ ...nothing, port: 0 })
    await using two = await openAdmin({ ...nothing, port: 0 })
    const tokens = [one, two].map(({ link }) => new URL(link).hash.replace('#token=', ''))
    expect(tokens[0]).not.toBe(tokens[1])
    for (const made of tokens) expect(Buffer.from(made, 'base64url')).toHaveLength(32)
    expect(new URL(one.link).search + new URL(one.link).pathname).toBe('/')
    const headers = { authorization: `Bearer ${tokens[0]}` }
    expect((await fetch(`${one.url}/api/state`, { headers })).status).toBe(200)
    expect((await fetch(`${two.url}/api/state`, { headers })).status).toBe(401)
  })

  it('takes the next free port where nobody named one, and says so', async () => {
    const first = await openAdmin(nothing)
    await using second = await openAdmin(nothing)
    await first.close()
    expect(second.takenPort).toBe(4001)
    expect(Number(new URL(second.url).port)).toBeGreaterThan(4001)
  })

  it('refuses a port that was named and is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    await expect(openAdmin({ ...nothing, port })).rejects.toMatchObject({
      code: 'config-invalid',
      message: `The page cannot be served on 127.0.0.1:${port}: something else listens there.`,
    })
    other.close()
  })
})
