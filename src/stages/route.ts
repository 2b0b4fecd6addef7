import type { Alias } from '../core/alias.ts'
import { close, type Stage } from '../core/handler.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, InseamError } from '../errors/index.ts'
import { eligibleTargets } from './eligible-targets.ts'
import type { RetryBudget } from './retry-budget.ts'
import { aliasOf } from './routed.ts'

/** What routing needs. */
export interface RouteOptions {
  readonly random: () => number
  readonly budget: RetryBudget
}

/**
 * Sends the call to the alias's targets in order (or drawn by weight, the rest as fallbacks) until one answers. Falls back
 * unless the failure says that nobody could do better, or a delta was passed on. The first fallback is free; a further
 * one draws on the retry budget of the provider that receives it, so that an outage is not passed down the line. Vectors come
 * from one model of the alias alone.
 */
export function route({ random, budget }: RouteOptions): Stage {
  return (next) =>
    async function* route(call) {
      const alias = aliasOf(call)
      const eligible = eligibleTargets(alias, call)
      const targets = inOrder(alias.order, eligible, random)
      let failure: InseamError | undefined
      let previous: { readonly target: Target; readonly error: InseamError } | undefined
      let asked = 0
      for (const [index, target] of targets.entries()) {
        const isFree = asked < 2
        if (!isFree && !budget.withdraw(target.provider)) {
          call.story.note({ type: 'gave-up-retrying', because: `the retry budget of ${target.provider} is spent` })
          continue
        }
        if (previous) {
          const { target: from, error } = previous
          call.story.note({ type: 'fell-back', from: from.name, to: target.name, because: error.code })
        } else
          call.story.note({
            type: 'routed',
            target: target.name,
            because: eligible.length > 1 ? alias.order : 'only',
          })

        const answer = next({ ...call, target, fallbacksLeft: targets.length - 1 - index })
        let first: Awaited<ReturnType<typeof answer.next>>
        try {
          first = await answer.next()
        } catch (thrown) {
          const error = asInseamError(thrown)
          previous = { target, error }
          if (error.code === 'breaker-open') {
            if (!isFree) budget.giveBack(target.provider)
            failure ??= error
            continue
          }
          if (isFree) budget.deposit(target.provider)
          if (error.advice === 'stop' || call.signal.aborted) throw error
          asked++
          failure = error
          continue
        }
        if (isFree) budget.deposit(target.provider)
        if (first.done) return first.value
        try {
          yield first.value
          return yield* answer
        } finally {
          await close(answer)
        }
      }
      throw failure ?? noTarget(alias)
    }
}

const noTarget = ({ name }: Alias) =>
  new InseamError('no-target', `The alias "${name}" has no target.`, {
    fix: `Add one under \`models.${name}.targets\`.`,
  })

/** Targets in the order in which this call tries them. */
function inOrder(order: Alias['order'], targets: readonly Target[], random: () => number): readonly Target[] {
  if (order === 'priority') return targets
  const rest = [...targets]
  const drawn: Target[] = []
  while (rest.length > 0) {
    const total = rest.reduce((sum, { weight }) => sum + weight, 0)
    let point = random() * total
    const index = rest.findIndex(({ weight }) => {
      point -= weight
      return point < 0
    })
    drawn.push(...rest.splice(Math.max(index, 0), 1))
  }
  return drawn
}
