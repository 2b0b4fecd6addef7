import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Delta } from '../core/delta.ts'
import { close, type Handler, resume, type Stage } from '../core/handler.ts'
import type { HedgePolicy } from '../core/hedge.ts'
import { type Message, textOf } from '../core/message.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'
import { asInseamError, CallAborted, type InseamError } from '../errors/index.ts'
import { standIns } from './eligible-targets.ts'
import { createHedgeBudget } from './hedge-budget.ts'
import { createRecentTimes } from './recent-times.ts'
import { aliasOf } from './routed.ts'

/** What hedging needs. */
export interface HedgeOptions {
  readonly clock: Clock
}

/**
 * Asks a second target where the first is slow to begin, and passes on whichever begins first; the other is cancelled, and stands in the
 * books with what it used. Within a share of the alias's calls and of its money; never for a call that brings tools of the
 * provider's own, which may have effects. Stands above `route`.
 */
export function hedge({ clock }: HedgeOptions): Stage {
  const times = createRecentTimes()
  const budget = createHedgeBudget()

  return (next) => {
    async function* race(
      call: Call,
      alias: Alias,
      policy: HedgePolicy,
      others: readonly Target[],
    ): AsyncGenerator<Delta, Reply, void> {
      if (call.signal.aborted) throw call.signal.reason
      const kind = kindOf(call, alias)
      const afterMs = policy.after === 'p95' ? times.p95(kind) : policy.after
      const lanes: Lane[] = []
      const leave = () => {
        for (const { controller } of lanes) controller.abort(call.signal.reason)
      }
      call.signal.addEventListener('abort', leave, { once: true })
      const late = lateness(clock, afterMs)
      const startedAt = clock.now()
      budget.deposit(alias.name, policy.budget)
      let failure: InseamError | undefined
      try {
        lanes.push(openLane(next, call))
        let waiting = [...lanes]
        let isLate = false
        for (;;) {
          const came = await Promise.race([...waiting.map(({ first }) => first), ...(isLate ? [] : [late.passed])])
          if (came === 'late') {
            isLate = true
            if (call.signal.aborted || !budget.withdraw(alias.name, policy.budget)) continue
            call.story.note({ type: 'hedged', to: others[0]?.name ?? '', afterMs: clock.now() - startedAt })
            const second = openLane(next, { ...call, alias: { ...alias, targets: others, order: 'priority' } })
            lanes.push(second)
            waiting.push(second)
          } else if ('thrown' in came) {
            failure ??= asInseamError(came.thrown)
            waiting = waiting.filter((lane) => lane !== came.lane)
            if (waiting.length === 0) throw failure
          } else {
            times.add(kind, clock.now() - startedAt)
            await cancel(lanes, came.lane)
            return yield* resume(came.step, came.lane.answer)
          }
        }
      } finally {
        late.cancel()
        call.signal.removeEventListener('abort', leave)
        await cancel(lanes)
        settle(call, alias.name, lanes.length > 1)
      }
    }

    /** What an attempt cost that was not the answer's is what hedging cost. */
    const settle = ({ story }: Call, alias: string, wasHedged: boolean) => {
      const costs = story.attempts.map(({ cost }) => cost.nanoUsd ?? 0)
      const total = costs.reduce((sum, cost) => sum + cost, 0)
      const lost = story.attempts.findLast(({ outcome }) => outcome.errorCode === 'aborted')?.cost.nanoUsd ?? 0
      budget.paid(alias, total, wasHedged ? lost : 0)
    }

    return function hedge(call) {
      const alias = aliasOf(call)
      const others = standIns(alias, call)
      const isPossible = others.length > 0 && !call.request.providerTools?.length
      return isPossible && alias.hedge ? race(call, alias, alias.hedge, others) : next(call)
    }
  }
}

/** One of the answers that are asked for, and its first step. */
interface Lane {
  readonly controller: AbortController
  readonly answer: AsyncGenerator<Delta, Reply, void>
  readonly first: Promise<Came>
}

type Came =
  | { readonly lane: Lane; readonly step: IteratorResult<Delta, Reply> }
  | { readonly lane: Lane; readonly thrown: unknown }

function openLane(next: Handler, call: Call): Lane {
  const controller = new AbortController()
  const answer = next({ ...call, signal: controller.signal })
  const lane: Lane = {
    controller,
    answer,
    first: answer.next().then(
      (step) => ({ lane, step }),
      (thrown: unknown) => ({ lane, thrown }),
    ),
  }
  return lane
}

/** Stops all lanes but the winner, and waits until they are closed and in the books. */
async function cancel(lanes: readonly Lane[], winner?: Lane): Promise<void> {
  const losers = lanes.filter((lane) => lane !== winner)
  const because = winner && 'Another target began first, and this answer was not needed any more.'
  for (const { controller } of losers) controller.abort(new CallAborted(undefined, because))
  await Promise.all(losers.map(({ answer }) => close(answer).catch(() => undefined)))
}

function lateness(clock: Clock, afterMs: number | undefined) {
  let cancel = () => {}
  const passed = new Promise<'late'>((resolve) => {
    if (afterMs === undefined) return
    const timer = clock.timer(afterMs, () => resolve('late'))
    cancel = timer.cancel
  })
  return { passed, cancel: () => cancel() }
}

/** Calls whose first content takes about as long: the same model, streamed or not, and about as much to read. */
function kindOf({ request }: Call, { targets }: Alias): string {
  const length = request.messages.reduce((sum, { content }: Message) => sum + textOf(content).length, 0)
  return `${targets[0]?.name} ${request.stream} ${Math.floor(Math.log2(length + 1))}`
}
