import type { Caller } from '../core/caller.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Reasoning } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'

/** What `providerOptions.inseam` may say about a call. */
export interface InseamCallOptions extends Pick<Caller, 'feature' | 'tenant' | 'user' | 'session' | 'tags'> {
  /** The trace that the call belongs to. */
  readonly traceId?: string
  /** The caller's own limit for the whole call, in milliseconds; the alias's counts where it is shorter. */
  readonly timeoutMs?: number
  /** How the model should think, where the `reasoning` of the AI SDK does not say it all: whether, and for how many tokens. */
  readonly reasoning?: Reasoning
}

const names = ['feature', 'tenant', 'user', 'session', 'traceId'] as const
const known = [...names, 'tags', 'timeoutMs', 'reasoning']

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
  if (said.reasoning !== undefined) checkReasoning(said.reasoning, `${path}.reasoning`)
  return said as InseamCallOptions
}

const efforts: readonly unknown[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const modes: readonly unknown[] = ['adaptive', 'on', 'off']
const shows: readonly unknown[] = ['none', 'summary', 'concise', 'detailed']

function checkReasoning(said: JsonValue, path: string): void {
  if (!isJsonObject(said)) throw new InvalidRequest(path, 'it is no object.')
  const { effort, mode, budgetTokens, show, ...others } = said
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new InvalidRequest(`${path}.${unknown}`, 'there is no such option.')
  if (effort !== undefined && !efforts.includes(effort))
    throw new InvalidRequest(`${path}.effort`, `it is none of ${efforts.join(', ')}.`)
  if (mode !== undefined && !modes.includes(mode))
    throw new InvalidRequest(`${path}.mode`, `it is none of ${modes.join(', ')}.`)
  if (show !== undefined && !shows.includes(show))
    throw new InvalidRequest(`${path}.show`, `it is none of ${shows.join(', ')}.`)
  if (budgetTokens !== undefined && !(Number.isSafeInteger(budgetTokens) && Number(budgetTokens) > 0))
    throw new InvalidRequest(`${path}.budgetTokens`, 'it is no number of tokens.')
}
