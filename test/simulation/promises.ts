import type { AttemptEvent } from '../../src/core/event.ts'
import { isInseamError } from '../../src/errors/index.ts'
import { type Exchange, spelt } from './faulty-provider.ts'
import type { History, Lived } from './world.ts'

/** What a history breaks of what is promised, in words; nothing where all is kept. */
export function broken(history: History): string[] {
  return Object.entries(promises).flatMap(([name, check]) => check(history).map((problem) => `${name}: ${problem}`))
}

type Check = (history: History) => string[]

const promises: Readonly<Record<string, Check>> = {
  'a reply is complete or says why not': ({ lived, providers }) => {
    const exchanges = providers.flatMap((provider) => provider.exchanges)
    return lived.flatMap(({ call, reply, deltas }) => {
      if (!reply) return []
      const told = spelt(deltas)
      const problems: string[] = []
      if (call.request.stream && told !== reply.text)
        problems.push(`${call.id} was told "${told}", and its reply says "${reply.text}"`)
      const isSaid = exchanges.some((exchange) => exchange.isFinished && saidBy(exchange) === reply.text)
      if (!isSaid) problems.push(`${call.id} got "${reply.text}", which nobody had finished saying`)
      const mayBe = exchanges.filter((exchange) => exchange.isFinished && saidBy(exchange) === reply.text)
      const endings = new Set(
        mayBe.map(({ fate }) => (fate === 'truncate' ? 'truncated' : fate === 'decline' ? 'refused' : 'completed')),
      )
      if (isSaid && !endings.has(reply.ending.type as never))
        problems.push(`${call.id} ended as ${reply.ending.type}, and nobody's answer did`)
      return problems
    })
  },

  'a call ends once, and nothing comes after it': ({ lived, calls }) =>
    lived.flatMap(({ call, reply, error, after }) => {
      const problems: string[] = []
      if ((reply === undefined) === (error === undefined))
        problems.push(`${call.id} has both or neither of reply and error`)
      if (after !== undefined) problems.push(`${call.id} went on after its end`)
      const written = calls.filter(({ callId }) => callId === call.id).length
      if (written !== 1) problems.push(`${call.id} is on the record ${written} times`)
      return problems
    }),

  'what fails, fails with an error of ours': ({ lived }) =>
    lived.flatMap(({ call, error, leftAt }) => {
      const isOurs =
        error === undefined || isInseamError(error) || leftAt !== undefined || String(error).includes('reader stopped')
      return isOurs ? [] : [`${call.id} failed with ${String(error)}`]
    }),

  'no call passes its deadline': ({ lived }) =>
    lived.flatMap(({ call, startedAt, endedAt }) => {
      const limit = Math.min(call.timeoutMs ?? Number.POSITIVE_INFINITY, 20_000)
      return endedAt - startedAt > limit ? [`${call.id} took ${endedAt - startedAt} of ${limit} ms`] : []
    }),

  'what is read on for the books ends by the deadline': ({ lived, providers }) =>
    lived.flatMap(({ call, startedAt }) => {
      const limit = Math.min(call.timeoutMs ?? Number.POSITIVE_INFINITY, 20_000)
      return providers
        .flatMap(({ exchanges }) => exchanges)
        .filter(({ callId, endedAt = Number.POSITIVE_INFINITY }) => callId === call.id && endedAt - startedAt > limit)
        .filter(() => !isShared(lived, call.id))
        .map(({ target }) => `${target} was read for longer than the ${limit} ms of ${call.id}`)
    }),

  'the caller leaves, the upstream stops': ({ lived, providers }) =>
    lived.flatMap(({ call, leftAt, endedAt }) => {
      const late = providers
        .flatMap(({ exchanges }) => exchanges)
        .filter((exchange) => exchange.callId === call.id && (exchange.endedAt ?? Number.POSITIVE_INFINITY) > endedAt)
        .filter(({ drainTokens }) => drainTokens === undefined)
      const problems = late
        .filter(() => !isShared(lived, call.id))
        .map(({ target }) => `${call.id} had ended, and ${target} went on`)
      if (leftAt !== undefined && endedAt > leftAt)
        problems.push(`${call.id} went on ${endedAt - leftAt} ms after its caller left`)
      return problems
    }),

  'every attempt is in the books, once': ({ providers, attempts }) => {
    const asked = providers.flatMap(({ exchanges }) => exchanges).length
    const ids = new Set(attempts.map(({ attemptId }) => attemptId))
    return asked === attempts.length && ids.size === attempts.length
      ? []
      : [`${asked} exchanges were made, ${attempts.length} lines written, ${ids.size} different ones`]
  },

  'the books say what the provider told': ({ providers, attempts }) => {
    const told = providers.flatMap(({ exchanges }) => exchanges).flatMap(({ told }) => (told ? [told.outputText] : []))
    const written = attempts.filter(({ usage }) => usage.raw !== undefined).map(({ usage }) => usage.outputText)
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
    return sum(told) === sum(written) ? [] : [`providers told of ${sum(told)} tokens, the books have ${sum(written)}`]
  },

  'what was said is never free': ({ attempts }) =>
    attempts.flatMap(({ attemptId, status, usage, cost }) =>
      status === 200 && usage.outputText > 0 && cost.nanoUsd === 0 ? [`${attemptId} cost nothing`] : [],
    ),

  'a call costs what its attempts cost': ({ calls, attempts }) => {
    const sum = (costs: readonly { readonly cost: { readonly nanoUsd: number | null } }[]) =>
      costs.reduce((total, { cost }) => total + (cost.nanoUsd ?? 0), 0)
    return sum(calls) === sum(attempts) ? [] : [`calls cost ${sum(calls)}, their attempts ${sum(attempts)}`]
  },

  'only whole answers are kept': ({ lived }) =>
    lived.flatMap(({ call, reply }) =>
      reply?.source === 'cache' && reply.ending.type !== 'completed'
        ? [`${call.id} was given a ${reply.ending.type} answer`]
        : [],
    ),

  'after the commit only what was chosen': ({ lived, calls }) =>
    lived.flatMap(({ call, deltas }) => {
      const event = calls.find(({ callId }) => callId === call.id)
      // Who joined another's upstream hears what happens to it.
      const resumed = event?.moments.some(({ type }) => type === 'resumed' || type === 'coalesced')
      const restarts = deltas.filter(({ type }) => type === 'restart').length
      const starts = deltas.filter(({ type }) => type === 'block-start').length
      if (restarts > 0 && !resumed) return [`${call.id} began again unasked`]
      return starts > restarts + 1 ? [`${call.id} was told ${starts} beginnings`] : []
    }),

  'what nobody could do better is asked once': ({ calls, attempts }) =>
    calls
      // What a hedge had begun goes on by itself.
      .filter(({ moments }) => !moments.some(({ type }) => type === 'hedged'))
      .flatMap(({ callId }) => {
        const own = attempts.filter((attempt) => attempt.callId === callId)
        const rejected = own.find(({ outcome }) => outcome.errorCode === 'request-rejected')
        const later = own.filter(({ ordinal }) => rejected && ordinal > rejected.ordinal)
        return later.length > 0 ? [`${callId} was rejected and then asked ${later.length} more times`] : []
      }),

  'an open breaker lets nobody but its probe through': ({ providers, attempts }) =>
    providers.flatMap(({ name }) => {
      const own = attempts.filter(({ provider }) => provider === name)
      const openedAt = firstOpened(own)
      const early = own.filter(({ startedAt }) => startedAt > openedAt && startedAt < openedAt + 4_500)
      return early.length > 0 ? [`${name} was asked ${early.length} times while its breaker was open`] : []
    }),

  'attempts are bounded': ({ calls }) =>
    // Three targets, three attempts each, a hedge beside each round, three rounds of a broken stream.
    calls.flatMap(({ callId, attempts }) => (attempts > 54 ? [`${callId} was attempted ${attempts} times`] : [])),

  'never more at once than a provider is to have': ({ providers, concurrency = Number.POSITIVE_INFINITY }) =>
    providers.flatMap(({ name, exchanges }) => {
      const most = Math.max(0, ...exchanges.map(({ startedAt }) => openAt(exchanges, startedAt)))
      return most > concurrency ? [`${name} had ${most} at once, and ${concurrency} are allowed`] : []
    }),

  'nothing is left behind': ({ providers, pending, placesLeft, lived }) => {
    const open = providers.flatMap(({ exchanges }) => exchanges).filter(({ endedAt }) => endedAt === undefined).length
    const listeners = lived.reduce((sum, life) => sum + life.listeners, 0)
    return [
      ...(open > 0 ? [`${open} exchanges are open`] : []),
      ...(placesLeft > 0 ? [`${placesLeft} places were not given back`] : []),
      ...(pending > 0 ? [`${pending} timers wait`] : []),
      ...(listeners > 0 ? [`${listeners} listeners are left`] : []),
    ]
  },
}

/** How many were under way at a time; what ended just then had ended. */
const openAt = (exchanges: readonly Exchange[], at: number): number =>
  exchanges.filter(({ startedAt, endedAt = Number.POSITIVE_INFINITY }) => startedAt <= at && endedAt > at).length

const faults: ReadonlySet<string> = new Set(['connection-failed', 'overloaded', 'server-error', 'reply-unreadable'])

/**
 * When the fifth failure in a row ended that opens a breaker for sure; never, where what came before leaves it in doubt: from twenty
 * attempts on the share of failures may have opened it sooner.
 */
function firstOpened(attempts: readonly AttemptEvent[]): number {
  const inOrder = [...attempts].sort((one, other) => endOf(one) - endOf(other)).slice(0, 19)
  let inRow = 0
  for (const attempt of inOrder) {
    const { ending, errorCode = '' } = attempt.outcome
    if (ending !== 'error') inRow = 0
    else if (!faults.has(errorCode)) return Number.POSITIVE_INFINITY
    else if (++inRow === 5) return endOf(attempt)
  }
  return Number.POSITIVE_INFINITY
}

const endOf = ({ startedAt, totalMs }: AttemptEvent): number => startedAt + totalMs

const saidBy = ({ words, said }: Exchange): string => words.slice(0, said).join('')

/** Whether another call may live on what this one began. */
function isShared(lived: readonly Lived[], id: string): boolean {
  const own = lived.find(({ call }) => call.id === id)
  return lived.some(
    ({ call, endedAt }) =>
      call.id !== id &&
      call.model === own?.call.model &&
      endedAt >= (own?.endedAt ?? 0) &&
      call.request.stream === own?.call.request.stream,
  )
}
