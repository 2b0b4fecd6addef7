import { InseamError } from '../errors/index.ts'

/** A key cannot have the name or the id that another one has. */
export function keyIsTaken(what: 'name' | 'id', value: string): InseamError {
  return new InseamError('invalid-request', `There is a key with the ${what} "${value}" already.`, {
    fix: what === 'name' ? 'Give it another name, or revoke that one first.' : 'Make it again.',
  })
}
