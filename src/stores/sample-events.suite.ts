import type { AttemptEvent, CallEvent } from '../core/event.ts'
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
