import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InseamError } from '../errors/index.ts'

/** Where a server listens. */
export interface Listening {
  readonly port: number
  readonly url: string
  /** The usual port, where something else had it. */
  readonly takenPort?: number
}

const usualPort = 4001
const portsTried = 20

/**
 * Listens: on the port that was named, or else on 4001 or the next one that is free. Throws `config-invalid` for an address that
 * cannot be listened on.
 */
export async function listen(server: Server, host: string, named: number | undefined): Promise<Listening> {
  const ports =
    named === undefined ? [...Array.from({ length: portsTried }, (_, index) => usualPort + index), 0] : [named]
  let failure: NodeJS.ErrnoException | undefined
  for (const port of ports) {
    failure = await tryPort(server, host, port)
    if (!failure) {
      // Where the process runs out of descriptors, a connection is lost and not the process.
      server.on('error', (error) => process.emitWarning(`The admin listener: ${error.message}`, 'InseamWarning'))
      const taken = named === undefined && port !== usualPort ? { takenPort: usualPort } : {}
      return { ...addressOf(server), ...taken }
    }
    if (failure.code !== 'EADDRINUSE') break
  }
  throw cannotListen(host, named ?? usualPort, failure)
}

async function tryPort(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>()
  const listening = () => resolve(undefined)
  server.once('error', resolve).once('listening', listening).listen(port, host)
  const failure = await promise
  server.off('error', resolve).off('listening', listening)
  return failure
}

function addressOf(server: Server): Pick<Listening, 'port' | 'url'> {
  const { address, family, port } = server.address() as AddressInfo
  return { port, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}` }
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException | undefined): InseamError {
  const why = cause?.code === 'EADDRINUSE' ? 'something else listens there' : cause?.message
  return new InseamError('config-invalid', `The page cannot be served on ${host}:${port}: ${why}.`, {
    fix: 'Stop the other process, choose another port (`admin.port`, `--admin-port`), or go without (`--no-page`).',
    cause,
  })
}
