import { isLoopback } from '../config/is-loopback.ts'
import { InseamError } from '../errors/index.ts'
import type { GatewayKey } from './guard.ts'

/** Throws `config-invalid` for an address that others reach and no key guards, and for a key that everybody has. */
export function refuseOpenHouse(host: string, keys: readonly GatewayKey[]): void {
  const empty = keys.find(({ key }) => key === '')
  if (empty) {
    throw new InseamError('config-invalid', `The gateway key "${empty.name}" is empty: whoever sends no key has it.`, {
      fix: 'Give it a value, or leave it out.',
    })
  }
  if (keys.length > 0 || isLoopback(host)) return
  throw new InseamError(
    'config-invalid',
    `The gateway does not listen on ${host} without keys: anybody could spend your money.`,
    {
      fix: 'Configure `gateway.keys`, or listen on 127.0.0.1.',
    },
  )
}
