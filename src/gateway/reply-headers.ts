import type { BudgetWarning } from '../core/budget.ts'
import type { Call } from '../core/call.ts'
import { formatUsd } from '../core/cost.ts'
import { percentage } from '../core/figures.ts'
import type { Reply } from '../core/reply.ts'
import type { Loss } from '../core/request.ts'
import { leftOf } from '../errors/index.ts'
import { rateHeaders } from './rate-headers.ts'
import type { Headers } from './send.ts'

/**
 * What the gateway says of a call beside its answer. The ids are those that the official SDKs show with their errors; the limits are our
 * own, as they stood when the call was counted; budgets of which it reached a share are named.
 */
export function callHeaders({ id, wire, story }: Call): Headers {
  const headers: Headers = { 'x-inseam-call': id, 'x-request-id': id, 'request-id': id }
  if (story.warnings.length > 0)
    headers['x-inseam-budget-warning'] = printable(story.warnings.map(warningText).join(', '))
  return story.rates ? Object.assign(headers, rateHeaders(story.rates, wire?.dialect ?? 'openai-chat')) : headers
}

/** As a list of structured fields (RFC 9651): `"feature triage-ticket"; used="80%"; left="9.58 USD"; until=@1764028800`. */
function warningText({ state, share }: BudgetWarning): string {
  const { budget, subject, endsAt } = state.account
  const whose = `${budget.scope} ${subject}`.trim().replaceAll(/["\\]/g, '\\$&')
  return `"${whose}"; used="${percentage(share)}"; left="${formatUsd(leftOf(state))}"; until=@${endsAt / 1000}`
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
  const headers = eventStreamHeaders(call)
  const target = targetSoFar(call)
  if (target !== undefined) headers['x-inseam-target'] = printable(target)
  return withLosses(headers, call.story.losses)
}

/** The headers of a stream that has said nothing yet: who answers may still change. */
export function pingedHeaders(call: Call): Headers {
  return withLosses(eventStreamHeaders(call), call.story.losses)
}

function eventStreamHeaders(call: Call): Headers {
  return {
    ...callHeaders(call),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  }
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
