import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { InseamError } from '../../errors/index.ts'

/**
 * The port that was named, or a free one for 0: workers that come back ask for the same one, even where none was left to hold it.
 * Throws `config-invalid` for a host that cannot be listened on.
 */
export async function choosePort(host: string, port: number): Promise<number> {
  if (port !== 0) return port
  const server = createServer()
  try {
    await once(server.listen(0, host), 'listening')
    return (server.address() as AddressInfo).port
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new InseamError('config-invalid', `The gateway cannot listen on ${host}: ${why}.`, {
      fix: 'Choose an address of this machine (`gateway.host`, `--host`).',
      cause,
    })
  } finally {
    server.close()
  }
}
