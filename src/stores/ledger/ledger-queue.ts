import type { BudgetAccount } from '../../core/budget.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { asInseamError, InseamError } from '../../errors/index.ts'
import type { LedgerDriver } from './ledger-driver.ts'
import { type AccountTerms, type Operation, type Outcome, termsOf } from './operation.ts'

/** How the queue keeps time. All in milliseconds. */
export interface QueueTimes {
  /** How long what this process holds is held after it was last heard of. */
  readonly lifeMs: number
  /** How long what is not waited for waits at most for something that is. */
  readonly delayMs: number
  /** How long after a failure what must not be lost is tried again. */
  readonly retryMs: number
}

interface Entry {
  readonly operation: Operation
  /** Of what is held; none for what is only read or ended. */
  readonly accounts: readonly BudgetAccount[]
  readonly done: (outcome: Outcome) => void
  /** Absent: it is tried until it is done. */
  readonly failed?: (problem: InseamError) => void
}

const mostPerBatch = 1_000
/** A reservation that failed may have been made all the same. More of them are left to be presumed. */
const mostDoubtful = 10_000

/**
 * Brings operations to the books in their order, in batches: one is under way at a time, and what comes meanwhile makes up the next. Tells
 * the books that the process lives while it holds anything, and looks for the dead as often.
 */
export class LedgerQueue {
  readonly #driver: LedgerDriver
  readonly #owner: string
  readonly #times: QueueTimes
  readonly #clock: Clock
  readonly #onProblem: (problem: InseamError) => void
  #entries: Entry[] = []
  #underWay: Promise<void> | undefined
  #delay: Timer | undefined
  #heartbeat: Timer | undefined
  #heardAt = Number.NEGATIVE_INFINITY
  #doubtful = 0
  /** How many things this process holds. */
  #holding = 0
  #isStopped = false
  #problem: InseamError | undefined

  constructor(
    driver: LedgerDriver,
    owner: string,
    times: QueueTimes,
    clock: Clock,
    onProblem: (problem: InseamError) => void,
  ) {
    this.#driver = driver
    this.#owner = owner
    this.#times = times
    this.#clock = clock
    this.#onProblem = onProblem
  }

  /** Does it as soon as can be. Rejects where it could not be done; then it may have been done all the same. */
  ask(operation: Operation, accounts: readonly BudgetAccount[] = []): Promise<Outcome> {
    if (this.#isStopped) return Promise.reject(tooLate())
    return new Promise((done, failed) => {
      this.#entries.push({ operation, accounts, done, failed })
      this.#sendSoon()
    })
  }

  /** Does it within a moment, however often it must be tried. `done` hears what became of it. */
  post(operation: Operation, accounts: readonly BudgetAccount[] = [], done: (outcome: Outcome) => void = ignore): void {
    if (this.#isStopped) {
      this.#onProblem(tooLate())
      return
    }
    this.#entries.push({ operation, accounts, done })
    this.#sendIn(this.#times.delayMs)
  }

  /** What the books failed with last; `undefined` once they answer again. */
  get problem(): InseamError | undefined {
    return this.#problem
  }

  /** This process holds one thing more: until {@link rest} was called as often, it is kept known to be alive. */
  live(): void {
    this.#holding++
    if (this.#heartbeat || this.#isStopped) return
    const heartbeat = this.#clock.timer(this.#times.lifeMs / 3, () => {
      heartbeat.refresh()
      this.#sendSoon()
    })
    this.#heartbeat = heartbeat
  }

  /** It holds one thing less. */
  rest(): void {
    if (--this.#holding === 0) this.#stopBeating()
  }

  /** Takes nothing more, and stops every timer, once what is under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopBeating()
    await this.#underWay
    this.#delay?.cancel()
  }

  #stopBeating(): void {
    this.#heartbeat?.cancel()
    this.#heartbeat = undefined
  }

  #sendIn(ms: number): void {
    this.#delay ??= this.#clock.timer(ms, () => {
      this.#delay = undefined
      this.#sendNow()
    })
  }

  #sendSoon(): void {
    // What the same turn brings goes together.
    if (!this.#underWay) queueMicrotask(() => this.#sendNow())
  }

  #sendNow(): void {
    if (this.#underWay) return
    this.#underWay = this.#send().finally(() => {
      this.#underWay = undefined
      if (this.#entries.some(({ failed }) => failed !== undefined)) this.#sendNow()
      else if (this.#entries.length > 0) this.#sendIn(this.#times.delayMs)
    })
  }

  async #send(): Promise<void> {
    this.#delay?.cancel()
    this.#delay = undefined
    const sentAt = this.#clock.now()
    const isDue = sentAt - this.#heardAt >= this.#times.lifeMs / 3
    const entries = this.#entries.splice(0, mostPerBatch)
    const holds = this.#heartbeat !== undefined || entries.some(({ accounts }) => accounts.length > 0)
    if (entries.length === 0 && !(isDue && holds)) return
    try {
      const outcomes = await this.#driver.apply({
        owner: this.#owner,
        ...(isDue && holds && { lifeMs: this.#times.lifeMs }),
        terms: termsIn(entries),
        operations: entries.map(({ operation }) => operation),
      })
      this.#doubtful = 0
      this.#problem = undefined
      for (const [index, { done }] of entries.entries()) done(outcomes[index]!)
    } catch (error) {
      this.#fail(entries, asInseamError(error))
      return
    }
    if (!isDue || !holds) return
    this.#heardAt = sentAt
    await this.#lookForDead()
  }

  /** What was done before stays done where this fails: the next heartbeat looks again. */
  async #lookForDead(): Promise<void> {
    try {
      await this.#driver.presumeDead()
    } catch (error) {
      this.#onProblem(asInseamError(error))
    }
  }

  #fail(entries: readonly Entry[], problem: InseamError): void {
    this.#problem = problem
    const kept = entries.flatMap((entry): Entry[] => {
      if (!entry.failed) return [entry]
      entry.failed(problem)
      return this.#undo(entry.operation)
    })
    this.#entries = [...kept, ...this.#entries]
    if (kept.length > 0) this.#sendIn(this.#times.retryMs)
    this.#onProblem(problem)
  }

  #undo(operation: Operation): Entry[] {
    if (operation.type !== 'reserve' || this.#doubtful >= mostDoubtful) return []
    this.#doubtful++
    const { id, accounts } = operation
    return [{ operation: { type: 'settle', id, spent: 0, accounts }, accounts: [], done: ignore }]
  }
}

const ignore = () => {}

function tooLate(): InseamError {
  return new InseamError(
    'store-failed',
    'An attempt ended after the ledger was closed: it counts at its worst case until it is reconciled.',
    { fix: 'Close the seam last, once nothing calls it any more.' },
  )
}

function termsIn(entries: readonly Entry[]): readonly AccountTerms[] {
  const terms = new Map<string, AccountTerms>()
  for (const { accounts } of entries)
    for (const account of accounts) if (!terms.has(account.id)) terms.set(account.id, termsOf(account))
  return [...terms.values()]
}
