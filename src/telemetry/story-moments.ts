import { formatUsd as usd } from '../core/cost.ts'
import { counted, grouped, milliseconds } from '../core/figures.ts'
import type { Moment } from '../core/moment.ts'

const reasons: Readonly<Record<string, string>> = {
  only: 'there is no other',
  priority: 'the first of the alias',
  weighted: 'drawn by weight',
}

const structureAsked: Readonly<Record<string, string>> = {
  native: 'the target is given the schema',
  tool: 'the target must call a tool whose input is the schema',
  'json-mode': 'the target is asked for JSON, and told the schema in words',
  instructions: 'the target is told the shape of its answer in words',
}

/** One thing that happened, in words. */
export function tellMoment(moment: Moment): string {
  switch (moment.type) {
    case 'decided':
      return `the ${moment.source} "${moment.by}" answered`
    case 'abstained':
      return `"${moment.by}" abstained`
    case 'cache-hit':
      return 'found in the reply cache'
    case 'cache-miss':
      if (moment.kept === undefined) return 'not in the reply cache'
      return `${grouped(moment.kept)} of ${counted(moment.texts ?? 0, 'text')} found in the reply cache`
    case 'cache-stored':
      return 'kept in the reply cache'
    case 'coalesced':
      return `joined ${moment.leader}, which asks the same`
    case 'routed':
      return `routed to ${moment.target}: ${reasons[moment.because] ?? moment.because}`
    case 'target-left-out':
      return `${moment.target} is left out: ${moment.because}`
    case 'attempt-started':
      return `attempt ${moment.attempt} begins at ${moment.target}`
    case 'attempt-ended':
      return `attempt ${moment.attempt} ends: ${moment.outcome}`
    case 'drained':
      return `the caller has left: attempt ${moment.attempt} is read on, for the books`
    case 'waited':
      return `waits ${milliseconds(moment.ms)} before the next attempt: ${moment.because}`
    case 'gave-up-retrying':
      return `gives up retrying: ${moment.because}`
    case 'hedged':
      return `nothing has begun after ${milliseconds(Math.round(moment.afterMs))}: asks ${moment.to} too`
    case 'resumed':
      return moment.by === 'splice'
        ? `the stream broke (${moment.because}): asks again, to go on where it stopped`
        : `the stream broke (${moment.because}): begins again`
    case 'answer-doubted':
      return `${moment.target} answers with ${moment.because}`
    case 'breaker-open':
      return `the breaker of ${moment.target} is open, for another ${milliseconds(moment.retryInMs)}`
    case 'fell-back':
      return `falls back from ${moment.from} to ${moment.to}: ${moment.because}`
    case 'structure-asked':
      return `${structureAsked[moment.by]}${moment.strict ? ', which it enforces' : ''}${moment.because ? `: ${moment.because}` : ''}`
    case 'correcting':
      return `corrects ${moment.callId}: ${counted(moment.problems, 'problem')}${moment.at === '' ? '' : `, the first at ${moment.at}`}`
    case 'searched':
      return `the documents were searched: ${moment.passages === 1 ? '1 passage' : `${moment.passages} passages`} found`
    case 'citations-checked':
      return `the citations were checked: ${moment.outcome}${moment.citations > 0 ? `, ${moment.citations} shown` : ''}`
    case 'queued':
      return `waits for ${moment.target}, which takes no more now${moment.ahead > 0 ? `: ${counted(moment.ahead, 'call')} ahead` : ''}${moment.likelyMs > 0 ? `, likely for ${milliseconds(moment.likelyMs)}` : ''}`
    case 'let-through':
      return `let through to ${moment.target} after ${milliseconds(moment.ms)}`
    case 'left-queue':
      return `leaves the queue for ${moment.target} after ${milliseconds(moment.ms)}`
    case 'shed':
      return `turned away from ${moment.target}${moment.ms > 0 ? ` after ${milliseconds(moment.ms)}` : ''}: ${moment.because}`
    case 'target-closed':
      return `${moment.target} asks to wait: nothing is sent to it for ${milliseconds(moment.ms)}`
    case 'limit-lowered':
      return `${moment.target} was overrun: ${counted(moment.to, 'call')} at once from now on${moment.from === undefined ? '' : `, not ${grouped(moment.from)}`}`
    case 'reserved':
      return `up to ${usd(moment.nanoUsd)} set aside for ${moment.target} in ${counted(moment.budgets, 'budget')}`
    case 'not-counted':
      return `no budget counts what ${moment.target} costs: ${moment.because}`
    case 'budget-warned':
      return `${Math.round(moment.share * 100)}% of the budget ${moment.budget}${moment.subject === '' ? '' : ` of "${moment.subject}"`} is used: ${usd(moment.leftNanoUsd)} left`
    case 'committed':
      return 'the first content is passed on'
    default:
      // A newer version may have written the record.
      return (moment satisfies never as Moment).type
  }
}
