import { defaultConfig } from '../../src/config.ts'
import { accountOf, type Budget } from '../../src/core/budget.ts'
import type { AttemptEvent } from '../../src/core/event.ts'
import { close } from '../../src/core/handler.ts'
import { createSeam, type Seam } from '../../src/create-seam.ts'
import { CallAborted } from '../../src/errors/index.ts'
import { type AttemptLog, type FaultName, type Scenario, startSimulator } from '../../src/simulator/index.ts'
import { createMemoryCache, createMemoryEventSink, createMemoryLedger } from '../../src/stores/memory/index.ts'
import { type Chance, createChance } from '../simulation/chance.ts'
import { alias } from '../stand.ts'

/** What the books say of a great number of calls, and what the bill does. Amounts are nano-dollars. */
export interface MixedFigures {
  readonly calls: number
  readonly exchanges: number
  /** How many attempts failed or were left, by the name of what ended them. */
  readonly endings: Readonly<Record<string, number>>
  readonly billed: number
  /** Attempts whose usage came, and those of them whose cost is not what was billed. */
  readonly measured: number
  readonly wrong: readonly string[]
  /** Attempts whose usage did not come: what the record has for them, what was billed, and what the budget counts. */
  readonly estimated: {
    readonly attempts: number
    readonly recorded: number
    readonly billed: number
    readonly counted: number
  }
  /** How far the record is from the bill, for each of them: the mean of the differences, and the share that is below the bill. */
  readonly meanError: number
  readonly below: number
  /** What the budget has, before the truth is known, and once it is. */
  readonly settled: number
  readonly reconciled: number
  /** The highest that the budget ever held, and its limit. */
  readonly highest: number
  readonly limit: number
}

/** One fault in so many ways; none of those in which a provider lies about what it used. */
const faults: readonly FaultName[] = [
  'cut',
  'early-end',
  'malformed-event',
  'no-terminal-event',
  'error-event-first',
  'error-event-mid',
  'usage-missing',
  'usage-late',
  'truncated-json',
  'empty-body',
  'html',
  'overloaded',
  'server-error',
  'rate-limited-bare',
  'closed-before-headers',
  'reset-before-headers',
  'refusal',
  'content-filter',
  'malformed-json-output',
]
const share = 0.012
const scenario: Scenario = { rules: faults.map((type) => ({ probability: share, fault: { type } })) }

const providers = ['simulator', 'simulator-responses', 'simulator-anthropic', 'simulator-gemini']
const atOnce = 50

/** Makes so many calls with faults, aborts and readers that stop, through the library, against a simulator on a socket. */
export async function makeMixedCalls(calls: number, seed = 7): Promise<MixedFigures> {
  const chance = createChance(seed)
  await using simulator = await startSimulator({ seed, scenario, pace: { firstTokenMs: 2 }, keepBodies: true })
  const budget: Budget = {
    id: 'all',
    scope: 'global',
    limitNanoUsd: 1e6 * calls,
    per: 'month',
    hard: true,
    warnAt: [],
  }
  const ledger = createMemoryLedger()
  const events = createMemoryEventSink({ capacity: calls * 5 })
  const plain = defaultConfig({}, { simulatorUrl: simulator.url })
  // Nothing here hangs: a clock that runs out would only tell how busy the machine is.
  const timeouts = { connectMs: 30_000, headersMs: 30_000, firstTokenMs: 30_000, idleMs: 30_000, totalMs: 60_000 }
  const aliases = providers.map((provider) => alias(`at-${provider}`, [`${provider}/sim-small`], { timeouts }))
  const account = accountOf(budget, '', Date.now())
  const look = async () => (await ledger.states([account]))[0]!
  const asked = new Map<string, string>()
  let highest = 0
  {
    await using seam = createSeam({
      config: { ...plain, aliases, budgets: [budget] },
      events,
      cache: createMemoryCache(),
      ledger,
    })
    let next = 0
    const one = async (): Promise<void> => {
      while (next < calls) {
        await makeCall(seam, chance, `of-${next++}-end`, asked)
        const { settledNanoUsd, reservedNanoUsd } = await look()
        highest = Math.max(highest, settledNanoUsd + reservedNanoUsd)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, one))
  }
  await simulator.idle()

  const attempts = events.events().filter((event) => event.type === 'attempt')
  const { totals } = simulator.invoice()
  const bill = billByAttempt(attempts, simulator.log(), asked)
  const billOf = ({ attemptId }: AttemptEvent) => bill.get(attemptId)
  const isMeasured = ({ usage }: AttemptEvent) => usage.source === 'measured'
  const measured = attempts.filter(isMeasured)
  const told = measured.filter((attempt) => attempt.cost.nanoUsd !== 0 || billOf(attempt) !== undefined)
  const wrong = told.filter((attempt) => attempt.cost.nanoUsd !== (billOf(attempt) ?? 0))
  const known = attempts.filter((attempt) => !isMeasured(attempt) && billOf(attempt) !== undefined)
  const differences = known.map((attempt) => (attempt.cost.nanoUsd ?? 0) - billOf(attempt)!)
  const billed = known.reduce((total, attempt) => total + billOf(attempt)!, 0)
  const presumed = new Map((await ledger.presumed()).map(({ id, nanoUsd }) => [id, nanoUsd]))
  const settled = (await look()).settledNanoUsd
  const byId = new Map(attempts.map((attempt) => [attempt.attemptId, attempt]))
  await ledger.reconcile(({ id }) => {
    const attempt = byId.get(id)
    return attempt && billOf(attempt)
  })
  const endings: Record<string, number> = {}
  for (const { outcome } of attempts) {
    const name = outcome.errorCode ?? outcome.ending ?? 'none'
    endings[name] = (endings[name] ?? 0) + 1
  }
  return {
    calls,
    exchanges: totals.exchanges,
    endings,
    billed: totals.costNanoUsd,
    measured: measured.length,
    wrong: wrong.map(
      (attempt) =>
        `${attempt.provider} ${attempt.outcome.errorCode ?? attempt.outcome.ending}: ${attempt.cost.nanoUsd} for ${billOf(attempt)}`,
    ),
    estimated: {
      attempts: attempts.length - measured.length,
      recorded: known.reduce((total, { cost }) => total + (cost.nanoUsd ?? 0), 0),
      billed,
      counted: [...presumed.values()].reduce((total, nanoUsd) => total + nanoUsd, 0),
    },
    meanError: differences.reduce((total, each) => total + Math.abs(each), 0) / Math.max(1, billed),
    below: differences.filter((each) => each < 0).length / Math.max(1, known.length),
    settled,
    reconciled: (await look()).settledNanoUsd,
    highest,
    limit: budget.limitNanoUsd,
  }
}

/** What was billed for each attempt: the exchanges of a call arrive in the order in which it made its attempts. */
function billByAttempt(
  attempts: readonly AttemptEvent[],
  log: readonly AttemptLog[],
  asked: ReadonlyMap<string, string>,
): ReadonlyMap<string, number> {
  const exchanges = new Map<string, AttemptLog[]>()
  for (const exchange of log) {
    const mark = /of-\d+-end/.exec(JSON.stringify(exchange.body))?.[0] ?? ''
    const earlier = exchanges.get(mark)
    if (earlier) earlier.push(exchange)
    else exchanges.set(mark, [exchange])
  }
  const byCall = Map.groupBy(attempts, ({ callId }) => callId)
  const bill = new Map<string, number>()
  for (const [callId, made] of byCall) {
    const its = exchanges.get(asked.get(callId) ?? '') ?? []
    const sent = made.filter(({ connectMs }) => connectMs !== undefined)
    // Who left at once may have left before anything arrived.
    const arrived = sent.length === its.length ? sent : sent.filter(({ outcome }) => outcome.errorCode !== 'aborted')
    if (arrived.length !== its.length) continue
    for (const { attemptId } of made) bill.set(attemptId, 0)
    for (const [index, { attemptId }] of arrived.entries()) bill.set(attemptId, its[index]?.billed?.costNanoUsd ?? 0)
  }
  return bill
}

const texts = [
  'Hi',
  'Write about the sea. '.repeat(20),
  'Zähle 12345 67890 !? '.repeat(30),
  '{"a":[1,2,3]} '.repeat(50),
]

/** One call, which its caller may leave: at once, meanwhile, or after some of the answer. */
async function makeCall(seam: Seam, chance: Chance, mark: string, asked: Map<string, string>): Promise<void> {
  const [text, provider] = [`${chance.pick(texts)} ${mark}`, chance.pick(providers)]
  const stream = chance.happens(0.6)
  const stopsAfter = stream && chance.happens(0.15) ? chance.between(1, 8) : Number.POSITIVE_INFINITY
  const leavesAfterMs = chance.happens(0.1) ? chance.between(0, 6) : undefined
  const caller = new AbortController()
  const leaving =
    leavesAfterMs === undefined ? undefined : setTimeout(() => caller.abort(new CallAborted()), leavesAfterMs)
  const content = [{ type: 'text' as const, text }]
  const request = { messages: [{ role: 'user' as const, content }], maxOutputTokens: chance.between(16, 60), stream }
  const call = seam.begin({ model: `at-${provider}`, signal: caller.signal, request })
  asked.set(call.id, mark)
  const running = seam.run(call)
  try {
    for (let seen = 0; seen < stopsAfter; seen++) {
      const { done } = await running.next()
      if (done) return
    }
  } catch {
    // What became of it stands in the record.
  } finally {
    clearTimeout(leaving)
    await close(running)
  }
}

if (import.meta.main) {
  const startedAt = performance.now()
  const figures = await makeMixedCalls(Number(process.argv[2] ?? 10_000))
  const { wrong } = figures
  console.log({ ...figures, wrong: wrong.slice(0, 20), seconds: (performance.now() - startedAt) / 1_000 })
  process.exitCode = wrong.length > 0 || figures.settled < figures.billed ? 1 : 0
}
