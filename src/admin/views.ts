import { InseamError } from '../errors/index.ts'
import type { DashboardReader } from '../stores/sqlite/index.ts'
import { tellRun, tellStory } from '../telemetry/index.ts'
import type {
  CallsView,
  CallView,
  CostView,
  EvalRunsView,
  EvalRunView,
  FeaturesView,
  OverviewView,
  RunView,
} from './api.ts'
import { readCostQuestion, readPage, readSpan, refuseParameters } from './read-parameters.ts'

/** What the record shows, view by view. All throw `not-found` where no record is kept. */
export interface RecordViews {
  overview(parameters: URLSearchParams): Promise<OverviewView>
  features(parameters: URLSearchParams): Promise<FeaturesView>
  cost(parameters: URLSearchParams): Promise<CostView>
  /** When keys were called with last; null where no record can be asked. Never rejects. */
  keyUses(): Promise<Readonly<Record<string, number>> | null>
  calls(parameters: URLSearchParams): Promise<CallsView>
  call(parameters: URLSearchParams, callId: string): Promise<CallView>
  run(parameters: URLSearchParams, runId: string): Promise<RunView>
  evals(parameters: URLSearchParams): Promise<EvalRunsView>
  evalRun(parameters: URLSearchParams, runId: string): Promise<EvalRunView>
}

/** What the views are made from. */
export interface RecordViewsOptions {
  /** Absent: no record is kept. */
  readonly record: DashboardReader | undefined
  /** Resolves once what was recorded can be read: a call on the live list is not yet in the file. */
  readonly flush: () => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const mostEvalRuns = 200
const minuteMs = 60_000

/** The last thirty days: the same question for a minute, so that one answer serves all who ask. */
function wholeMinutes(now: number) {
  const to = Math.ceil((now + 1) / minuteMs) * minuteMs
  return { from: to - 30 * 24 * 60 * minuteMs, to }
}

/** The views of a record. */
export function recordViews({ record, flush, now }: RecordViewsOptions): RecordViews {
  const kept = (): DashboardReader => {
    if (record) return record
    throw new InseamError('not-found', 'No record is kept that the page could read.', {
      fix: 'Set `events: { store: sqlite }` in inseam.yaml and start again.',
    })
  }
  /** Asks once more after a flush: what somebody has just seen live is on its way into the file. */
  const find = async <Found>(ask: () => Promise<Found | null>, what: string): Promise<Found> => {
    const found = (await ask()) ?? (await flush().then(ask, ask))
    if (found) return found
    throw new InseamError('not-found', `There is no ${what} on the record.`, {
      fix: 'Take its id from the list of calls.',
    })
  }
  return {
    overview: async (parameters) => kept().ask('overview', readSpan(parameters, now())),
    features: async (parameters) => kept().ask('features', readSpan(parameters, now())),
    cost: async (parameters) => kept().ask('costs', readCostQuestion(parameters, now())),
    async keyUses() {
      // Keys are managed where the record is away, too.
      return (await record?.ask('keyUses', wholeMinutes(now())).catch(() => null)) ?? null
    },
    calls: async (parameters) => kept().ask('calls', readPage(parameters)),
    async call(parameters, callId) {
      refuseParameters(parameters)
      const reader = kept()
      const { call, attempts, children, content } = await find(
        () => reader.ask('call', callId),
        `call "${callId.slice(0, 100)}"`,
      )
      return {
        call: content ? { ...call, content } : call,
        attempts,
        children,
        story: tellStory(call, attempts, { children }),
      }
    },
    async run(parameters, runId) {
      refuseParameters(parameters)
      const reader = kept()
      const run = await find(() => reader.ask('run', runId), `run "${runId.slice(0, 100)}"`)
      return { ...run, story: tellRun(run.run, run.calls, run.steps) }
    },
    async evals(parameters) {
      refuseParameters(parameters)
      return { runs: await kept().ask('evals', { limit: mostEvalRuns }) }
    },
    async evalRun(parameters, runId) {
      refuseParameters(parameters)
      const reader = kept()
      return await find(() => reader.ask('eval', runId), `eval run "${runId.slice(0, 100)}"`)
    },
  }
}
