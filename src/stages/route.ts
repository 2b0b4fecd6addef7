import type { Alias } from '../core/alias.ts'
import type { Delta } from '../core/delta.ts'
import { close, type Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, InseamError } from '../errors/index.ts'
import { eligibleTargets } from './eligible-targets.ts'
import type { RetryBudget } from './retry-budget.ts'
import { aliasOf } from './routed.ts'
import { wasNotAsked } from './was-not-asked.ts'
import { isRefusal, seesRefusals, waysOn } from './ways-on.ts'

/** What routing needs. */
export interface RouteOptions {
  readonly random: () => number
  readonly budget: RetryBudget
}

/**
 * Sends the call to the alias's targets in order (or drawn by weight, the rest as fallbacks) until one answers. Falls back
 * unless the failure says that nobody could do better, or a delta was passed on. The first fallback is free; a further
 * one draws on the retry budget of the provider that receives it, so that an outage is not passed down the line. Vectors come
 * from one model of the alias alone. A prompt that does not fit, or that a policy blocks, goes where the alias says, and nowhere
 * else; a refusal stands where nobody gives a better answer.
 */
export function route({ random, budget }: RouteOptions): Stage {
  return (next) =>
    async function* route(call) {
      const alias = aliasOf(call)
      const eligible = eligibleTargets(alias, call)
      const ways = waysOn(alias, call)
      const looksForRefusals = seesRefusals(alias, call)
      let left = inOrder(alias.order, eligible, random)
      let failure: InseamError | undefined
      let refusal: Told | undefined
      let previous: { readonly target: Target; readonly because: string } | undefined
      let asked = 0
      for (let target = left[0]; target; target = left[0]) {
        left = left.slice(1)
        const isFree = asked < 2
        if (!isFree && !budget.withdraw(target.provider)) {
          call.story.note({ type: 'gave-up-retrying', because: `the retry budget of ${target.provider} is spent` })
          continue
        }
        if (previous) {
          const { target: from, because } = previous
          call.story.note({ type: 'fell-back', from: from.name, to: target.name, because })
        } else
          call.story.note({
            type: 'routed',
            target: target.name,
            because: eligible.length > 1 ? alias.order : 'only',
          })

        const answer = next({ ...call, target, fallbacksLeft: left.length })
        let first: Awaited<ReturnType<typeof answer.next>>
        let told: Told | undefined
        try {
          first = await answer.next()
          if (looksForRefusals) told = await readOn(first, answer)
        } catch (thrown) {
          const error = asInseamError(thrown)
          previous = { target, because: error.code }
          if (wasNotAsked(error)) {
            if (!isFree) budget.giveBack(target.provider)
            failure ??= error
            continue
          }
          if (isFree) budget.deposit(target.provider)
          if (call.signal.aborted) throw error
          if (error.code === 'context-exceeded' || error.code === 'content-blocked') {
            left = ways.after(error.code, target)
            if (left.length === 0 && !refusal) throw error
          } else if (error.advice === 'stop') {
            if (!refusal) throw error
            left = []
          }
          asked++
          failure = error
          continue
        }
        if (isFree) budget.deposit(target.provider)
        if (told) {
          const others = isRefusal(told.reply) ? ways.after('content-blocked', target) : []
          if (others.length === 0) return yield* tell(told)
          refusal = told
          left = others
          previous = { target, because: 'refused' }
          asked++
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
      if (refusal) return yield* tell(refusal)
      throw failure ?? noTarget(alias)
    }
}

/** A whole answer, of which nothing was passed on yet. */
interface Told {
  readonly deltas: readonly Delta[]
  readonly reply: Reply
}

/** Reads an answer to its end: `holdBack` has it whole, or it has no deltas. */
async function readOn(first: IteratorResult<Delta, Reply>, answer: AsyncGenerator<Delta, Reply, void>): Promise<Told> {
  const deltas: Delta[] = []
  let step = first
  while (!step.done) {
    deltas.push(step.value)
    step = await answer.next()
  }
  return { deltas, reply: step.value }
}

async function* tell({ deltas, reply }: Told): AsyncGenerator<Delta, Reply, void> {
  yield* deltas
  return reply
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
