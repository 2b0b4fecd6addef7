import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AliasConfig } from '../src/config.ts'
import type { CallEvent, RunEvent, StepEvent } from '../src/core/event.ts'
import { createVirtualClock, type VirtualClock } from '../src/core/virtual-clock.ts'
import { isInseamError } from '../src/errors/index.ts'
import { type Feature, feature, prompt, type Run, rule, type Tool, ToolError, tool } from '../src/index.ts'
import { type FaultName, faults, type Scenario, type ScriptedReply } from '../src/simulator/index.ts'
import { createMemoryEventSink } from '../src/stores/memory/index.ts'
import { until } from './raw-client.ts'
import { startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand, type StandOptions } from './stand.ts'

const providers = ['simulator', 'simulator-anthropic', 'simulator-gemini', 'simulator-bedrock'] as const
const patient: Partial<AliasConfig> = {
  timeouts: { connectMs: 5_000, headersMs: 900_000, firstTokenMs: 900_000, idleMs: 900_000, totalMs: 900_000 },
  retry: { attempts: 1, baseMs: 1, capMs: 5 },
}

/** A stand whose record can be read, and whose clock stands still until it is told. */
interface ActStand {
  readonly stand: Stand
  readonly clock: VirtualClock
  calls(): CallEvent[]
  runs(): RunEvent[]
  steps(): StepEvent[]
}

async function openActStand(options: StandOptions = {}): Promise<ActStand> {
  const clock = createVirtualClock()
  const events = createMemoryEventSink()
  const stand = await openStand({
    aliases: providers.flatMap((provider) => [
      alias(provider, [`${provider}/sim-small`], patient),
      // A model for each fault: none must find the breaker that another opened.
      ...faults.map(({ name }, index) => alias(`${provider}-${name}`, [`${provider}/sim-${index}`], patient)),
    ]),
    simulator: { keepBodies: true },
    ...options,
    seam: { clock, events, ...options.seam },
  })
  return {
    stand,
    clock,
    calls: () => events.events().filter((event) => event.type === 'call'),
    runs: () => events.events().filter((event) => event.type === 'run'),
    steps: () => events.events().filter((event) => event.type === 'step'),
  }
}

let act: ActStand
beforeAll(async () => {
  act = await openActStand()
})
afterAll(() => act.stand[Symbol.asyncDispose]())
beforeEach(() => {
  act.stand.simulator.reset()
  act.stand.simulator.setScenario({ rules: [] })
})

/** The model's turns, one after another; the last one is repeated. */
const script = (...turns: readonly ScriptedReply[]): Scenario => ({
  rules: turns.map((reply, index) => ({
    when: { request: { from: 1, to: index === turns.length - 1 ? 1_000 : 1 } },
    reply,
  })),
})
const asks = (name: string, input: unknown): ScriptedReply => ({ toolCalls: [{ name, input }] })

/** Faults after which nothing comes any more. */
const silent: ReadonlySet<FaultName> = new Set([
  'no-answer',
  'stall',
  'ping-only',
  'slow-first-token',
  'slow-tokens',
  'headers-dripped',
])

const refunds: unknown[] = []
const getOrderStatus = tool({
  name: 'get_order_status',
  description: 'Look up the current status of a customer order.',
  input: z.object({ order_id: z.string() }),
  run: () => ({ status: 'shipped', eta: '2026-05-08' }),
})
const issueRefund = tool({
  name: 'issue_refund',
  description: 'Issue a partial or full refund for an order.',
  input: z.object({ order_id: z.string(), amount: z.number().positive(), reason: z.string() }),
  run(refund) {
    refunds.push(refund)
    return { success: true, refund_id: 'ref_abc123' }
  },
})
const refund = { order_id: '4711', amount: 12.5, reason: 'late' }

const agent = (model: string, more: Partial<Feature<{ message: string }>> = {}) =>
  feature<{ message: string }>({
    name: 'support-agent',
    model,
    tools: [getOrderStatus, issueRefund],
    prompt: ({ message }) => prompt`${message}`,
    maxOutputTokens: 1024,
    ...more,
  })
const using = (...tools: Tool[]): Partial<Feature<{ message: string }>> => ({ tools })
const input = { message: 'Where is my order 4711?' }

const lastRun = () => act.runs().at(-1)!
/** The last messages that the model got, as text. */
const lastSent = () => JSON.stringify(act.stand.simulator.log().at(-1)?.body)
/** A promise and the function that settles it. */
const signal = () => Promise.withResolvers<void>()
const anything = z.object({}).loose()
const stepsOf = ({ runId }: Pick<Run, 'runId'>) => act.steps().filter((step) => step.runId === runId)

describe.each(providers)('%s', (provider) => {
  const play = (scenario: Scenario, more?: Parameters<typeof agent>[1], options?: { signal: AbortSignal }) => {
    act.stand.simulator.setScenario(scenario)
    return act.stand.seam.act(agent(provider, more), input, options)
  }
  const stoppedBy = (run: Run) => (run.type === 'stopped' ? run.by : run.type)

  it('runs the support agent of the article: the status is looked up, and told', async () => {
    const run = await act.stand.seam.act(agent(provider), input, { tenant: 'acme', traceId: 'trace-1' })
    expect(run).toMatchObject({ type: 'finished', decidedBy: 'model', cost: { status: 'priced' } })
    expect(run.text).toContain('shipped')
    expect(run.steps).toMatchObject([{ tool: 'get_order_status', outcome: 'done', ordinal: 1 }])
    const calls = act.calls().filter(({ runId }) => runId === run.runId)
    expect(lastRun()).toMatchObject({
      runId: run.runId,
      feature: 'support-agent',
      tenant: 'acme',
      traceId: 'trace-1',
      door: 'library',
      outcome: { type: 'finished' },
      calls: 2,
      toolCalls: 1,
      cost: { nanoUsd: calls.reduce((sum, { cost }) => sum + cost.nanoUsd!, 0) },
    })
    expect(calls).toHaveLength(2)
    expect(run.cost).toEqual(lastRun().cost)
    expect(stepsOf(run)).toEqual(run.steps)
    expect(run.steps[0]?.callId).toBe(calls[0]?.callId)
    expect(act.clock.pending).toBe(0)
  })

  it('gives a tool its arguments as its schema read them, and the model what it returned', async () => {
    refunds.length = 0
    const run = await play(script(asks('issue_refund', refund), { text: 'Refunded.' }))
    expect(refunds).toEqual([refund])
    expect(run).toMatchObject({ type: 'finished', text: 'Refunded.' })
    expect(lastSent()).toContain('ref_abc123')
  })

  it('validates all arguments before anything runs, tells the failing paths, and runs the valid ones', async () => {
    const order: string[] = []
    const strict = tool({
      name: 'strict',
      description: 'Checks slowly.',
      input: z.object({ amount: z.number() }).refine(async () => {
        await new Promise(setImmediate)
        order.push('read')
        return true
      }),
      run: () => void order.push('run'),
    })
    const turn: ScriptedReply = {
      toolCalls: [
        { name: 'strict', input: { amount: 1 } },
        { name: 'strict', input: { amount: 'all of it' } },
        { name: 'strict', input: { amount: 2 } },
      ],
    }
    const run = await play(script(turn, { text: 'Done.' }), using(strict))
    expect(order.lastIndexOf('read')).toBeLessThan(order.indexOf('run'))
    expect(order.filter((what) => what === 'run')).toHaveLength(2)
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(['done', 'arguments-invalid', 'done'])
    expect(run.steps[1]?.errorMessage).toMatch(/^amount: /)
    expect(lastSent()).toContain('amount: ')
  })

  it('tells a model that asks for a tool which there is not what there is', async () => {
    const run = await play(script(asks('drop_tables', {}), { text: 'Sorry.' }))
    expect(run.steps).toMatchObject([{ tool: 'drop_tables', outcome: 'unknown-tool' }])
    expect(lastSent()).toContain('get_order_status')
    expect(run.type).toBe('finished')
  })

  it('keeps what a tool throws from the model, and secrets from the record', async () => {
    const failing = tool({
      name: 'query',
      description: 'Asks the database.',
      input: anything,
      run: () => {
        throw new TypeError(
          'cannot connect to postgres://app:hunter2@db/orders, password=hunter2, key="sk-live-12345678"',
        )
      },
    })
    const run = await play(script(asks('query', {}), { text: 'The database is down.' }), using(failing))
    const [step] = run.steps
    expect(step).toMatchObject({ outcome: 'failed', errorMessage: expect.stringMatching(/^TypeError: cannot connect/) })
    expect(JSON.stringify([act.runs(), act.steps(), act.calls(), run])).not.toMatch(/hunter2|sk-live/)
    expect(lastSent()).not.toMatch(/hunter2|sk-live|postgres|TypeError/)
    expect(lastSent()).toContain(step?.stepId)
  })

  it('tells the model what a tool meant for it', async () => {
    const careful = tool({
      name: 'find',
      description: 'Finds an order.',
      input: anything,
      run: () => Promise.reject(new ToolError('There is no order 4711.')),
    })
    const run = await play(script(asks('find', {}), { text: 'There is no such order.' }), using(careful))
    expect(lastSent()).toContain('There is no order 4711.')
    expect(run.steps).toMatchObject([{ outcome: 'failed', errorMessage: 'ToolError: There is no order 4711.' }])
  })

  it('cuts off a tool that ignores its signal, and ignores what it gives or throws later', async () => {
    const started = signal()
    const late = signal()
    const stubborn = tool({
      name: `stubborn-${provider}`,
      description: 'Takes its time.',
      input: anything,
      timeoutMs: 100,
      async run(_, context) {
        started.resolve()
        await late.promise
        throw new Error(`too late, ${context.signal.aborted}`)
      },
    })
    const running = play(script(asks(`stubborn-${provider}`, {}), { text: 'It took too long.' }), using(stubborn))
    await started.promise
    await act.clock.advance(99)
    expect(act.steps().map((step) => step.tool)).not.toContain(`stubborn-${provider}`)
    await act.clock.advance(1)
    const run = await running
    late.resolve()
    expect(run).toMatchObject({ type: 'finished', steps: [{ outcome: 'timed-out', totalMs: 100 }] })
    expect(lastSent()).toContain('within 100 ms')
    expect(act.clock.pending).toBe(0)
  })

  it('cuts off a schema that never answers, and runs nothing', async () => {
    const started = signal()
    const hanging = tool({
      name: 'hanging',
      description: 'Checks for ever.',
      input: z.object({}).refine(() => {
        started.resolve()
        return new Promise<boolean>(() => undefined)
      }),
      timeoutMs: 100,
      run: () => expect.unreachable(),
    })
    const running = play(script(asks('hanging', {}), { text: 'It hangs.' }), using(hanging))
    await started.promise
    await act.clock.advance(100)
    expect(await running).toMatchObject({ type: 'finished', steps: [{ outcome: 'timed-out' }] })
    expect(lastSent()).toContain('It was not run.')
  })

  it('cuts a result of 2 MB, and says so', async () => {
    const loud = tool({ name: 'loud', description: 'Says much.', input: anything, run: () => 'a'.repeat(2_000_000) })
    const run = await play(script(asks('loud', {}), { text: 'That was a lot.' }), using(loud))
    expect(run.steps).toMatchObject([{ outcome: 'done' }])
    expect(lastSent()).toContain('[cut: 65,536 of 2,000,000 characters]')
    expect(lastSent().length).toBeLessThan(70_000)
  })

  it('believes the schema that validates, whatever the other one says', async () => {
    const lying = tool({
      name: 'lying',
      description: 'Says that it takes a text.',
      input: z.object({ id: z.number() }),
      inputJsonSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      run: () => expect.unreachable(),
    })
    const impossible = tool({
      name: 'impossible',
      description: 'Nothing will do.',
      input: z.object({ id: z.never() }),
      inputJsonSchema: { type: 'object' },
      run: () => expect.unreachable(),
    })
    const run = await play(script(asks('lying', { id: '7' }), asks('impossible', { id: 7 })), using(lying, impossible))
    expect(stoppedBy(run)).toBe('repeating')
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(Array(4).fill('arguments-invalid'))
    expect(run.steps.map(({ errorMessage }) => errorMessage)).toEqual(Array(4).fill(expect.stringMatching(/^id: /)))
  })

  it('runs 40 tools four at a time, in the order of asking', async () => {
    let running = 0
    let most = 0
    const begun: number[] = []
    const slow = tool({
      name: 'slow',
      description: 'Waits.',
      input: z.object({ number: z.number() }),
      async run({ number }) {
        begun.push(number)
        most = Math.max(most, ++running)
        await new Promise(setImmediate)
        running--
        return number
      },
    })
    const turn: ScriptedReply = {
      toolCalls: Array.from({ length: 40 }, (_, number) => ({ name: 'slow', input: { number } })),
    }
    const run = await play(script(turn, { text: 'All done.' }), using(slow))
    expect(most).toBe(4)
    expect(begun).toEqual(Array.from({ length: 40 }, (_, number) => number))
    expect(run.steps.map(({ ordinal }) => ordinal)).toEqual(begun.map((number) => number + 1))
    expect(run.type).toBe('finished')
    expect(lastRun().toolCalls).toBe(40)
  })

  it('stops where the answer was cut off, and runs nothing of it', async () => {
    refunds.length = 0
    const fault = { type: 'max-tokens-in-tool-call' } as const
    const run = await play({ rules: [{ reply: asks('issue_refund', refund), fault }] })
    expect(run).toMatchObject({ type: 'stopped', by: 'truncated', steps: [] })
    expect(refunds).toEqual([])
    expect(lastRun().outcome).toEqual({ type: 'stopped', by: 'truncated' })
  })

  it('stops where the model refuses', async () => {
    const run = await play({ rules: [{ fault: { type: 'refusal' } }] })
    expect(run).toMatchObject({ type: 'stopped', by: 'refused' })
    expect(lastRun().outcome).toEqual({ type: 'stopped', by: 'refused' })
  })

  it('has finished at a stop sequence', async () => {
    const run = await play(script({ text: 'It was shipped. END and more' }), { stop: ['END'] })
    expect(run).toMatchObject({ type: 'finished', text: 'It was shipped. ' })
  })

  it('stops a model that repeats a refund, after the third: without a journal of effects each request runs', async () => {
    refunds.length = 0
    const run = await play(script({ ...asks('issue_refund', refund), text: 'One moment.' }))
    expect(refunds).toHaveLength(3)
    expect(run).toMatchObject({ type: 'stopped', by: 'repeating', text: 'One moment.' })
    expect(run.type === 'stopped' && run.detail).toContain('issue_refund')
    expect(lastRun()).toMatchObject({ outcome: { type: 'stopped', by: 'repeating' }, calls: 3, toolCalls: 3 })
  })

  it('takes a repeat with another result for none', async () => {
    let issued = 0
    const counting = tool({ name: 'issue_refund', description: 'Refunds.', input: anything, run: () => ++issued })
    const again = asks('issue_refund', refund)
    const run = await play(script(again, again, again, again, again, { text: 'Done.' }), using(counting))
    expect(run.type).toBe('finished')
    expect(issued).toBe(5)
  })

  it('stops at the limit of steps, and does not run what nobody would read', async () => {
    let ran = 0
    const counting = tool({ name: 'next', description: 'Counts.', input: anything, run: () => ++ran })
    const run = await play(script(asks('next', {})), { ...using(counting), limits: { steps: 3 } })
    expect(run).toMatchObject({ type: 'stopped', by: 'steps' })
    expect(ran).toBe(2)
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'stopped'])
    expect(lastRun()).toMatchObject({ calls: 3, toolCalls: 3, outcome: { type: 'stopped', by: 'steps' } })
    expect(stepsOf(run)).toEqual(run.steps)
  })

  it('begins no call once its money is spent', async () => {
    const run = await play(script(asks('get_order_status', { order_id: '1' })), { limits: { costUsd: 1e-9 } })
    expect(run).toMatchObject({ type: 'stopped', by: 'money', steps: [{ outcome: 'stopped' }] })
    expect(run.cost.nanoUsd).toBeGreaterThan(0)
    expect(lastRun()).toMatchObject({ calls: 1, cost: run.cost })
  })

  it('stops when its time is over, in the middle of a tool', async () => {
    const started = signal()
    let aborted: AbortSignal | undefined
    const endless = tool({
      name: 'endless',
      description: 'Never ends.',
      input: anything,
      timeoutMs: 60_000,
      run: (_, context) => {
        aborted = context.signal
        started.resolve()
        return new Promise(() => undefined)
      },
    })
    const running = play(script({ ...asks('endless', {}), text: 'Let me see.' }), {
      ...using(endless),
      limits: { totalMs: 500 },
    })
    await started.promise
    await act.clock.advance(500)
    const run = await running
    expect(run).toMatchObject({ type: 'stopped', by: 'time', text: 'Let me see.', steps: [{ outcome: 'stopped' }] })
    expect(aborted?.aborted).toBe(true)
    expect(act.clock.pending).toBe(0)
  })

  it('begins no tool after one that kept the process busy until the time was over', async () => {
    const virtual = createVirtualClock()
    let busyMs = 0
    const clock = { ...virtual, now: () => virtual.now() + busyMs }
    await using stand = await openStand({ seam: { clock } })
    stand.simulator.setScenario(
      script({
        toolCalls: [
          { name: 'block', input: {} },
          { name: 'note', input: {} },
        ],
      }),
    )
    let noted = 0
    const run = () => {
      busyMs += 500
    }
    const block = tool({ name: 'block', description: 'Blocks.', input: anything, run })
    const note = tool({ name: 'note', description: 'Notes.', input: anything, run: () => ++noted })
    const limits = { totalMs: 500, parallelTools: 1 }
    const result = await stand.seam.act(
      agent(provider, { ...using(block, note), model: `${provider}/sim-small`, limits }),
      input,
    )
    expect(result).toMatchObject({ type: 'stopped', by: 'time', steps: [{ outcome: 'done' }, { outcome: 'stopped' }] })
    expect(noted).toBe(0)
    expect(stand.simulator.log()).toHaveLength(1)
  })

  it('stops when its time is over, in the middle of a call', async () => {
    const stalled = signal()
    const note = tool({ name: 'note', description: 'Notes.', input: anything, run: () => stalled.resolve() })
    const asked = asks('note', {})
    const rules = [{ when: { request: { to: 1 } }, reply: asked }, { fault: { type: 'no-answer' } as const }]
    const running = play({ rules }, { ...using(note), limits: { totalMs: 500 } })
    await stalled.promise
    await act.clock.advance(500)
    expect(await running).toMatchObject({ type: 'stopped', by: 'time', steps: [{ outcome: 'done' }] })
    expect(lastRun()).toMatchObject({ outcome: { type: 'stopped', by: 'time' }, calls: 2 })
  })

  it('fails with the call that fails, and tells the cost of all of them', async () => {
    const asked = asks('get_order_status', { order_id: '1' })
    const rules = [{ when: { request: { to: 1 } }, reply: asked }, { fault: { type: 'server-error' } as const }]
    const error = await play({ rules }).catch((thrown: unknown) => thrown)
    if (!isInseamError(error)) return expect.unreachable()
    expect(error.code).toBe('server-error')
    expect(error.arrived?.cost.nanoUsd).toBeGreaterThan(0)
    expect(lastRun()).toMatchObject({
      outcome: { type: 'failed', errorCode: 'server-error' },
      calls: 2,
      toolCalls: 1,
      cost: error.arrived?.cost,
    })
  })

  it('ends at once when the caller leaves while a tool runs', async () => {
    const caller = new AbortController()
    const started = signal()
    let told: AbortSignal | undefined
    const endless = tool({
      name: 'endless',
      description: 'Never ends.',
      input: anything,
      run: (_, context) => {
        told = context.signal
        started.resolve()
        return new Promise((_resolve, reject) => told?.addEventListener('abort', () => reject(told?.reason)))
      },
    })
    const running = play(script(asks('endless', {})), using(endless), { signal: caller.signal })
    await started.promise
    caller.abort()
    await expect(running).rejects.toMatchObject({ code: 'aborted', arrived: { cost: { status: 'priced' } } })
    expect(told?.aborted).toBe(true)
    expect(lastRun()).toMatchObject({ outcome: { type: 'failed', errorCode: 'aborted' }, calls: 1, toolCalls: 1 })
    expect(act.steps().at(-1)).toMatchObject({ outcome: 'stopped', tool: 'endless' })
    expect(getEventListeners(caller.signal, 'abort')).toEqual([])
    expect(act.clock.pending).toBe(0)
  })

  it.each(faults.map(({ name }) => name))(
    'ends with one event and a typed outcome, whatever fails: %s',
    async (type) => {
      const caller = new AbortController()
      const before = act.runs().length
      const rules = [
        { when: { request: { to: 1 } }, reply: asks('issue_refund', refund), fault: { type } },
        { reply: { text: 'Done.' } },
      ]
      const model = `${provider}-${type}`
      const running = play({ rules }, { model }, { signal: caller.signal }).catch((thrown: unknown) => thrown)
      if (silent.has(type)) {
        await until(() => act.stand.simulator.log().length > 0)
        caller.abort()
      }
      const ended = await running
      const { outcome, cost } = lastRun()
      expect(act.runs()).toHaveLength(before + 1)
      if (isInseamError(ended)) {
        expect(outcome).toMatchObject({ type: 'failed', errorCode: ended.code })
        expect(ended.code).not.toBe('internal-error')
      } else expect(ended).toMatchObject({ type: outcome.type, cost })
      expect(act.clock.pending).toBe(0)
      expect(getEventListeners(caller.signal, 'abort')).toEqual([])
    },
  )

  it('leaves no listener on the signal of a caller who stays', async () => {
    const caller = new AbortController()
    await play({ rules: [] }, {}, { signal: caller.signal })
    expect(getEventListeners(caller.signal, 'abort')).toEqual([])
  })

  it('lets a rule decide, and asks no model', async () => {
    const decide = [rule('thanks', ({ message }: { message: string }) => message === 'Thanks!', 'You are welcome.')]
    const run = await act.stand.seam.act(agent(provider, { decide }), { message: 'Thanks!' })
    expect(run).toMatchObject({ type: 'finished', decidedBy: 'thanks', text: 'You are welcome.', cost: { nanoUsd: 0 } })
    expect(act.stand.simulator.log()).toEqual([])
    expect(lastRun()).toMatchObject({ calls: 1, toolCalls: 0, outcome: { type: 'finished' } })
  })

  it('asks the rules once, before the first call', async () => {
    let asked = 0
    const decide = [rule('never', () => ++asked < 0, '')]
    await play(script(asks('get_order_status', { order_id: '1' }), { text: 'Shipped.' }), { decide })
    expect(asked).toBe(1)
  })

  it('reads Standard JSON Schema of other libraries, and a given one', async () => {
    const { type } = await import('arktype')
    const valibot = await import('valibot')
    const got: unknown[] = []
    const first = tool({
      name: 'first',
      description: 'By arktype.',
      input: type({ order_id: 'string' }),
      run: ({ order_id }) => void got.push(order_id.toUpperCase()),
    })
    const second = tool({
      name: 'second',
      description: 'By valibot.',
      input: valibot.object({ amount: valibot.number() }),
      inputJsonSchema: { type: 'object', properties: { amount: { type: 'number' } } },
      run: ({ amount }) => void got.push(amount.toFixed(2)),
    })
    const turn: ScriptedReply = {
      toolCalls: [
        { name: 'first', input: { order_id: 'a1' } },
        { name: 'second', input: { amount: 3 } },
      ],
    }
    const run = await play(script(turn, { text: 'Done.' }), using(first, second))
    expect(run.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    expect(got).toEqual(['A1', '3.00'])
  })
})

describe('what cannot be run', () => {
  const { name, description } = getOrderStatus
  it.each<[string, Partial<Feature<{ message: string }>>, RegExp]>([
    ['no tools', { tools: [] }, /no tools/],
    ['two tools of one name', { tools: [getOrderStatus, { ...issueRefund, name }] }, /Two tools.*get_order_status/],
    ['no steps', { limits: { steps: 0 } }, /limits.steps/],
    ['half a tool at a time', { limits: { parallelTools: 1.5 } }, /limits.parallelTools/],
    ['no time', { limits: { totalMs: Number.NaN } }, /limits.totalMs/],
    ['no money', { limits: { costUsd: 0 } }, /limits.costUsd/],
  ])('is refused before anything is sent: %s', async (_, more, message) => {
    const running = act.stand.seam.runFeature(agent('simulator', more), input, { id: 'run_mine' })
    await expect(running).rejects.toMatchObject({
      code: 'feature-invalid',
      message: expect.stringMatching(message),
    })
    expect(act.stand.simulator.log()).toEqual([])
    expect(lastRun()).toMatchObject({ runId: 'run_mine', calls: 0, outcome: { errorCode: 'feature-invalid' } })
    expect(act.calls().at(-1)).toMatchObject({ runId: 'run_mine', outcome: { errorCode: 'feature-invalid' } })
    expect(act.calls().at(-1)?.callId).not.toBe('run_mine')
  })

  it('is said of input that does not fit, too', async () => {
    const picky = agent('simulator', { input: z.object({ message: z.string().max(3) }) })
    await expect(act.stand.seam.act(picky, input)).rejects.toMatchObject({ code: 'input-invalid' })
    expect(lastRun().outcome).toMatchObject({ type: 'failed', errorCode: 'input-invalid' })
  })

  it('throws where the time is over before there is any reply', async () => {
    act.stand.simulator.setScenario({ rules: [{ fault: { type: 'no-answer' } }] })
    const running = act.stand.seam.act(agent('simulator'), input, { timeoutMs: 50 })
    const failed = expect(running).rejects.toMatchObject({ code: 'deadline-exceeded' })
    await until(() => act.stand.simulator.log().length === 1)
    await act.clock.advance(50)
    await failed
    expect(lastRun().outcome).toMatchObject({ type: 'failed', errorCode: 'deadline-exceeded' })
  })

  it.each(['', 'with space', 'a'.repeat(65), 'naïve', 'a.b'])('refuses the name %j', (bad) => {
    expect(() => tool({ name: bad, description, input: anything, run: () => undefined })).toThrow(
      expect.objectContaining({ code: 'feature-invalid', message: expect.stringContaining(JSON.stringify(bad)) }),
    )
  })
})

describe('what a provider says, byte for byte', () => {
  const claude = (content: unknown[], stop_reason: string) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content,
    stop_reason,
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
  })
  const gpt = (message: object, finish_reason: string) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'gpt-5.4-mini',
    choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  })
  const use = (id: string, order_id = '4711') => ({
    type: 'tool_use',
    id,
    name: 'get_order_status',
    input: { order_id },
  })
  const call = (id: string, written = '{"order_id":"4711"}') => ({
    id,
    type: 'function',
    function: { name: 'get_order_status', arguments: written },
  })
  const say = (text: string) => claude([{ type: 'text', text }], 'end_turn')

  /** Runs the agent against these answers, and gives what the provider was sent, too. */
  async function against(dialect: 'openai-chat' | 'anthropic-messages', answers: readonly object[], more = {}) {
    const left = [...answers]
    await using upstream = await startRawUpstream((response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(left.shift() ?? say('Done.')))
    })
    const { stand, runs } = await openActStand({ config: withRawUpstream(upstream.url), aliases: [] })
    await using _ = stand
    const run = await stand.seam
      .act(agent(`raw-${dialect}/claude-haiku-4-5`, more), input)
      .catch((error: unknown) => error)
    return {
      run: run as Run,
      runs: runs(),
      sent: upstream.received.map(({ body }) => JSON.parse(body) as { messages: { content: never }[] }),
    }
  }

  it('sends thinking, signatures and a block of its own back as they came', async () => {
    const content = [
      { type: 'thinking', thinking: 'An order.', signature: 'c2lnbmVk' },
      { type: 'redacted_thinking', data: 'Y2lwaGVy' },
      { type: 'text', text: 'Let me look.' },
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'x' } },
      use('toolu_1'),
    ]
    const { run, sent } = await against('anthropic-messages', [claude(content, 'tool_use')])
    expect(run).toMatchObject({ type: 'finished', text: 'Done.' })
    expect(sent[1]?.messages[1]).toEqual({ role: 'assistant', content })
    expect(sent[1]?.messages[2]).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '{"status":"shipped","eta":"2026-05-08"}' }],
    })
  })

  it('sends reasoning, words and tool calls back as they came', async () => {
    const message = { content: 'Let me look.', reasoning_content: 'An order.', tool_calls: [call('call_1')] }
    const { run, sent } = await against('openai-chat', [gpt(message, 'tool_calls'), gpt({ content: 'Done.' }, 'stop')])
    expect(run).toMatchObject({ type: 'finished', text: 'Done.' })
    expect(sent[1]?.messages[1]).toEqual({ role: 'assistant', ...message })
    expect(sent[1]?.messages[2]).toMatchObject({ role: 'tool', tool_call_id: 'call_1' })
  })

  it('runs a call once whose id comes twice', async () => {
    const twice = claude([use('toolu_1'), use('toolu_1', '4712')], 'tool_use')
    const { run, sent } = await against('anthropic-messages', [twice])
    expect(run).toMatchObject({ type: 'finished', steps: [{ outcome: 'done' }] })
    expect(run.steps).toHaveLength(1)
    expect(sent[1]?.messages.map(({ content }) => content)).toMatchObject([{}, [use('toolu_1')], [{}]])
    const other = gpt({ tool_calls: [call('call_1'), call('call_2'), call('call_1')] }, 'tool_calls')
    const { run: second } = await against('openai-chat', [other, gpt({ content: 'Done.' }, 'stop')])
    expect(second.steps).toHaveLength(2)
  })

  it('answers arguments that are no JSON object, and can send them back to any provider', async () => {
    const broken = gpt({ tool_calls: [call('call_1', '{"order_id": "47'), call('call_2', '[1]')] }, 'tool_calls')
    const { run, sent } = await against('openai-chat', [broken, gpt({ content: 'Done.' }, 'stop')])
    expect(run.steps).toMatchObject([
      // What the model wrote is content, and stands in no message.
      {
        outcome: 'arguments-invalid',
        errorMessage: 'They are no JSON: it ends before the value does, at character 17.',
      },
      { outcome: 'arguments-invalid', errorMessage: 'They are no JSON object.' },
    ])
    const { tool_calls: written } = sent[1]!.messages[1] as unknown as {
      tool_calls: { function: { arguments: string } }[]
    }
    expect(written.map((each) => JSON.parse(each.function.arguments))).toEqual([
      { unreadable: '{"order_id": "47' },
      { unreadable: '[1]' },
    ])
  })

  it('goes on after a pause with what was said, and tells all of it', async () => {
    const paused = claude([{ type: 'text', text: 'I search … ' }], 'pause_turn')
    const { run, sent } = await against('anthropic-messages', [paused, say('and found it.')])
    expect(run).toMatchObject({ type: 'finished', text: 'I search … and found it.', steps: [] })
    expect(sent[1]?.messages).toMatchObject([{ role: 'user' }, { role: 'assistant' }])
  })

  it('bounds pauses by the steps, and stops at one that says nothing', async () => {
    const paused = claude([{ type: 'text', text: 'Hm. ' }], 'pause_turn')
    const { run } = await against('anthropic-messages', Array(9).fill(paused), { limits: { steps: 3 } })
    expect(run).toMatchObject({ type: 'stopped', by: 'steps', text: 'Hm. Hm. Hm. ' })
    const { run: silent } = await against('anthropic-messages', [claude([], 'pause_turn')])
    expect(silent).toMatchObject({ type: 'stopped', by: 'paused' })
  })

  it('runs tools that are asked for by an answer that merely ends', async () => {
    const { run } = await against('anthropic-messages', [claude([use('toolu_1')], 'end_turn')])
    expect(run).toMatchObject({ type: 'finished', steps: [{ outcome: 'done' }] })
    const { run: other } = await against('openai-chat', [
      gpt({ tool_calls: [call('call_1')] }, 'stop'),
      gpt({ content: 'Done.' }, 'stop'),
    ])
    expect(other).toMatchObject({ type: 'finished', steps: [{ outcome: 'done' }] })
  })

  it('fails where the ending speaks of tools and the answer asks for none', async () => {
    const { run, runs } = await against('anthropic-messages', [claude([{ type: 'text', text: 'Hm.' }], 'tool_use')])
    expect(run).toMatchObject({ code: 'reply-unreadable', arrived: { cost: expect.anything() } })
    expect(runs).toMatchObject([{ outcome: { type: 'failed', errorCode: 'reply-unreadable' }, calls: 1 }])
  })

  it('ends well when a filter stops the answer', async () => {
    const { run } = await against('openai-chat', [gpt({ content: 'I' }, 'content_filter')])
    expect(run).toMatchObject({ type: 'stopped', by: 'refused', text: 'I' })
  })

  it('stops at the first call without a price where its money is limited', async () => {
    const asked = gpt({ tool_calls: [call('call_1')] }, 'tool_calls')
    const { run } = await against('openai-chat', [asked], {
      limits: { costUsd: 1 },
      model: 'raw-openai-chat/unheard-of',
    })
    expect(run).toMatchObject({ type: 'stopped', by: 'money', cost: { nanoUsd: null } })
    expect((run as { detail: string }).detail).toContain('no price')
  })
})
