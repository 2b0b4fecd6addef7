import type { Caller } from '../core/caller.ts'
import type { JsonObject } from '../core/json.ts'
import { InvalidRequest } from '../errors/index.ts'

/** What `providerOptions.inseam` may say about a call. */
export interface InseamCallOptions extends Pick<Caller, 'feature' | 'tenant' | 'user' | 'session' | 'tags'> {
  /** The trace that the call belongs to. */
  readonly traceId?: string
  /** The caller's own limit for the whole call, in milliseconds; the alias's counts where it is shorter. */
  readonly timeoutMs?: number
}

const names = ['feature', 'tenant', 'user', 'session', 'traceId'] as const
const known = [...names, 'tags', 'timeoutMs']

/**
 * Reads `providerOptions.inseam`. Throws `InvalidRequest` for a wrong type, and for a name that is not known: a limit that is misspelt
 * must not go unheard.
 */
export function readCallerOptions(said: JsonObject): InseamCallOptions {
  const path = 'providerOptions.inseam'
  for (const name of Object.keys(said)) {
    if (known.includes(name) || said[name] === undefined) continue
    throw new InvalidRequest(`${path}.${name}`, 'there is no such option.', `There are: ${known.join(', ')}.`)
  }
  const { tags, timeoutMs } = said
  for (const name of names) {
    if (said[name] !== undefined && typeof said[name] !== 'string')
      throw new InvalidRequest(`${path}.${name}`, 'it is no text.')
  }
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')))
    throw new InvalidRequest(`${path}.tags`, 'it is no list of texts.')
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw new InvalidRequest(`${path}.timeoutMs`, 'it is no number of milliseconds above 0.')
  return said as InseamCallOptions
}
