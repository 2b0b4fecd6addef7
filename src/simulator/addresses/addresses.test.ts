import { once } from 'node:events'
import { get } from 'node:https'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import { type AddressKind, startSimulator } from '../index.ts'

/** Shakes hands with an address, trusting this authority; resolves to how that went. */
async function shakeHands(url: string, ca: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connectTls({ host: hostname, port: Number(port), ca })
  const outcome = await Promise.race([
    once(socket, 'secureConnect').then(() => 'trusted'),
    once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? 'an error'),
  ]).catch((error: NodeJS.ErrnoException) => error.code ?? 'an error')
  socket.destroy()
  return outcome
}

test.each<[AddressKind, string | RegExp]>([
  ['tls', 'trusted'],
  ['tls-expired', 'CERT_HAS_EXPIRED'],
  ['tls-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['tls-untrusted', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
])('%s is what a client that trusts the authority takes it for', async (kind, outcome) => {
  await using simulator = await startSimulator()
  expect(await shakeHands(await simulator.address(kind), await simulator.authority())).toBe(outcome)
})

test('answers over TLS as it does without, and bills both in the same books', async () => {
  await using simulator = await startSimulator()
  const url = await simulator.address('tls')
  expect(await simulator.address('tls')).toBe(url)
  const asked = get(`${url}/v1/models`, { ca: await simulator.authority(), headers: { authorization: 'Bearer any' } })
  const [answer] = await once(asked, 'response')
  expect(answer.statusCode).toBe(200)
  answer.resume()
  await once(answer, 'end')
  expect(simulator.log()).toMatchObject([{ path: '/v1/models', status: 200 }])
  asked.destroy()
})

test('a connection to the black hole neither comes about nor fails', async () => {
  await using simulator = await startSimulator()
  const { hostname, port } = new URL(await simulator.address('blackhole'))
  const socket = connect(Number(port), hostname)
  const happened: string[] = []
  for (const event of ['connect', 'error']) socket.on(event, () => happened.push(event))
  // Another address of this machine connects meanwhile, which a connection to the black hole would have, too.
  const other = connect(simulator.port, '127.0.0.1')
  await once(other, 'connect')
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(happened).toEqual([])
  for (const one of [socket, other]) one.destroy()
})

test('a stalled handshake connects and says nothing', async () => {
  await using simulator = await startSimulator()
  const { hostname, port } = new URL(await simulator.address('stalled-tls'))
  const socket = connectTls({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  const happened: string[] = []
  for (const event of ['secureConnect', 'close']) socket.on(event, () => happened.push(event))
  await once(socket, 'connect')
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(happened).toEqual([])
  socket.destroy()
})

test('no name server knows the unresolvable name', async () => {
  await using simulator = await startSimulator()
  const { hostname } = new URL(await simulator.address('unresolvable'))
  const [error] = await once(connect(80, hostname), 'error').catch((thrown) => [thrown])
  expect(error).toMatchObject({ syscall: 'getaddrinfo' })
})

test('what was opened is closed with the simulator', async () => {
  const simulator = await startSimulator()
  const url = await simulator.address('tls')
  await simulator.close()
  expect(await shakeHands(url, await simulator.authority())).toBe('ECONNREFUSED')
})

test('addresses are told over HTTP, with the authority where it is of use', async () => {
  await using simulator = await startSimulator()
  const told = async (kind: string) => (await fetch(`${simulator.url}/simulator/addresses/${kind}`)).json()
  expect(await told('refused')).toEqual({ url: simulator.refusedUrl })
  expect(await told('stalled-tls')).toEqual({ url: await simulator.address('stalled-tls') })
  const tls = (await told('tls')) as { readonly url: string; readonly authority: string }
  expect(await shakeHands(tls.url, tls.authority)).toBe('trusted')
  expect(await told('nowhere')).toEqual({
    error: {
      message:
        'There is no address of the kind "nowhere". The kinds are: refused, unresolvable, blackhole, stalled-tls, tls, tls-expired, tls-wrong-host, tls-untrusted.',
    },
  })
})
