import type { Client, Pool } from 'undici'
import { watchReuse } from './reused-connection.ts'

/** How a host is connected to. */
export interface Connecting {
  /** `https://api.openai.com`. */
  readonly origin: string
  /** At most. Default: as many as there are requests. */
  readonly maxConnections?: number
  /** The certificates, in PEM, of the authorities that are trusted in place of those that Node knows. */
  readonly ca?: string
}

/** A connection that has not come about is given up, in milliseconds: whoever wanted it has long gone by its own clock. */
const forgottenMs = 60_000

/** HTTP/2 would hold all requests back until the first handshake is over, which may be never. */
const settings = { headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: 16 * 1024, allowH2: false } as const

/** Opens a pool of connections. undici is loaded with the first one; its own timeouts are off. */
export async function openPool({ origin, maxConnections, ca }: Connecting): Promise<Pool> {
  const { Pool } = await import('undici')
  return new Pool(origin, { ...settings, connections: maxConnections ?? null, connect: await connector(ca) })
}

/** Opens one connection that nobody has used, beside the pool. It is closed after the requests that it is given. */
export async function openConnection({ origin, ca }: Connecting): Promise<Client> {
  const { Client } = await import('undici')
  return new Client(origin, { ...settings, connect: await connector(ca) })
}

async function connector(ca: string | undefined) {
  const { buildConnector } = await import('undici')
  const connect = buildConnector({ allowH2: false, timeout: forgottenMs, ...(ca !== undefined && { ca }) })
  return (...[options, done]: Parameters<typeof connect>): void => {
    connect(options, (...outcome) => {
      if (outcome[1]) watchReuse(outcome[1])
      done(...outcome)
    })
  }
}
