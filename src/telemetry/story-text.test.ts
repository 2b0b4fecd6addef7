import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttemptEvent, CallEvent } from '../core/event.ts'
import type { Moment } from '../core/moment.ts'
import { noUsage } from '../core/usage.ts'
import { tellStory } from './story-text.ts'

const callId = 'call_01kaqv3x7m2h9d0r5z8w1y4c'
const startedAt = Date.UTC(2026, 10, 20, 9, 14, 3, 512)
const priceVersion = '2026-11-23.6a71c0de'
const primary = 'anthropic/claude-haiku-4-5'
const second = 'openai/gpt-5.4-mini'
const usage = { ...noUsage, inputUncached: 204, cacheRead: 1000, outputText: 68, outputReasoning: 20 }
const cost = { nanoUsd: 1_234_000, status: 'priced', priceVersion } as const
const free = { nanoUsd: 0, status: 'priced', priceVersion } as const

const call = (more: Partial<CallEvent> = {}): CallEvent => ({
  type: 'call',
  schemaVersion: 1,
  callId,
  door: 'gateway',
  feature: 'triage-ticket',
  tenant: 'acme',
  model: 'fast',
  target: second,
  streamed: true,
  source: 'provider',
  startedAt,
  totalMs: 812,
  overheadMs: 0.6,
  outcome: { ending: 'completed', rawStop: 'stop' },
  usage,
  cost,
  attempts: 1,
  fallbacks: 0,
  cache: 'off',
  losses: [],
  moments: [],
  ...more,
})
const attempt = (ordinal: number, more: Partial<AttemptEvent> = {}): AttemptEvent => ({
  type: 'attempt',
  schemaVersion: 1,
  attemptId: `attempt_${ordinal}`,
  callId,
  ordinal,
  provider: 'openai',
  model: 'gpt-5.4-mini',
  credential: 'default',
  dialect: 'openai-chat',
  streamed: true,
  startedAt,
  totalMs: 812,
  outcome: { ending: 'completed', rawStop: 'stop' },
  usage,
  cost,
  ...more,
})
const overloaded = (ordinal: number) =>
  attempt(ordinal, {
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    dialect: 'anthropic-messages',
    totalMs: 412,
    status: 529,
    requestId: 'req_011CVK',
    connectMs: 31,
    headersMs: 410,
    outcome: {
      ending: 'error',
      errorCode: 'overloaded',
      errorMessage: `${primary} failed with status 529: Overloaded (request req_011CVK)`,
    },
    usage: noUsage,
    cost: free,
  })

const fallback = {
  call: call({
    firstTokenMs: 2950,
    totalMs: 3412,
    attempts: 3,
    fallbacks: 1,
    cache: 'miss',
    losses: [{ path: 'metadata.user_id', effect: 'approximated', detail: 'became `user`' }],
    moments: [
      { type: 'cache-miss', atMs: 0.1 },
      { type: 'routed', target: primary, because: 'priority', atMs: 0.2 },
      { type: 'attempt-started', attempt: 1, target: primary, atMs: 0.3 },
      { type: 'attempt-ended', attempt: 1, outcome: 'overloaded', atMs: 412 },
      { type: 'waited', ms: 280, because: 'overloaded', atMs: 412 },
      { type: 'attempt-started', attempt: 2, target: primary, atMs: 692 },
      { type: 'attempt-ended', attempt: 2, outcome: 'overloaded', atMs: 1104 },
      { type: 'gave-up-retrying', because: '2 of 2 attempts made', atMs: 1104 },
      { type: 'fell-back', from: primary, to: second, because: 'overloaded', atMs: 1104 },
      { type: 'attempt-started', attempt: 3, target: second, atMs: 1104 },
      { type: 'committed', atMs: 2950 },
      { type: 'attempt-ended', attempt: 3, outcome: 'completed', atMs: 3412 },
      { type: 'cache-stored', atMs: 3412 },
    ],
  }),
  attempts: [
    overloaded(1),
    overloaded(2),
    attempt(3, {
      answeredModel: 'gpt-5.4-mini-2026-03-17',
      status: 200,
      connectMs: 12,
      headersMs: 210,
      firstTokenMs: 1846,
      totalMs: 2308,
    }),
  ],
}

describe('the story of a call', () => {
  it('tells retries, a fallback, each wait and each cent', async () => {
    await expect(tellStory(fallback.call, fallback.attempts)).toMatchFileSnapshot('golden/fallback.txt')
  })

  it('tells a failure once, with what to do about it', async () => {
    const errorMessage = `${second} gave no first token within 4,000 ms.`
    const outcome = { ending: 'error', errorCode: 'timed-out', errorMessage } as const
    const estimated = { ...usage, source: 'estimated', cacheRead: 0, outputText: 0, outputReasoning: 0 } as const
    const unpriced = { nanoUsd: null, status: 'unpriced', priceVersion } as const
    const failed = call({ outcome, totalMs: 4003, usage: estimated, cost: unpriced, parentId: 'call_parent' })
    const timedOut = attempt(1, { outcome, totalMs: 4002, connectMs: 3, usage: estimated, cost: unpriced })
    await expect(tellStory(failed, [timedOut])).toMatchFileSnapshot('golden/failure.txt')
  })

  it('tells who answered where no model did', async () => {
    const nothing = { usage: noUsage, cost: free, attempts: 0, target: undefined, totalMs: 0.4 }
    const stories = [
      call({
        ...nothing,
        source: 'rule',
        moments: [
          { type: 'abstained', by: 'known customer', atMs: 0.1 },
          { type: 'decided', by: 'empty ticket', source: 'rule', atMs: 0.2 },
        ],
      }),
      call({ ...nothing, source: 'cache', cache: 'hit', moments: [{ type: 'cache-hit', atMs: 0.2 }] }),
      call({ ...nothing, source: 'coalesced', moments: [{ type: 'coalesced', leader: 'call_first', atMs: 0.2 }] }),
      call({
        ...nothing,
        feature: undefined,
        outcome: { ending: 'error', errorCode: 'unknown-model', errorMessage: 'There is no model "fsat".' },
      }),
    ]
    const told = stories.map((story) => tellStory(story, [])).join('\n----\n\n')
    await expect(told).toMatchFileSnapshot('golden/no-model.txt')
  })

  it('tells what was asked again, what all of it cost, and the run that it belongs to', async () => {
    const children = [
      call({ callId: 'call_correction', startedAt: startedAt + 812, totalMs: 301, parentId: callId }),
      call({
        callId: 'call_second',
        startedAt: startedAt + 1_113,
        outcome: { ending: 'error', errorCode: 'overloaded', errorMessage: 'No capacity.' },
      }),
    ]
    const told = tellStory(call({ runId: 'run_01kaqv3x' }), [attempt(1)], { children })
    await expect(told).toMatchFileSnapshot('golden/corrections.txt')
  })

  it('is coloured only when asked, and the same words then', () => {
    const plain = tellStory(fallback.call, fallback.attempts)
    const coloured = tellStory(fallback.call, fallback.attempts, { colour: true })
    expect(plain).not.toContain('\u001b')
    expect(coloured).toContain('\u001b[31m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain)
  })

  it('lets nothing that a provider said drive the terminal', () => {
    const errorMessage = 'bad \u001b[2J\u0007 news\r\nand more'
    const outcome = { ending: 'error', errorCode: 'server-error', errorMessage } as const
    const told = tellStory(call(), [attempt(1, { outcome, model: 'evil\u001b[31m' })])
    expect(told).toContain('bad [2J news and more')
    expect(told).not.toContain('\u001b')
  })

  it('is never wider than asked and never throws, whatever the record holds', () => {
    const text = fc.string({ maxLength: 120 })
    const ms = fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.constant(0))
    const moments = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('routed'), target: text, because: text, atMs: ms }),
        fc.record({ type: fc.constant('waited'), ms, because: text, atMs: ms }),
        fc.record({ type: fc.constant('attempt-started'), attempt: fc.nat(3), target: text, atMs: ms }),
        fc.record({ type: fc.constant('of-a-newer-version'), atMs: ms }),
      ),
    ) as unknown as fc.Arbitrary<Moment[]>
    const outcome = fc.record({
      ending: fc.constantFrom('completed', 'truncated', 'refused', 'paused', 'error'),
      rawStop: text,
      errorCode: text,
      errorMessage: text,
    })
    const attempts = fc.array(fc.record({ model: text, totalMs: ms, firstTokenMs: ms, outcome, requestId: text }))
    const calls = fc.record({ model: text, feature: text, totalMs: ms, outcome, moments, target: text })
    fc.assert(
      fc.property(calls, attempts, fc.integer({ min: 40, max: 120 }), (facts, tries, width) => {
        const made = tries.map((more, index) => attempt(index + 1, more))
        const told = tellStory(call(facts), made, { width })
        for (const line of told.split('\n')) expect(line.length, line).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('a request that was passed through', () => {
  const passed = { method: 'POST', path: '/v1/files', bytesIn: 1204, bytesOut: 88 }
  const whole = call({
    operation: 'pass-through',
    passed,
    model: '',
    target: 'openai',
    streamed: false,
    usage: noUsage,
  })

  it('is told by its method, its path and its bytes, and not by a model', () => {
    const text = tellStory(whole, [attempt(1, { model: '', usage: noUsage })], { width: 200 })
    expect(text).toContain('passed on POST /v1/files as it is through the gateway')
    expect(text).toContain('1,204 bytes in, 88 out')
    expect(text).toContain('openai answered')
    expect(text).not.toContain('openai/')
  })
})
