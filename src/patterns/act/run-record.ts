import { addCost, type Cost, noCost } from '../../core/cost.ts'
import { eventSchemaVersion, type RunOutcome, type StepEvent } from '../../core/event.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import { addUsage, noUsage, type Usage } from '../../core/usage.ts'
import type { InseamError } from '../../errors/index.ts'
import type { DoorOptions } from '../begin-call.ts'
import type { AnyFeature } from '../feature.ts'

/** What a run has come to, and how its event is written. */
export interface RunRecord {
  readonly runId: string
  /** Calls begun. */
  calls: number
  /** Of all calls that have ended, whether they failed or not. */
  cost: Cost
  usage: Usage
  readonly steps: StepEvent[]
  /** Writes the run's event. */
  end(outcome: RunOutcome): void
}

/** Opens the record of a run that begins now. */
export function openRecord(
  pipeline: Pipeline,
  { name }: AnyFeature,
  {
    id,
    door = 'library',
    traceId,
    timeoutMs: _timeout,
    signal: _signal,
    story: _story,
    maxOutputTokens: _limit,
    loadClass: _loadClass,
    terms: _terms,
    ownKeys: _ownKeys,
    translation: _translation,
    onInterrupted: _onInterrupted,
    holdBack: _holdBack,
    ...caller
  }: DoorOptions,
): RunRecord {
  const { clock } = pipeline
  const startedAt = clock.date()
  const begunAt = clock.now()
  const run: RunRecord = {
    runId: id ?? pipeline.newId('run'),
    calls: 0,
    cost: noCost,
    usage: noUsage,
    steps: [],
    end: (outcome) =>
      pipeline.record({
        ...caller,
        feature: name,
        type: 'run',
        schemaVersion: eventSchemaVersion,
        runId: run.runId,
        ...(traceId !== undefined && { traceId }),
        door,
        startedAt,
        totalMs: clock.now() - begunAt,
        outcome,
        calls: run.calls,
        toolCalls: run.steps.length,
        cost: run.cost,
      }),
  }
  return run
}

/** Adds what a call used and cost. */
export function spend(run: RunRecord, { usage, cost }: { readonly usage: Usage; readonly cost: Cost }): void {
  run.usage = addUsage(run.usage, usage)
  run.cost = addCost(run.cost, cost)
}

/** Writes the event of a run that failed; the error then carries what all of its calls used and cost. */
export function endFailed(run: RunRecord, error: InseamError): InseamError {
  if (run.calls > 0) error.arrived = { content: error.arrived?.content ?? [], usage: run.usage, cost: run.cost }
  run.end({ type: 'failed', errorCode: error.code, errorMessage: error.message })
  return error
}
