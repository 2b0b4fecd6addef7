import type { IncomingMessage } from 'node:http'
import type { CloudDoor } from './clouds/cloud-door.ts'
import type { Dialect } from './dialect.ts'
import { invalid, type Problem } from './problem.ts'
import type { SimulatorState } from './simulator-state.ts'

/** What is wrong with who asks; undefined where nothing is. */
export function whyDenied(
  state: SimulatorState,
  request: IncomingMessage,
  dialect: Dialect,
  cloud?: CloudDoor,
): Problem | undefined {
  const bearer = /^Bearer\s+(\S+)/i.exec(request.headers.authorization ?? '')?.[1]
  const apiKey = request.headers['x-api-key'] ?? request.headers['x-goog-api-key']
  const key = cloud ? cloud.keyOf(request.headers) : (bearer ?? (Array.isArray(apiKey) ? apiKey[0] : apiKey) ?? '')
  if (key === '')
    return {
      kind: 'unauthenticated',
      message: 'No API key was provided: send `authorization: Bearer`, `x-api-key` or `x-goog-api-key`.',
    }
  if (state.rejectedKeys.includes(key)) return { kind: 'unauthenticated', message: 'Incorrect API key provided.' }
  if (!cloud && dialect.name === 'anthropic-messages' && request.headers['anthropic-version'] === undefined) {
    return invalid('anthropic-version: header is required')
  }
  return undefined
}
