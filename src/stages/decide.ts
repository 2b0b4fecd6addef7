import type { Call } from '../core/call.ts'
import type { Decider, Decision } from '../core/decision.ts'
import type { Delta } from '../core/delta.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { deltasOf, replyWithoutModel } from '../core/replay.ts'
import type { Reply } from '../core/reply.ts'
import { failureText, InseamError, isInseamError } from '../errors/index.ts'
import { unlessAborted } from './interruptible.ts'

/**
 * Asks what the call carries (rules, exact look-ups, classifiers) in order, the cheapest first. The first that decides
 * answers; where all abstain, the model is asked, and they hear its answer. A decider that throws fails the call, with
 * `decision-failed` where it is no `InseamError`: its author must know, and a model must not paper over a broken rule.
 */
export function decide(): Stage {
  return (next) =>
    function decide(call) {
      return call.deciders && call.deciders.length > 0 ? answer(next, call, call.deciders) : next(call)
    }
}

async function* answer(next: Handler, call: Call, deciders: readonly Decider[]): AsyncGenerator<Delta, Reply, void> {
  for (const decider of deciders) {
    const decision = await ask(decider, call)
    if (!decision) {
      call.story.note({ type: 'abstained', by: decider.name })
      continue
    }
    call.story.note({ type: 'decided', by: decider.name, source: decider.source })
    if (call.request.stream) yield* deltasOf(decision.content)
    return replyWithoutModel(call.id, decider.source, decider.name, decision.content)
  }
  const reply = yield* next(call)
  for (const decider of deciders) decider.review?.(reply)
  return reply
}

async function ask(decider: Decider, call: Call): Promise<Decision | undefined> {
  try {
    const decision = decider.decide(call.signal)
    return decision instanceof Promise ? await unlessAborted(decision, call.signal) : decision
  } catch (cause) {
    if (call.signal.aborted) throw call.signal.reason
    if (isInseamError(cause)) throw cause
    throw new InseamError('decision-failed', `The ${decider.source} "${decider.name}" threw: ${failureText(cause)}`, {
      fix: `Correct "${decider.name}"; it must return an answer or undefined.`,
      cause,
    })
  }
}
