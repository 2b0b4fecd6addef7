/**
 * Makes calls under a hard budget, and says what becomes of them, a line each. Started by the tests of this folder. Where it is told to
 * stop at a point of a call, it says so there and goes no further: then it is killed.
 */
import { setTimeout } from 'node:timers/promises'
import { defaultConfig } from '../../src/config.ts'
import type { Budget } from '../../src/core/budget.ts'
import { drain } from '../../src/core/handler.ts'
import type { Ledger, Reservation } from '../../src/core/ledger.ts'
import { createSeam } from '../../src/create-seam.ts'
import { asInseamError } from '../../src/errors/index.ts'
import { createMemoryCache, createMemoryEventSink } from '../../src/stores/memory/index.ts'
import { openPostgresLedger } from '../../src/stores/postgres/postgres-ledger.ts'
import { openSqliteLedger } from '../../src/stores/sqlite/sqlite-ledger.ts'

/** Where the books are. */
export type Place = { readonly path: string } | { readonly url: string }

/** Where a call stands still: what it has done by then, and what it has not. */
export type Point =
  /** Nothing is asked of the ledger. */
  | 'before reserving'
  /** It is asked, and has not answered. */
  | 'reserving'
  /** It is durable, and nothing is sent. */
  | 'reserved'
  /** The answer has come whole, and is not settled. */
  | 'answered'
  /** It is settled, and nobody knows whether it is durable. */
  | 'settling'
  /** The settlement is durable. */
  | 'settled'

/** What a spender does. */
export interface Spending {
  readonly simulatorUrl: string
  readonly place: Place
  readonly budget: Budget
  readonly calls: number
  readonly model: string
  /** What is asked, beside the same for all: it tells the calls apart. */
  readonly asking?: string
  readonly streamed?: boolean
  readonly leaseNanoUsd?: number
  readonly lifeMs?: number
  readonly stopAt?: Point
}

/** Opens the books where they are. */
export function openBooks(place: Place, options: Parameters<typeof openSqliteLedger>[0] | object = {}) {
  return 'path' in place
    ? openSqliteLedger({ ...options, path: place.path })
    : openPostgresLedger({ ...options, url: place.url })
}

const say = (line: string) => process.stdout.write(`${line}\n`)

async function stop(): Promise<never> {
  say('stopped')
  for (;;) await setTimeout(1_000)
}

/** The same ledger, which stands still at a point. */
function stoppingAt(ledger: Ledger, point: Point | undefined): Ledger {
  if (point === undefined) return ledger
  return {
    async reserve(ask) {
      if (point === 'before reserving') await stop()
      const asked = ledger.reserve(ask)
      if (point === 'reserving') await stop()
      const answer = await asked
      if (point === 'reserved') await stop()
      return answer.type === 'reserved' ? settlingAt(answer, ledger, point) : answer
    },
    states: (accounts) => ledger.states(accounts),
    current: () => ledger.current(),
    presumed: () => ledger.presumed(),
    flush: () => ledger.flush(),
    close: () => ledger.close(),
  }
}

function settlingAt(reservation: Reservation, ledger: Ledger, point: Point): Reservation {
  const { type, id, warnings } = reservation
  return {
    type,
    id,
    warnings,
    settle(nanoUsd) {
      if (point !== 'answered') reservation.settle(nanoUsd)
      void (point === 'settled' ? ledger.flush().then(stop) : stop())
    },
    presume: (estimate) => reservation.presume(estimate),
    release: () => reservation.release(),
  }
}

async function spend({ simulatorUrl, place, budget, calls, model, ...spending }: Spending): Promise<void> {
  const { asking = '', streamed = false, leaseNanoUsd, lifeMs, stopAt } = spending
  const ledger = await openBooks(place, { leaseNanoUsd, lifeMs })
  const seam = createSeam({
    config: { ...defaultConfig({}, { simulatorUrl }), budgets: [budget] },
    events: createMemoryEventSink(),
    cache: createMemoryCache(),
    ledger: stoppingAt(ledger, stopAt),
  })
  say('ready')
  await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()))
  const call = async (): Promise<string> => {
    const content = [{ type: 'text' as const, text: `Hi ${asking}` }]
    const request = { messages: [{ role: 'user' as const, content }], maxOutputTokens: 50, stream: streamed }
    try {
      const begun = seam.begin({ model, request })
      say(`call ${begun.id}`)
      const running = seam.run(begun)
      if (streamed) {
        await running.next()
        say('content')
      }
      await drain(running)
      return 'answered'
    } catch (thrown) {
      return asInseamError(thrown).code
    }
  }
  const ended = await Promise.all(Array.from({ length: calls }, call))
  await seam.close()
  const count = (outcome: string) => ended.filter((each) => each === outcome).length
  say(`answered ${count('answered')} refused ${count('budget-exceeded')} of ${ended.length}`)
  process.exit(0)
}

const [asked] = process.argv.slice(2)
if (asked?.startsWith('{')) await spend(JSON.parse(asked) as Spending)
