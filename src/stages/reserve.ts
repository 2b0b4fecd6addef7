import type { Budget, BudgetAccount, BudgetWarning } from '../core/budget.ts'
import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { formatUsd } from '../core/cost.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { newId } from '../core/identifier.ts'
import type { Ledger, Reservation } from '../core/ledger.ts'
import type { Books } from '../core/ports.ts'
import { asInseamError, BudgetExceeded, InseamError, leftOf } from '../errors/index.ts'
import { reasonToLeave } from '../errors/reason-to-leave.ts'
import { accountsOf } from './budgets-in-force.ts'
import { unlessAborted } from './interruptible.ts'
import { targetOf } from './routed.ts'

/** What setting money aside needs. */
export interface ReserveOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly books: Pick<Books, 'worstCase'>
  /** The configuration's budgets, as they are at this moment. */
  readonly budgets: () => readonly Budget[]
  /** Absent: budgets that count the call cannot be kept. */
  readonly ledger: Ledger | undefined
  /** Told of each warning, once in all processes. Must neither throw nor take long. Default: nobody. */
  readonly alert?: (warnings: readonly BudgetWarning[]) => void
}

/**
 * Sets the most that this attempt can cost aside in every budget that counts the call, all or nothing, before anything is sent; `attempt`
 * settles what it came to. Refuses with `budget-exceeded` what a hard budget does not hold, and with `price-unknown` what nobody can bound.
 * Where the ledger is lost, hard budgets close; soft ones let the call pass uncounted, and the story says so. What no budget counts
 * passes untouched. Stands below `structure` and `planCache`, for the request must be the one that is sent, and below `retry`: each
 * attempt sets aside anew.
 */
export function reserve(options: ReserveOptions): Stage {
  const { clock, budgets } = options
  return (next) => {
    async function* held(call: Call, accounts: readonly BudgetAccount[]): ReturnType<Handler> {
      if (call.signal.aborted) throw reasonToLeave(call.signal)
      const worstNanoUsd = worstOf(call, accounts, options)
      const reservation = await setAside(call, accounts, worstNanoUsd, options)
      return yield* next(reservation ? { ...call, reservation, worstNanoUsd } : call)
    }
    return function reserve(call) {
      const inForce = budgets()
      if (inForce.length === 0 && !call.terms?.budgets.length) return next(call)
      // No provider charges for a count.
      if (call.request.operation === 'count-tokens') return next(call)
      const accounts = accountsOf(call, inForce, clock.date())
      return accounts.length > 0 ? held(call, accounts) : next(call)
    }
  }
}

/** Refuses what is passed through unread where a hard budget counts it: nobody knows what it may come to. */
export function refuseUnread({ clock, budgets }: Pick<ReserveOptions, 'clock' | 'budgets'>): Stage {
  return (next) =>
    async function* refuseUnread(call) {
      const accounts = accountsOf(call, budgets(), clock.date())
      const provider = call.passage?.provider ?? ''
      const because = 'what is passed through is not read'
      const hard = accounts.find(isHard)
      if (hard)
        throw priceUnknown(
          hard,
          provider,
          because,
          'Use the routes that Inseam serves itself, or make the budget soft (`hard: false`).',
        )
      if (accounts.length > 0) call.story.note({ type: 'not-counted', target: provider, because })
      return yield* next(call)
    }
}

/** Nothing where only soft budgets count an attempt that nobody can bound. */
function worstOf(call: Call, accounts: readonly BudgetAccount[], { books }: ReserveOptions): number {
  const target = targetOf(call)
  const worst = books.worstCase(target, call.request, call.wire)
  if (worst.type === 'bounded') return worst.nanoUsd
  const hard = accounts.find(isHard)
  if (hard) throw priceUnknown(hard, target.name, worst.because, worst.fix)
  call.story.note({ type: 'not-counted', target: target.name, because: worst.because })
  return 0
}

async function setAside(
  call: Call,
  accounts: readonly BudgetAccount[],
  worstNanoUsd: number,
  options: ReserveOptions,
): Promise<Reservation | undefined> {
  const { clock, random, ledger, alert } = options
  const target = targetOf(call)
  const id = newId('attempt', clock.date(), random)
  const asked = ledger ? ledger.reserve({ id, callId: call.id, worstNanoUsd, accounts }) : Promise.reject(noLedger())
  let answer: Awaited<typeof asked>
  try {
    answer = await unlessAborted(asked, call.signal)
  } catch (thrown) {
    if (call.signal.aborted) {
      giveBack(asked)
      throw reasonToLeave(call.signal)
    }
    const lost = asInseamError(thrown)
    const hard = accounts.find(isHard)
    if (hard) throw ledgerLost(hard, lost)
    call.story.note({ type: 'not-counted', target: target.name, because: lost.message })
    return undefined
  }
  if (answer.type === 'refused') throw new BudgetExceeded(answer.state, worstNanoUsd, target.name)
  call.story.note({ type: 'reserved', target: target.name, nanoUsd: worstNanoUsd, budgets: accounts.length })
  if (answer.warnings.length > 0) tellWarnings(call, answer, alert)
  return answer
}

/** Nobody waits for it any more, and it may yet be granted. */
function giveBack(asked: ReturnType<Ledger['reserve']>): void {
  asked.then(
    (answer) => {
      if (answer.type === 'reserved') answer.release()
    },
    () => undefined,
  )
}

function tellWarnings({ story }: Call, { warnings }: Reservation, alert: ReserveOptions['alert']): void {
  story.warn(warnings)
  alert?.(warnings)
  for (const { state, share } of warnings) {
    const { budget, subject } = state.account
    story.note({ type: 'budget-warned', budget: budget.id, subject, share, leftNanoUsd: leftOf(state) })
  }
}

const isHard = ({ budget }: BudgetAccount): boolean => budget.hard

function priceUnknown(account: BudgetAccount, target: string, because: string, fix: string): InseamError {
  return new InseamError(
    'price-unknown',
    `${named(account)} is hard, and nobody can tell what an attempt at ${target} may cost: ${because}.`,
    { fix },
  )
}

function ledgerLost(account: BudgetAccount, lost: InseamError): InseamError {
  return new InseamError(
    'ledger-lost',
    `${named(account)} is hard, and the ledger that keeps it cannot be asked: ${lost.message}`,
    { fix: lost.fix, cause: lost },
  )
}

function noLedger(): InseamError {
  return new InseamError('store-failed', 'This seam was made without a ledger.', {
    fix: 'Give `createSeam` a `ledger`, or open the seam with `openSeam`.',
  })
}

function named({ budget, subject }: BudgetAccount): string {
  const whose = budget.scope === 'global' ? 'global budget' : `budget of the ${budget.scope} "${subject}"`
  return `The ${whose} (${formatUsd(budget.limitNanoUsd)} per ${budget.per})`
}
