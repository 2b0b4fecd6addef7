import { isLoopback } from '../config/is-loopback.ts'
import { InseamError } from '../errors/index.ts'
import type { GuardRules } from './guard.ts'

/** Throws `config-invalid` for an address that others reach and no key guards, and for a key that everybody has. */
export function refuseOpenHouse(host: string, { keys, requireKeys = false }: GuardRules): void {
  const empty = keys.find(({ key }) => key === '')
  if (empty) {
    throw new InseamError('config-invalid', `The gateway key "${empty.name}" is empty: whoever sends no key has it.`, {
      fix: 'Give it a value, or leave it out.',
    })
  }
  if (keys.length > 0 || requireKeys || isLoopback(host)) return
  throw new InseamError(
    'config-invalid',
    `The gateway does not listen on ${host} without keys: anybody could spend your money.`,
    {
      fix: 'Configure `gateway.keys`, set `gateway.requireKeys` and make keys with `inseam keys create`, or listen on 127.0.0.1.',
    },
  )
}
