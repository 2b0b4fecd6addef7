import type { Call } from '../core/call.ts'
import type { Limiter, LimitHold, LimitNeed, LimitRefusal, LimitSubject } from '../core/call-limit.ts'
import type { AttemptEvent } from '../core/event.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { Books } from '../core/ports.ts'
import { inputTokens, outputTokens, type Usage } from '../core/usage.ts'
import { LimitExceeded } from '../errors/index.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'
import { unlessAborted } from './interruptible.ts'
import type { FindLimits } from './limits-in-force.ts'

/** What counting calls against limits needs. */
export interface AdmitOptions {
  readonly limiter: Limiter
  readonly books: Pick<Books, 'estimate'>
  /** The limits that count a call, as they are at this moment. */
  readonly findLimits: FindLimits
}

/**
 * Takes what the call may need (a request, its input by estimate, its output limit, a place among those at once) from all limits that
 * count it, or fails with `limit-exceeded`, having taken nothing. Counts in the end what its attempts used, all of them: an answer that no
 * provider gave costs no tokens. What no limit counts passes untouched. Stands above `decide`: what answers without a model is a request all the same.
 */
export function admit({ limiter, books, findLimits }: AdmitOptions): Stage {
  return (next) => {
    async function* counted(call: Call, subjects: readonly LimitSubject[]): ReturnType<Handler> {
      if (call.signal.aborted) throw reasonToLeave(call.signal)
      const need = needOf(call, subjects, books)
      const outcome = limiter.admit(subjects, need)
      const held = outcome instanceof Promise ? await unlessLeft(outcome, call) : outcome
      call.story.limit(held.rates)
      if (held.type === 'refused') throw refused(held, need)
      const before = call.story.attempts.length
      try {
        return yield* next(call)
      } finally {
        settle(held, call, before)
        held.release()
      }
    }
    return function admit(call) {
      const subjects = findLimits(call)
      return subjects.length === 0 ? next(call) : counted(call, subjects)
    }
  }
}

/** Where nobody limits the output, so much is taken before it is known, or all that the tightest limit has. */
const usualOutput = 4_096

/** What a call may use of the tokens that are counted. Reads the prompt only where input is. */
function needOf(call: Call, subjects: readonly LimitSubject[], books: Pick<Books, 'estimate'>): LimitNeed {
  const { request, alias } = call
  const target = alias?.targets[0]
  if (!target || request.operation === 'count-tokens') return { inputTokens: 0, outputTokens: 0 }
  const countsInput = subjects.some(({ limit }) => limit.inputTokens !== undefined)
  const answers = request.operation === undefined
  return {
    inputTokens: countsInput ? Math.ceil(inputTokens(books.estimate(target, request, []))) : 0,
    outputTokens: answers ? (request.maxOutputTokens ?? leastOutput(subjects)) : 0,
  }
}

function leastOutput(subjects: readonly LimitSubject[]): number {
  return subjects.reduce((least, { limit }) => Math.min(least, limit.outputTokens ?? least), usualOutput)
}

/** The outcome; where the caller leaves before it is there, what it takes is given back. */
function unlessLeft(outcome: Promise<LimitHold | LimitRefusal>, { signal }: Call): Promise<LimitHold | LimitRefusal> {
  return unlessAborted(outcome, signal).catch((thrown: unknown) => {
    void outcome.then((late) => {
      if (late.type === 'refused') return
      late.settle(noTokens)
      late.release()
    })
    throw thrown
  })
}

function refused(refusal: LimitRefusal, { inputTokens, outputTokens }: LimitNeed): LimitExceeded {
  const asked = { requests: 1, inputTokens, outputTokens, concurrency: 1 }
  return new LimitExceeded(refusal, asked[refusal.kind])
}

const noTokens: LimitNeed = { inputTokens: 0, outputTokens: 0 }

/** Counts what the attempts since then have used, once the last of them is in the books: one may be read on after its caller has left. */
function settle(held: LimitHold, { story }: Call, before: number): void {
  const count = () => held.settle(usedBy(story.attempts.slice(before)))
  if (story.late.length === 0) count()
  else void Promise.all(story.late.map(({ ended }) => ended)).then(count)
}

function usedBy(attempts: readonly AttemptEvent[]): LimitNeed {
  const sum = (tokensOf: (usage: Usage) => number) =>
    Math.ceil(attempts.reduce((tokens, { usage }) => tokens + tokensOf(usage), 0))
  return attempts.length === 0 ? noTokens : { inputTokens: sum(inputTokens), outputTokens: sum(outputTokens) }
}
