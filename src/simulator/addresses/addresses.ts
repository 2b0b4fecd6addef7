import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { openBlackhole } from './blackhole.ts'
import { type CertificateKind, type Certificates, createCertificates } from './certificates.ts'
import type { Opened } from './opened.ts'

export const addressKinds = [
  'unresolvable',
  'blackhole',
  'stalled-tls',
  'tls',
  'tls-expired',
  'tls-wrong-host',
  'tls-untrusted',
] as const

/** An address at which something other than a plain HTTP server is to be found. */
export type AddressKind = (typeof addressKinds)[number]

/** Addresses that are opened as they are asked for. */
export interface Addresses {
  open(kind: AddressKind): Promise<string>
  /** The certificate, in PEM, of the authority that signed all but the untrusted one. */
  authority(): Promise<string>
  close(): Promise<void>
}

/** Opens nothing before the first use. `serve` answers at those that speak TLS. */
export function createAddresses(host: string, serve: RequestListener): Addresses {
  const opened = new Map<AddressKind, Promise<Opened>>()
  let certificates: Promise<Certificates> | undefined

  const made = (): Promise<Certificates> => {
    certificates ??= createCertificates(host)
    return certificates
  }
  const overTls = async (kind: CertificateKind): Promise<Opened> => {
    const { cert, key } = await (await made()).certificate(kind)
    return listen(createTlsServer({ cert, key, requestTimeout: 0, keepAliveTimeout: 60_000 }, serve), host, 'https')
  }
  const openers: Readonly<Record<AddressKind, () => Promise<Opened>>> = {
    // RFC 6761: names below .invalid resolve nowhere.
    unresolvable: async () => ({ url: 'http://simulator.invalid', close: async () => undefined }),
    blackhole: openBlackhole,
    'stalled-tls': () => listen(createServer(), host, 'https'),
    tls: () => overTls('good'),
    'tls-expired': () => overTls('expired'),
    'tls-wrong-host': () => overTls('wrong-host'),
    'tls-untrusted': () => overTls('untrusted'),
  }

  return {
    async open(kind) {
      const already = opened.get(kind) ?? openers[kind]()
      opened.set(kind, already)
      return (await already).url
    },
    authority: async () => (await made()).authority,
    async close() {
      const all = await Promise.allSettled(opened.values())
      opened.clear()
      await Promise.all(all.map((one) => one.status === 'fulfilled' && one.value.close()))
    },
  }
}

async function listen(server: Server, host: string, scheme: 'http' | 'https'): Promise<Opened> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
