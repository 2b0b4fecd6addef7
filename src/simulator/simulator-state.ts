import type { IncomingMessage, ServerResponse } from 'node:http'
import { threads } from './anthropic-messages/threads.ts'
import { type AttemptLog, type Billed, headersWithoutCredentials, type OpenAttempt } from './books/attempt-log.ts'
import { type Invoice, type InvoiceBook, invoiceBook } from './books/invoice.ts'
import { promptCache } from './books/prompt-cache.ts'
import { promptComparisons } from './books/prompt-comparison.ts'
import { noUsage } from './books/usage.ts'
import type { Dialect } from './dialect.ts'
import { Exchange } from './exchange/exchange.ts'
import type { Surroundings } from './exchange/serve-completion.ts'
import { parseModelName } from './faults/parse-fault.ts'
import { createKept, type Kept } from './kept/kept.ts'
import { checkScenario } from './scenario/check-scenario.ts'
import { type ChooseBehaviour, chooseBehaviour } from './scenario/choose-behaviour.ts'
import type { Scenario } from './scenario/scenario.ts'
import { digest } from './seeded-random.ts'
import type { SimulatorOptions } from './simulator.ts'

/** Everything a running simulator remembers. */
export interface SimulatorState {
  /** Begins an exchange: gives it an id, a log line and, where it can be billed, an open line in the books. */
  begin(request: IncomingMessage, response: ServerResponse, dialect: Dialect, path: string, billed: boolean): Exchange
  readonly behaviour: ChooseBehaviour
  readonly rejectedKeys: readonly string[]
  readonly keepBodies: boolean
  /** What clients have left here. */
  readonly kept: Kept
  surroundings(): Surroundings
  setScenario(scenario: Scenario): void
  invoice(): Invoice
  log(): readonly AttemptLog[]
  /** Tells of every exchange that ends from now on; gives what stops that. */
  follow(follower: Follower): () => void
  reset(): void
  idle(): Promise<void>
  abandonAll(): void
}

/** Whoever reads the log as it is written. */
interface Follower {
  /** An exchange has ended. */
  tell(attempt: AttemptLog): void
  /** The simulator closes. */
  end(): void
}

export function simulatorState(options: SimulatorOptions, refusedUrl: string): SimulatorState {
  const { keepLines = 100_000, keepBodies = false, tokensPerDelta = 1, now = Date.now } = options
  const open = new Set<Exchange>()
  const followers = new Set<Follower>()
  const cache = promptCache()
  const comparisons = promptComparisons()
  const conversations = threads()
  const kept = createKept()
  let waiting: (() => void)[] = []
  let attempts: OpenAttempt[] = []
  let book = invoiceBook(keepLines)
  let ordinal = 0
  let scenario = checkScenario(options.scenario ?? { rules: [] })
  let choose = chooseBehaviour(scenario, seed(), options.pace ?? {}, now)

  function seed(): number {
    return scenario.seed ?? options.seed ?? 1
  }
  function useScenario(next: Scenario): void {
    scenario = next
    choose = chooseBehaviour(scenario, seed(), options.pace ?? {}, now)
  }
  function ended(exchange: Exchange): void {
    open.delete(exchange)
    if (open.size > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }

  return {
    begin(request, response, dialect, path, billed) {
      ordinal++
      const attempt: OpenAttempt = {
        id: `req_${digest('request', seed(), ordinal).slice(0, 12)}${String(ordinal).padStart(8, '0')}`,
        ordinal,
        method: request.method ?? '',
        path,
        dialect: dialect.name,
        model: '',
        headers: headersWithoutCredentials(request.headers),
        credential: null,
        fault: null,
        status: null,
        startedAt: now(),
        firstByteAt: null,
        endedAt: null,
        cancelled: false,
        cancelledIn: null,
        bytes: 0,
        billed: null,
      }
      attempts.push(attempt)
      if (attempts.length > keepLines * 1.1) attempts = attempts.slice(-keepLines)
      const itsBook = billed ? book : undefined
      itsBook?.open()
      const exchange = new Exchange(request, response, attempt, now, (done) => {
        attempt.billed = itsBook === undefined ? nothing : settle(itsBook, done)
        for (const { tell } of followers) tell({ ...attempt })
        ended(done)
      })
      open.add(exchange)
      return exchange
    },
    behaviour: (question) => choose(question),
    get rejectedKeys() {
      return scenario.rejectedKeys ?? []
    },
    keepBodies,
    kept,
    surroundings() {
      return {
        seed: seed(),
        cache,
        comparisons,
        threads: conversations,
        tokensPerDelta,
        unknownModels: scenario.models?.unknown ?? [],
        refusedUrl,
        now,
      }
    },
    setScenario(next) {
      useScenario(checkScenario(next))
    },
    invoice() {
      return book.invoice()
    },
    log() {
      return attempts.slice(-keepLines).map((attempt) => ({ ...attempt }))
    },
    follow(follower) {
      followers.add(follower)
      return () => followers.delete(follower)
    },
    reset() {
      attempts = []
      book = invoiceBook(keepLines)
      ordinal = 0
      cache.clear()
      comparisons.clear()
      kept.clear()
      conversations.clear()
      useScenario(scenario)
    },
    idle() {
      if (open.size === 0) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push(resolve)
      })
    },
    abandonAll() {
      for (const exchange of [...open]) exchange.abandon()
      for (const { end } of followers) end()
    },
  }
}

/** What lists of models, files and the like cost. */
const nothing: Billed = { usage: noUsage, costNanoUsd: 0 }

function settle(book: InvoiceBook, { attempt, meter, streamed }: Exchange): Billed {
  const { usage, costNanoUsd } = book.settle({
    id: attempt.id,
    model: parseModelName(attempt.model).model,
    dialect: attempt.dialect,
    streamed,
    fault: attempt.fault,
    status: attempt.status,
    usage: { ...noUsage, ...meter.input, output: meter.output, reasoning: meter.reasoning },
    reportedUsage: meter.reported,
    cancelled: attempt.cancelled,
    bytes: attempt.bytes,
  })
  return { usage, costNanoUsd }
}
