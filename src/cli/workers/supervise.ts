import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { LiveCalls } from '../../admin/index.ts'
import type { Config } from '../../config.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { InseamError } from '../../errors/index.ts'
import { countForWorkers } from '../../stores/memory/index.ts'
import { say } from '../welcome.ts'
import type { FromWorker, SharedProblems, ToWorker } from './messages.ts'
import { type OneWorker, startWorker } from './one-worker.ts'
import { createRestarts, type Restarts } from './restarts.ts'
import { shareOf } from './share-of.ts'

/** What workers are started with. */
export interface SuperviseOptions {
  readonly count: number
  /** With the address to listen on in `gateway`, and no port 0. */
  readonly config: Config
  /** Hears of the calls of all workers. */
  readonly hear: LiveCalls['hear']
  /** Why the gateway is not well, beside what workers know. */
  readonly problems: () => readonly string[]
  readonly clock?: Clock
}

/** The workers of a gateway, all behind one address. */
export interface Workers {
  readonly url: string
  /** Features that are served as models, as they are named there. */
  readonly features: readonly string[]
  /** Calls under way, and events that are not durable yet, as workers said within the last tenth of a second. */
  readonly inFlight: number
  readonly unflushed: number
  /** Why the gateway is not ready: workers that are not up. */
  reasons(): readonly string[]
  /** What is not well and keeps nobody from being served. */
  degraded(): readonly string[]
  /** Whether workers tell of their calls. */
  tellCalls(tells: boolean): void
  /** Puts a configuration in force in all of them, or throws what `check` throws, or `config-invalid`, before the first. One that does not take it is started anew with it. */
  use(config: Config, check: () => void): Promise<void>
  /** Resolves once all that was recorded before is durable, in every worker. */
  flush(): Promise<void>
  /** Rejects where a worker cannot be kept up. */
  readonly broken: Promise<never>
  /** Drains all of them; resolves with how many did not end well. */
  stop(noticeMs: number): Promise<number>
  /** Ends all of them at once. */
  kill(): void
}

/** How long a worker may take to answer its supervisor, in milliseconds. */
const answerMs = 5_000

/**
 * Starts the workers and keeps them up: one that ends is started again, at once or nearly, twice as late each time it ends soon. Resolves
 * when all are up. Rejects with what kept the first from that, and ends the others.
 */
export async function supervise(options: SuperviseOptions): Promise<Workers> {
  const supervisor = new Supervisor(options)
  try {
    await supervisor.start()
  } catch (thrown) {
    supervisor.kill()
    throw thrown
  }
  return supervisor
}

interface Slot {
  readonly number: number
  readonly restarts: Restarts
  worker?: OneWorker
  isUp: boolean
}

class Supervisor implements Workers {
  url = ''
  features: readonly string[] = []
  readonly broken: Promise<never>
  readonly #break: (reason: InseamError) => void
  readonly #clock: Clock
  readonly #hear: LiveCalls['hear']
  readonly #problems: () => readonly string[]
  readonly #slots: Slot[]
  readonly #limits: ReturnType<typeof countForWorkers<OneWorker>>
  readonly #answers = new Map<OneWorker, Map<string, () => void>>()
  #config: Config
  #tellsCalls = false
  #isLeaving = false
  #flushes = 0
  #shared = ''

  constructor({ count, config, hear, problems, clock = systemClock }: SuperviseOptions) {
    const { promise, reject } = Promise.withResolvers<never>()
    promise.catch(() => undefined)
    this.broken = promise
    this.#break = reject
    this.#clock = clock
    this.#limits = countForWorkers({ clock })
    this.#hear = hear
    this.#problems = problems
    this.#config = config
    this.#slots = Array.from({ length: count }, (_, index) => ({
      number: index + 1,
      restarts: createRestarts(clock),
      isUp: false,
    }))
  }

  get inFlight(): number {
    return this.#slots.reduce((sum, { worker }) => sum + (worker?.figures.inFlight ?? 0), 0)
  }

  get unflushed(): number {
    return this.#slots.reduce((sum, { worker }) => sum + (worker?.figures.unflushed ?? 0), 0)
  }

  async start(): Promise<void> {
    // Passed on one by one, a connection that was on its way to a worker that is killed hangs: Node waits for the worker's word.
    // Accepted by the workers themselves, it is reset, and what nobody has accepted is another's.
    cluster.schedulingPolicy = cluster.SCHED_NONE
    cluster.setupPrimary({ exec: fileURLToPath(workerUrl), args: [], serialization: 'advanced' })
    shareOf(this.#config, this.#slots.length)
    const [first, ...others] = this.#slots
    if (!first) return
    // The first one brings the stores up to date, and finds out whether the address can be had.
    const { url, features } = await this.#run(first).up
    this.url = url
    this.features = features
    await Promise.all(others.map((slot) => this.#run(slot).up))
    setInterval(() => this.#share(), shareEveryMs).unref()
  }

  reasons(): readonly string[] {
    const up = this.#slots.filter(({ isUp }) => isUp).length
    return up === this.#slots.length ? [] : [`${up} of ${this.#slots.length} workers are up`]
  }

  degraded(): readonly string[] {
    return [...new Set(this.#slots.flatMap(({ worker }) => worker?.figures.degraded ?? []))]
  }

  tellCalls(tellsCalls: boolean): void {
    this.#tellsCalls = tellsCalls
    this.#tellAll({ type: 'tell-calls', tellsCalls })
  }

  async use(config: Config, check: () => void): Promise<void> {
    const share = shareOf(config, this.#slots.length)
    check()
    this.#config = config
    await this.#askAll('in-force', { type: 'use', config: share })
  }

  async flush(): Promise<void> {
    const id = ++this.#flushes
    await this.#askAll(`flushed ${id}`, { type: 'flush', id })
  }

  async stop(noticeMs: number): Promise<number> {
    this.#isLeaving = true
    this.#tellAll({ type: 'stop', noticeMs })
    const ends = await Promise.all(this.#slots.map(({ worker }) => worker?.ended ?? 0))
    return ends.filter((how) => how !== 0).length
  }

  kill(): void {
    this.#isLeaving = true
    for (const { worker } of this.#slots) worker?.kill()
  }

  #run(slot: Slot): OneWorker {
    const worker = startWorker((message) => this.#take(worker, message))
    slot.worker = worker
    this.#answers.set(worker, new Map())
    const known = this.#config
    const config = shareOf(known, this.#slots.length)
    worker.tell({ type: 'start', config, tellsCalls: this.#tellsCalls, shared: this.#toShare() })
    worker.up.then(
      () => {
        slot.isUp = true
        slot.restarts.isUp()
        // What was put in force while it started is in force for it, too.
        if (this.#config !== known) worker.tell({ type: 'use', config: shareOf(this.#config, this.#slots.length) })
        this.#share()
      },
      () => undefined,
    )
    void worker.ended.then((how) => this.#ended(slot, worker, how))
    return worker
  }

  #take(worker: OneWorker, message: FromWorker): void {
    if (message.type === 'call') this.#hear(message.event)
    else if (message.type === 'figures') this.#share()
    else if (message.type === 'in-force') this.#answers.get(worker)?.get('in-force')?.()
    else if (message.type === 'flushed') this.#answers.get(worker)?.get(`flushed ${message.id}`)?.()
    else if (message.type === 'admit' || message.type === 'limit-settled' || message.type === 'limit-released')
      this.#limits.take(worker, message, worker.tell)
  }

  #ended(slot: Slot, worker: OneWorker, how: number | string): void {
    for (const resolve of this.#answers.get(worker)?.values() ?? []) resolve()
    this.#answers.delete(worker)
    this.#limits.forget(worker)
    const wasUp = slot.isUp
    slot.isUp = false
    if (this.#isLeaving) return
    this.#share()
    const { inFlight, unflushed } = worker.figures
    say(
      `Worker ${slot.number} (process ${worker.pid}) ended: ${how}. With it at most ${inFlight} calls were cut off, and ${unflushed} events were not written.`,
    )
    if (!wasUp && this.url === '') return
    const waitMs = slot.restarts.next()
    if (waitMs === undefined) this.#break(endsAgainAndAgain(slot.number, how))
    else this.#clock.timer(waitMs, () => this.#isLeaving || this.#run(slot))
  }

  /** Tells all, and waits for each to answer or to end. One that does neither is ended, and so started anew. */
  async #askAll(answer: string, message: ToWorker): Promise<void> {
    await Promise.all(
      this.#slots.map(({ worker, isUp }) => {
        const answers = worker && this.#answers.get(worker)
        if (!answers || !isUp) return undefined
        return new Promise<void>((resolve) => {
          const tooLate = this.#clock.timer(answerMs, () => worker.kill())
          answers.set(answer, () => {
            tooLate.cancel()
            answers.delete(answer)
            resolve()
          })
          worker.tell(message)
        })
      }),
    )
  }

  #tellAll(message: ToWorker): void {
    for (const { worker } of this.#slots) worker?.tell(message)
  }

  #toShare(): SharedProblems {
    return { reasons: [...this.#problems(), ...this.reasons()], degraded: this.degraded() }
  }

  /** Tells all workers what any of them has to say at `/readyz`, where that has changed. */
  #share(): void {
    const shared = this.#toShare()
    const now = JSON.stringify(shared)
    if (now === this.#shared) return
    this.#shared = now
    this.#tellAll({ type: 'problems', shared })
  }
}

const workerUrl = new URL('./gateway-worker.ts', import.meta.url)

/** How often problems of the supervisor's own are looked for, in milliseconds. */
const shareEveryMs = 100

function endsAgainAndAgain(number: number, how: number | string): InseamError {
  return new InseamError(
    'internal-error',
    `Worker ${number} ended again and again soon after its start, last with ${typeof how === 'number' ? `exit code ${how}` : how}.`,
    { fix: 'What it said stands above. Start with one worker, which shows the same failure alone.' },
  )
}
