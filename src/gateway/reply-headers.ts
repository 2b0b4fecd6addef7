import type { Call } from '../core/call.ts'
import type { Reply } from '../core/reply.ts'
import type { Loss } from '../core/request.ts'
import type { Headers } from './send.ts'

/** What the gateway says of a call beside its answer. The ids are those that the official SDKs show with their errors. */
export function callHeaders(call: Call): Headers {
  return { 'x-inseam-call': call.id, 'x-request-id': call.id, 'request-id': call.id }
}

/** The headers of a whole reply: who answered, what it cost in USD, and what was lost in translation. */
export function replyHeaders(call: Call, reply: Reply): Headers {
  const headers = callHeaders(call)
  if (reply.target !== undefined) headers['x-inseam-target'] = printable(reply.target)
  headers['x-inseam-source'] = reply.source
  headers['x-inseam-cost'] = reply.cost.nanoUsd === null ? 'unpriced' : (reply.cost.nanoUsd / 1e9).toFixed(9)
  return withLosses(headers, call.story.losses)
}

/** The headers of a stream, sent with its first content: the cost is not known yet, and the losses only of the request. */
export function streamHeaders(call: Call): Headers {
  const headers: Headers = {
    ...callHeaders(call),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  }
  const target = targetSoFar(call)
  if (target !== undefined) headers['x-inseam-target'] = printable(target)
  return withLosses(headers, call.story.losses)
}

function targetSoFar({ story }: Call): string | undefined {
  for (let at = story.moments.length - 1; at >= 0; at--) {
    const moment = story.moments[at]
    if (moment?.type === 'attempt-started') return moment.target
  }
  return undefined
}

/** A longer list would not fit what proxies allow; the event has it whole. */
const maxLossesShown = 20

/** Adds what was lost in translation, where anything was. */
export function withLosses(headers: Headers, losses: readonly Loss[]): Headers {
  if (losses.length === 0) return headers
  const shown = losses.slice(0, maxLossesShown).map(({ path, effect }) => `${path};${effect}`)
  if (losses.length > maxLossesShown) shown.push(`and ${losses.length - maxLossesShown} more`)
  headers['x-inseam-loss'] = printable(shown.join(', '))
  return headers
}

/** A header value holds printable ASCII only. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 4096)
