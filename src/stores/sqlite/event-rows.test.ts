import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AttemptEvent, CallEvent, RunEvent, StepEvent } from '../../core/event.ts'
import type { JsonValue } from '../../core/json.ts'
import { usageParts } from '../../core/usage.ts'
import {
  attemptColumns,
  attemptRow,
  bindable,
  callColumns,
  callRow,
  runColumns,
  runRow,
  stepColumns,
  stepRow,
} from './event-rows.ts'
import { attemptOfRow, callOfRow, runOfRow, stepOfRow } from './events-of-rows.ts'

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const ms = fc.double({ min: 0, max: 1e9, noNaN: true })
const usage = fc.record(
  {
    source: fc.constantFrom('measured', 'estimated'),
    ...Object.fromEntries(usageParts.map((part) => [part, fc.nat()])),
    serverToolCalls: fc.dictionary(fc.string({ minLength: 1 }), fc.nat()),
    raw: fc.jsonValue() as fc.Arbitrary<JsonValue>,
  },
  { requiredKeys: ['source', ...(usageParts as readonly string[] as readonly never[])] },
)
const outcome = fc.record(
  {
    ending: fc.constantFrom('completed', 'truncated', 'refused', 'paused', 'error'),
    rawStop: fc.string(),
    errorCode: fc.string(),
    errorMessage: fc.string(),
  },
  { requiredKeys: ['ending'] },
)
const cost = fc.record(
  {
    nanoUsd: fc.option(fc.nat()),
    status: fc.constantFrom('priced', 'estimated', 'unpriced'),
    priceVersion: fc.string(),
  },
  { requiredKeys: ['nanoUsd', 'status'] },
)
const call = fc
  .record({
    type: fc.constant('call'),
    schemaVersion: fc.nat(),
    callId: fc.string(),
    parentId: optional(fc.string()),
    runId: optional(fc.string()),
    traceId: optional(fc.string()),
    door: fc.constantFrom('library', 'gateway', 'eval'),
    promptHash: optional(fc.string()),
    feature: optional(fc.string()),
    tenant: optional(fc.string()),
    user: optional(fc.string()),
    session: optional(fc.string()),
    tags: optional(fc.array(fc.string())),
    keyId: optional(fc.string()),
    model: fc.string(),
    target: optional(fc.string()),
    dialectIn: optional(fc.constantFrom('openai-chat', 'anthropic-messages')),
    dialectOut: optional(fc.constantFrom('openai-chat', 'anthropic-messages')),
    streamed: fc.boolean(),
    source: fc.constantFrom('provider', 'cache', 'rule'),
    startedAt: fc.nat(),
    firstTokenMs: optional(ms),
    totalMs: ms,
    overheadMs: ms,
    outcome,
    usage,
    cost,
    attempts: fc.nat(),
    fallbacks: fc.nat(),
    cache: fc.constantFrom('off', 'hit', 'miss'),
    losses: fc.array(fc.record({ path: fc.string(), effect: fc.constant('dropped'), detail: fc.string() })),
    moments: fc.array(fc.record({ type: fc.constant('committed'), atMs: fc.nat() })),
  })
  .map(withoutAbsent<CallEvent>)
const attempt = fc
  .record({
    type: fc.constant('attempt'),
    schemaVersion: fc.nat(),
    attemptId: fc.string(),
    callId: fc.string(),
    ordinal: fc.nat(),
    provider: fc.string(),
    model: fc.string(),
    answeredModel: optional(fc.string()),
    credential: fc.string(),
    dialect: fc.constantFrom('openai-chat', 'anthropic-messages'),
    streamed: fc.boolean(),
    startedAt: fc.nat(),
    connectMs: optional(ms),
    headersMs: optional(ms),
    firstTokenMs: optional(ms),
    totalMs: ms,
    status: optional(fc.nat()),
    requestId: optional(fc.string()),
    cacheMiss: optional(fc.record({ reason: fc.string(), missedTokens: fc.nat() }, { requiredKeys: ['reason'] })),
    outcome,
    usage,
    cost,
  })
  .map(withoutAbsent<AttemptEvent>)

const run = fc
  .record({
    type: fc.constant('run'),
    schemaVersion: fc.nat(),
    runId: fc.string(),
    traceId: optional(fc.string()),
    door: fc.constantFrom('library', 'gateway', 'eval'),
    feature: optional(fc.string()),
    tenant: optional(fc.string()),
    user: optional(fc.string()),
    session: optional(fc.string()),
    tags: optional(fc.array(fc.string())),
    keyId: optional(fc.string()),
    startedAt: fc.nat(),
    totalMs: ms,
    outcome: fc.oneof(
      fc.record({ type: fc.constant('finished') }),
      fc.record({
        type: fc.constant('stopped'),
        by: fc.constantFrom('steps', 'time', 'money', 'truncated', 'refused', 'paused', 'repeating'),
      }),
      fc.record({ type: fc.constant('failed'), errorCode: fc.string(), errorMessage: fc.string() }),
    ),
    calls: fc.nat(),
    toolCalls: fc.nat(),
    cost,
  })
  .map(withoutAbsent<RunEvent>)
const step = fc
  .record({
    type: fc.constant('step'),
    schemaVersion: fc.nat(),
    stepId: fc.string(),
    runId: fc.string(),
    callId: fc.string(),
    ordinal: fc.nat(),
    tool: fc.string(),
    startedAt: fc.nat(),
    totalMs: ms,
    outcome: fc.constantFrom('done', 'failed', 'timed-out', 'arguments-invalid', 'unknown-tool', 'stopped'),
    errorMessage: optional(fc.string()),
  })
  .map(withoutAbsent<StepEvent>)

it('gives a call back as it was', () => {
  fc.assert(
    fc.property(call, (event) => {
      expect(callOfRow(asRead(callColumns, callRow(event)))).toEqual(event)
    }),
  )
})

it('gives an attempt back as it was', () => {
  fc.assert(
    fc.property(attempt, (event) => {
      expect(attemptOfRow(asRead(attemptColumns, attemptRow(event)))).toEqual(event)
    }),
  )
})

it('gives a run back as it was', () => {
  fc.assert(
    fc.property(run, (event) => {
      expect(runOfRow(asRead(runColumns, runRow(event)))).toEqual(event)
    }),
  )
})

it('gives a step back as it was', () => {
  fc.assert(
    fc.property(step, (event) => {
      expect(stepOfRow(asRead(stepColumns, stepRow(event)))).toEqual(event)
    }),
  )
})

function asRead(columns: readonly string[], cells: readonly unknown[]): Record<string, unknown> {
  expect(cells.length).toBe(columns.length)
  const sent = bindable(JSON.parse(JSON.stringify(cells)))
  return Object.fromEntries(columns.map((name, index) => [name, sent[index]]))
}

function withoutAbsent<T>(event: object): T {
  return JSON.parse(JSON.stringify(event)) as T
}
