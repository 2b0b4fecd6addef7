import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InseamError } from '../errors/index.ts'

/** Listens, and gives the URL. Throws `config-invalid` for an address that cannot be listened on. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something else listens there' : cause.message
      const fix = 'Stop the other process, or choose another port (`gateway.port`, `--port`).'
      reject(new InseamError('config-invalid', `The gateway cannot listen on ${host}:${port}: ${why}.`, { fix, cause }))
    })
    server.listen(port, host, () => {
      server.removeAllListeners('error')
      // Where the process runs out of descriptors, a connection is lost and not the process.
      server.on('error', (error) => process.emitWarning(`The gateway: ${error.message}`, 'InseamWarning'))
      resolve()
    })
  })
  return urlOf(server)
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
