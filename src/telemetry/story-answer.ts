import type { CallEvent } from '../core/event.ts'
import { counted } from '../core/figures.ts'

/** Who answered a call, or what it failed with, in a sentence without its full stop. */
export function tellAnswer(call: CallEvent): string {
  const { ending, rawStop, errorCode = 'unknown error' } = call.outcome
  const path = [
    ...(call.attempts > 1 ? [counted(call.attempts, 'attempt')] : []),
    ...(call.fallbacks > 0 ? [counted(call.fallbacks, 'fallback')] : []),
  ].join(' and ')
  const after = path && `, after ${path}`
  if (ending === 'error')
    return `It failed: ${errorCode}${after || (call.attempts === 0 ? '; no model was asked' : '')}`
  const decider = call.moments.find((moment) => moment.type === 'decided')
  const leader = call.moments.find((moment) => moment.type === 'coalesced')
  switch (call.source) {
    case 'cache':
      return 'The reply cache answered; no model was asked'
    case 'coalesced':
      return `It shares the answer of ${leader?.leader ?? 'another call'}, which asked the same`
    case 'provider':
      break
    default:
      return `The ${call.source} "${decider?.by ?? 'unnamed'}" answered; no model was asked`
  }
  const how = {
    completed: 'answered',
    truncated: `was cut off (${rawStop ?? 'for its length'})`,
    refused: `refused (${rawStop ?? 'it did not say why'})`,
    paused: 'paused in the middle of its turn',
  }[ending]
  return `${call.target ?? 'The provider'} ${how}${after}`
}
