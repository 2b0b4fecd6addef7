import { expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import type { HedgePolicy } from '../core/hedge.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { hedge } from './hedge.ts'
import {
  aCall,
  anAlias,
  aTarget,
  fail,
  failure,
  read,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

const said = (text: string): readonly Step[] => [...spell(text), reply({ text })]
const slow = (ms: number, text: string): readonly Step[] => [wait(ms), ...said(text)]

/** A hedged alias over two targets; each call plays the next script. */
function setUp(policy: HedgePolicy, scripts: readonly (readonly Step[])[], changes: Partial<Alias> = {}) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...scripts)
  const handler = hedge({ clock })(inner.handler)
  const alias = anAlias({ targets: [aTarget('lab/a'), aTarget('second/b')], hedge: policy, ...changes })
  const ask = async (more: Partial<Call> = {}) => {
    const call = aCall(clock, { alias, target: undefined, ...more } as Partial<Call>)
    const before = clock.now()
    const reading = await clock.run(read(handler(call)))
    return { ...reading, call, tookMs: clock.now() - before }
  }
  return { clock, inner, ask }
}

it('asks nobody else where the first begins in time', async () => {
  const { inner, ask } = setUp({ after: 500, budget: 1 }, [slow(400, 'first')])
  expect(await ask()).toMatchObject({ reply: { text: 'first' }, tookMs: 400 })
  expect(inner.calls).toHaveLength(1)
})

it('asks the next target where the first is slow to begin, and takes whichever begins first', async () => {
  const { inner, ask, clock } = setUp({ after: 500, budget: 1 }, [slow(5_000, 'first'), slow(100, 'second')])
  const { reply: answer, deltas, call, tookMs } = await ask()
  expect([answer?.text, tookMs]).toEqual(['second', 600])
  expect(deltas).toEqual(spell('second'))
  expect(inner.calls[1]?.alias?.targets.map(({ name }) => name)).toEqual(['second/b'])
  expect(call.story.moments).toMatchObject([{ type: 'hedged', to: 'second/b', afterMs: 500 }])
  expect([inner.open, clock.pending]).toEqual([0, 0])
})

it('takes the first where it begins after all, and cancels the other', async () => {
  const { inner, ask, clock } = setUp({ after: 500, budget: 1 }, [slow(550, 'first'), slow(1_000, 'second')])
  expect(await ask()).toMatchObject({ reply: { text: 'first' }, tookMs: 550 })
  expect(inner.calls).toHaveLength(2)
  expect([inner.open, clock.pending]).toEqual([0, 0])
})

it('waits for the other where one fails, and fails as the first to fail where both do', async () => {
  const failing = (ms: number, code: 'overloaded' | 'server-error') => [wait(ms), fail(failure(code))]
  const one = setUp({ after: 500, budget: 1 }, [failing(600, 'overloaded'), slow(1_000, 'second')])
  expect(await one.ask()).toMatchObject({ reply: { text: 'second' }, tookMs: 1_500 })
  const both = setUp({ after: 500, budget: 1 }, [failing(600, 'overloaded'), failing(200, 'server-error')])
  expect(await both.ask()).toMatchObject({ error: { code: 'overloaded' }, tookMs: 700 })
})

it('hedges no more than its share of the calls', async () => {
  const scripts = Array.from({ length: 400 }, () => slow(600, 'late'))
  const { ask } = setUp({ after: 500, budget: 0.05 }, scripts)
  let hedged = 0
  for (let count = 0; count < 200; count++) {
    const { call } = await ask()
    hedged += call.story.moments.filter(({ type }) => type === 'hedged').length
  }
  expect(hedged).toBe(11)
})

it('waits for p95 of what it has seen, and does not hedge before it has seen enough', async () => {
  const quick = Array.from({ length: 20 }, (_, index) => slow(100 + index, 'quick'))
  const { ask, inner } = setUp({ after: 'p95', budget: 1 }, [...quick, slow(9_000, 'first'), slow(1, 'second')])
  for (const _ of quick) await ask()
  expect(inner.calls).toHaveLength(20)
  const { reply: answer, tookMs } = await ask()
  expect([answer?.text, tookMs]).toEqual(['second', 119])
})

it('never hedges a call with tools of the provider, nor one that has nowhere else to go', async () => {
  const tools = setUp({ after: 500, budget: 1 }, [slow(5_000, 'first')])
  const providerTools = [{ dialect: 'openai-responses' as const, value: { type: 'mcp' } }]
  await tools.ask({ request: { messages: [], stream: true, providerTools } })
  expect(tools.inner.calls).toHaveLength(1)
  const alone = setUp({ after: 500, budget: 1 }, [slow(5_000, 'first')], { targets: [aTarget('lab/a')] })
  await alone.ask()
  expect(alone.inner.calls).toHaveLength(1)
})

it('never asks another embedding model than the first: vectors of two cannot be compared', async () => {
  const models = (...names: string[]) => names.map((name) => aTarget(name, { maxInputs: 10 }))
  const { messages } = aCall(createVirtualClock()).request
  const embed = { request: { operation: 'embed', messages, stream: false } } as const
  const scripts = [slow(5_000, 'first'), slow(100, 'second')]
  const mixed = setUp({ after: 500, budget: 1 }, scripts, { targets: models('lab/a', 'second/b') })
  expect((await mixed.ask(embed)).reply?.text).toBe('first')
  expect(mixed.inner.calls).toHaveLength(1)
  const same = setUp({ after: 500, budget: 1 }, scripts, { targets: models('lab/a', 'other/b', 'second/a') })
  expect((await same.ask(embed)).reply?.text).toBe('second')
  expect(same.inner.calls[1]?.alias?.targets.map(({ name }) => name)).toEqual(['second/a'])
})

it('stops both where the caller leaves', async () => {
  const { inner, ask, clock } = setUp({ after: 500, budget: 1 }, [slow(5_000, 'first'), slow(5_000, 'second')])
  const controller = new AbortController()
  clock.timer(700, () => controller.abort(new Error('left')))
  expect(await ask({ signal: controller.signal })).toMatchObject({ tookMs: 700 })
  expect(inner.calls).toHaveLength(2)
  expect([inner.open, clock.pending]).toEqual([0, 0])
})
