import type { ServerResponse } from 'node:http'
import type { Call } from '../core/call.ts'
import type { InseamError } from '../errors/index.ts'
import { MethodNotAllowed } from '../errors/method-not-allowed.ts'
import type { Codec } from '../wire/codec.ts'
import { callHeaders, withLosses } from './reply-headers.ts'
import { type Headers, send } from './send.ts'

/** Answers with an error in the caller's dialect, unless the caller is gone. */
export function refuse(response: ServerResponse, error: InseamError, codec: Codec, call: Call): void {
  if (error.code === 'aborted') {
    response.destroy()
    return
  }
  const headers: Headers = { ...callHeaders(call), 'x-inseam-error': error.code, ...retryHeaders(error, call) }
  if (error instanceof MethodNotAllowed) headers.allow = error.allowed.join(', ')
  withLosses(headers, call.story.losses)
  send(response, statusOf(error, codec), JSON.stringify(codec.encodeError(error, call.id)), headers)
}

/** Anthropic says 529 where others say 503. */
function statusOf({ code, status }: InseamError, { dialect }: Codec): number {
  return code === 'overloaded' && dialect === 'anthropic-messages' ? 529 : status
}

/**
 * A client must not multiply our retries: once the pipeline has done what helps, the official SDKs are told to stop. A stated
 * wait that did not fit this call is the client's to keep, and another replica may answer while this one drains, or cannot ask about a key.
 */
function retryHeaders(error: InseamError, call: Call): Headers {
  const waitMs = error.retryAfterMs
  const headers: Headers = {}
  if (waitMs !== undefined) {
    headers['retry-after'] = Math.ceil(waitMs / 1000)
    headers['retry-after-ms'] = Math.ceil(waitMs)
  }
  // What was passed through was tried once: trying again is the client's to do.
  const isUntried = call.passage !== undefined && error.retryable
  const isWaitable = waitMs !== undefined && waitMs <= longestWaitMs && error.code !== 'quota-exhausted'
  const isElsewhere = error.code === 'shutting-down' || error.code === 'keys-unavailable'
  const isUnspent = isUntried || isElsewhere || (isWaitable && call.story.begun <= 1)
  if (!isUnspent) headers['x-should-retry'] = 'false'
  return headers
}

/** A longer wait is told and no client is asked to sit it out: some SDKs would sleep for hours, others ask again at once. */
const longestWaitMs = 60_000
