import type { Call } from '../core/call.ts'
import { type Clock, sleep } from '../core/clock.ts'
import { close, type Stage } from '../core/handler.ts'
import { asInseamError, type InseamError } from '../errors/index.ts'
import { afterPushback, fullJitter } from './back-off.ts'
import type { RetryBudget } from './retry-budget.ts'
import { aliasOf, deadlineOf, targetOf } from './routed.ts'
import { wasNotAsked } from './was-not-asked.ts'

/** What retrying needs. */
export interface RetryOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly budget: RetryBudget
}

/**
 * Asks the same target again when the failure says that it may help: with full jitter, within the alias's attempts, the
 * provider's retry budget and the deadline. A stated wait is obeyed, or answered by falling back, never by sleeping past the
 * deadline. Nothing is retried once a delta was passed on. Where the target
 * cannot be asked again, because its breaker has opened or it takes no more, the failure before that stands.
 */
export function retry(options: RetryOptions): Stage {
  return (next) =>
    async function* retry(call) {
      const { clock, budget } = options
      let failure: InseamError | undefined
      for (let attempt = 1; ; attempt++) {
        const answer = next(call)
        let first: Awaited<ReturnType<typeof answer.next>>
        try {
          first = await answer.next()
        } catch (thrown) {
          const error = asInseamError(thrown)
          if (failure && wasNotAsked(error)) {
            budget.giveBack(targetOf(call).provider)
            throw failure
          }
          failure = error
          const plan = planRetry(error, attempt, call, options)
          if (plan.type === 'give-up') {
            if (plan.because) call.story.note({ type: 'gave-up-retrying', because: plan.because })
            throw error
          }
          call.story.note({ type: 'waited', ms: plan.waitMs, because: error.code })
          await sleep(clock, plan.waitMs, call.signal)
          continue
        }
        if (first.done) return first.value
        try {
          yield first.value
          return yield* answer
        } finally {
          await close(answer)
        }
      }
    }
}

/** A model that is being loaded is soon there; its own client is as patient. */
function attemptsFor({ code, advice }: InseamError, usual: number): number {
  if (advice === 'retry-once') return Math.min(2, usual)
  return code === 'model-not-ready' && usual > 1 ? usual + 2 : usual
}

type Plan =
  | { readonly type: 'again'; readonly waitMs: number }
  | { readonly type: 'give-up'; readonly because?: string }

function planRetry(error: InseamError, attempt: number, call: Call, { clock, random, budget }: RetryOptions): Plan {
  const policy = aliasOf(call).retry
  const { advice } = error
  if (advice === 'stop' || advice === 'fall-back' || call.signal.aborted) return { type: 'give-up' }
  const allowed = attemptsFor(error, policy.attempts)
  if (attempt >= allowed) return { type: 'give-up', because: `${attempt} of ${allowed} attempts made` }
  const pushbackMs = error.retryAfterMs
  const isLong = advice === 'wait' || (pushbackMs ?? 0) > policy.capMs
  if (isLong && (call.fallbacksLeft ?? 0) > 0) return { type: 'give-up', because: 'another target need not wait' }
  const waitMs = pushbackMs === undefined ? fullJitter(attempt - 1, policy, random) : afterPushback(pushbackMs, random)
  if (clock.now() + waitMs >= deadlineOf(call)) {
    return { type: 'give-up', because: `a wait of ${Math.round(waitMs)} ms would pass the deadline` }
  }
  const { provider } = targetOf(call)
  if (!budget.withdraw(provider)) return { type: 'give-up', because: `the retry budget of ${provider} is spent` }
  return { type: 'again', waitMs }
}
