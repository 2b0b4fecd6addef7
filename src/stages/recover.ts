import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { OnInterrupted } from '../core/commit.ts'
import type { Delta } from '../core/delta.ts'
import { close, type Handler, type Stage } from '../core/handler.ts'
import { textOf } from '../core/message.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, type InseamError } from '../errors/index.ts'
import type { RetryBudget } from './retry-budget.ts'
import { aliasOf, deadlineOf } from './routed.ts'
import { createSplice, Diverged } from './splice.ts'

/** What going on after a break needs. */
export interface RecoverOptions {
  readonly clock: Clock
  readonly budget: RetryBudget
}

/**
 * Asks again where a stream breaks after its first content, if the call or its alias chose that: `restart` tells the reader that all
 * before is void, `splice` goes on only where the new answer begins with what was said. Another target is asked first where there
 * is one. Bounded by the alias's attempts, the retry budget and the deadline; what cannot be mended ends with the error that broke it.
 * Stands above `route`, which mends what breaks before.
 */
export function recover({ clock, budget }: RecoverOptions): Stage {
  /** Whether the model may be asked again, and who is. */
  const plan = (error: InseamError, call: Call, asked: number): Call | undefined => {
    const alias = aliasOf(call)
    const giveUp = (because: string) => {
      call.story.note({ type: 'gave-up-retrying', because })
      return undefined
    }
    // What went beyond its limit was not interrupted: asked again, it would be paid for again.
    if (error.advice === 'stop' || error.code === 'output-overrun' || call.signal.aborted) return undefined
    if (asked >= alias.retry.attempts) return giveUp(`${asked} of ${alias.retry.attempts} attempts made`)
    if (clock.now() >= deadlineOf(call)) return giveUp('the deadline has passed')
    const targets = othersFirst(alias.targets, call.story.attempts.at(-1))
    const provider = targets[0]?.provider
    if (provider === undefined || !budget.withdraw(provider)) {
      return giveUp(`the retry budget of ${provider ?? 'nobody'} is spent`)
    }
    return { ...call, alias: { ...alias, targets, order: 'priority' } }
  }

  async function* restart(next: Handler, call: Call): AsyncGenerator<Delta, Reply, void> {
    let current = call
    for (let asked = 1; ; asked++) {
      const answer = next(current)
      let hasSpoken = false
      try {
        for (;;) {
          const step = await answer.next()
          if (step.done) return step.value
          hasSpoken = true
          yield step.value
        }
      } catch (thrown) {
        const error = asInseamError(thrown)
        const again = hasSpoken ? plan(error, call, asked) : undefined
        if (!again) throw error
        current = again
        call.story.note({ type: 'resumed', by: 'restart', because: error.code })
        yield { type: 'restart', reason: error.message }
      } finally {
        await close(answer)
      }
    }
  }

  async function* splice(next: Handler, call: Call): AsyncGenerator<Delta, Reply, void> {
    const spliced = createSplice()
    let current = call
    let broken: InseamError | undefined
    for (let asked = 1; ; asked++) {
      const answer = next(current)
      try {
        for (;;) {
          const step = await answer.next()
          if (!step.done) {
            yield* spliced.push(step.value)
            continue
          }
          spliced.end()
          if (!broken) return step.value
          const content = spliced.content()
          return { ...step.value, content, text: textOf(content) }
        }
      } catch (thrown) {
        if (thrown instanceof Diverged && broken) {
          call.story.note({ type: 'gave-up-retrying', because: `the new answer is another one: ${thrown.message}` })
          throw broken
        }
        const error = asInseamError(thrown)
        const again = spliced.hasSpoken ? plan(error, call, asked) : undefined
        if (!again) throw broken ?? error
        current = again
        broken ??= error
        spliced.again()
        call.story.note({ type: 'resumed', by: 'splice', because: error.code })
      } finally {
        await close(answer)
      }
    }
  }

  return (next) =>
    function recover(call) {
      const choice = chosen(call)
      if (choice === 'error') return next(call)
      return choice === 'splice' ? splice(next, call) : restart(next, call)
    }
}

/** No dialect of a client has a word for "discard what came so far". */
function chosen(call: Call): OnInterrupted {
  if (!call.request.stream) return 'error'
  const choice = call.onInterrupted ?? aliasOf(call).onInterrupted
  return choice === 'restart' && call.door === 'gateway' ? 'error' : choice
}

/** The one that broke comes last. */
function othersFirst(
  targets: readonly Target[],
  broke: { readonly provider: string; readonly model: string } | undefined,
): readonly Target[] {
  const isBroken = ({ provider, model }: Target) => provider === broke?.provider && model === broke.model
  return [...targets.filter((target) => !isBroken(target)), ...targets.filter(isBroken)]
}
