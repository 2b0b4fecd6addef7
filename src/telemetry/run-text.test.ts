import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallEvent, RunEvent, RunOutcome, StepEvent } from '../core/event.ts'
import { noUsage } from '../core/usage.ts'
import { tellRun } from './run-text.ts'

const runId = 'run_01kaqv3x7m2h9d0r5z8w1y4c'
const startedAt = Date.UTC(2026, 10, 20, 9, 14, 3, 512)
const cost = { nanoUsd: 290_000, status: 'priced', priceVersion: 'test' } as const

const run = (outcome: RunOutcome, more: Partial<RunEvent> = {}): RunEvent => ({
  type: 'run',
  schemaVersion: 1,
  runId,
  door: 'library',
  feature: 'support-agent',
  tenant: 'acme',
  startedAt,
  totalMs: 3_412,
  outcome,
  calls: 2,
  toolCalls: 3,
  cost: { ...cost, nanoUsd: 580_000 },
  ...more,
})
const call = (callId: string, atMs: number, more: Partial<CallEvent> = {}): CallEvent => ({
  type: 'call',
  schemaVersion: 1,
  callId,
  runId,
  door: 'library',
  feature: 'support-agent',
  model: 'fast',
  target: 'simulator/sim-small',
  streamed: false,
  source: 'provider',
  startedAt: startedAt + atMs,
  totalMs: 800,
  overheadMs: 0.2,
  outcome: { ending: 'completed', rawStop: 'stop' },
  usage: noUsage,
  cost,
  attempts: 1,
  fallbacks: 0,
  cache: 'off',
  losses: [],
  moments: [],
  ...more,
})
const step = (ordinal: number, atMs: number, more: Partial<StepEvent> = {}): StepEvent => ({
  type: 'step',
  schemaVersion: 1,
  stepId: `step_${ordinal}`,
  runId,
  callId: 'call_1',
  ordinal,
  tool: 'get_order_status',
  startedAt: startedAt + atMs,
  totalMs: 40,
  outcome: 'done',
  ...more,
})

const calls = [call('call_1', 0), call('call_2', 2_612)]
const steps = [
  step(1, 800),
  step(2, 800, {
    tool: 'issue_refund',
    outcome: 'arguments-invalid',
    errorMessage: 'amount: expected number, received string',
    totalMs: 0,
  }),
  step(3, 801, {
    tool: 'search_orders',
    outcome: 'timed-out',
    errorMessage: 'The tool had not given a result within 1,800 ms.',
    totalMs: 1_800,
  }),
]

describe('the story of a run', () => {
  it('tells each call and each tool in the order of time, and how it ended', async () => {
    const told = tellRun(run({ type: 'finished' }), calls.toReversed(), steps.toReversed())
    await expect(told).toMatchFileSnapshot('golden/run.txt')
  })

  it('tells why it was stopped, or what it failed with, and what to do about it', async () => {
    const stops = ['steps', 'time', 'money', 'truncated', 'refused', 'paused', 'repeating'] as const
    const errorMessage = 'simulator/sim-small failed with status 500.'
    const stories = [
      ...stops.map((by) => tellRun(run({ type: 'stopped', by }), [], [])),
      tellRun(run({ type: 'failed', errorCode: 'server-error', errorMessage }), calls.slice(0, 1), []),
      tellRun(undefined, calls.slice(0, 1), steps.slice(0, 1)),
    ]
    await expect(stories.join('\n----\n\n')).toMatchFileSnapshot('golden/run-endings.txt')
  })

  it('lets nothing that a model or a tool said drive the terminal', () => {
    const evil = step(1, 0, { tool: 'evil\u001b[31m', errorMessage: 'bad\u001b[2J\r\nnews', outcome: 'failed' })
    const told = tellRun(run({ type: 'finished' }), [], [evil])
    expect(told).toContain('evil [31m: failed: bad [2J news')
    expect(told).not.toContain('\u001b')
    expect(tellRun(run({ type: 'finished' }), [], [], { colour: true })).toContain('\u001b[32mIt finished')
  })

  it('is never wider than asked and never throws, whatever the record holds', () => {
    const text = fc.string({ maxLength: 120 })
    const ms = fc.double({ min: 0, max: 1e7, noNaN: true })
    const ofSteps = fc.array(fc.record({ tool: text, errorMessage: text, totalMs: ms, outcome: text, callId: text }))
    const outcome = fc.record({
      type: fc.constantFrom('finished', 'stopped', 'failed'),
      by: text,
      errorCode: text,
      errorMessage: text,
    })
    fc.assert(
      fc.property(outcome, text, ofSteps, fc.integer({ min: 40, max: 120 }), (ended, feature, made, width) => {
        const all = made.map((more, index) => step(index + 1, 0, more as Partial<StepEvent>))
        const told = tellRun(run(ended as RunOutcome, { feature }), calls, all, { width })
        for (const line of told.split('\n')) expect(line.length, line).toBeLessThanOrEqual(width)
      }),
    )
  })
})
