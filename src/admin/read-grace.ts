import { isJsonObject } from '../core/json.ts'
import { InvalidRequest } from '../errors/index.ts'

/** How long the old secret of a rotated key goes on to open, in milliseconds: `{ graceMs }`, by default 0. Throws `invalid-request`. */
export function readGrace(json: unknown): number {
  if (!isJsonObject(json)) throw new InvalidRequest('body', 'expected a JSON object.')
  const other = Object.keys(json).find((name) => name !== 'graceMs')
  if (other !== undefined) throw new InvalidRequest(other.slice(0, 60), 'there is no such field.', 'Use: graceMs.')
  const { graceMs = 0 } = json
  if (typeof graceMs !== 'number') throw new InvalidRequest('graceMs', 'expected a number of milliseconds.')
  return graceMs
}
