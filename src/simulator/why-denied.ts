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
  const key = keyOf(request, cloud)
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

/** The credential that a request shows; empty where it shows none. */
export function keyOf(request: IncomingMessage, cloud?: CloudDoor): string {
  if (cloud !== undefined) return cloud.keyOf(request.headers)
  const bearer = /^Bearer\s+(\S+)/i.exec(request.headers.authorization ?? '')?.[1]
  const apiKey = request.headers['x-api-key'] ?? request.headers['x-goog-api-key']
  return bearer ?? (Array.isArray(apiKey) ? apiKey[0] : apiKey) ?? ''
}
