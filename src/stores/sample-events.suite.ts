import type { AttemptEvent, CallEvent, RunEvent, StepEvent } from '../core/event.ts'
import { noUsage } from '../core/usage.ts'

/** A call for tests, with every field that is not optional. */
export function sampleCall(callId: string, more: Partial<CallEvent> = {}): CallEvent {
  return {
    type: 'call',
    schemaVersion: 1,
    callId,
    door: 'gateway',
    model: 'fast',
    streamed: false,
    source: 'provider',
    startedAt: Date.UTC(2026, 0, 1),
    totalMs: 812.5,
    overheadMs: 0.25,
    outcome: { ending: 'completed', rawStop: 'stop' },
    usage: { ...noUsage, inputUncached: 120, outputText: 34 },
    cost: { nanoUsd: 290_000, status: 'priced', priceVersion: 'test' },
    attempts: 1,
    fallbacks: 0,
    cache: 'off',
    losses: [],
    moments: [],
    ...more,
  }
}

/** An attempt for tests, with every field that is not optional. */
export function sampleAttempt(attemptId: string, callId: string, more: Partial<AttemptEvent> = {}): AttemptEvent {
  return {
    type: 'attempt',
    schemaVersion: 1,
    attemptId,
    callId,
    ordinal: 1,
    provider: 'simulator',
    model: 'sim-small',
    credential: 'default',
    dialect: 'openai-chat',
    streamed: false,
    startedAt: Date.UTC(2026, 0, 1),
    totalMs: 812,
    outcome: { ending: 'completed', rawStop: 'stop' },
    usage: { ...noUsage, inputUncached: 120, outputText: 34 },
    cost: { nanoUsd: 290_000, status: 'priced', priceVersion: 'test' },
    ...more,
  }
}

/** A run for tests, with every field that is not optional. */
export function sampleRun(runId: string, more: Partial<RunEvent> = {}): RunEvent {
  return {
    type: 'run',
    schemaVersion: 1,
    runId,
    door: 'library',
    startedAt: Date.UTC(2026, 0, 1),
    totalMs: 2_400,
    outcome: { type: 'finished' },
    calls: 2,
    toolCalls: 1,
    cost: { nanoUsd: 580_000, status: 'priced', priceVersion: 'test' },
    ...more,
  }
}

/** A step for tests, with every field that is not optional. */
export function sampleStep(stepId: string, runId: string, more: Partial<StepEvent> = {}): StepEvent {
  return {
    type: 'step',
    schemaVersion: 1,
    stepId,
    runId,
    callId: 'call_1',
    ordinal: 1,
    tool: 'get_order_status',
    startedAt: Date.UTC(2026, 0, 1),
    totalMs: 40.5,
    outcome: 'done',
    ...more,
  }
}
