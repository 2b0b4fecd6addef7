import { expect, it } from 'vitest'
import type { Decider } from '../core/decision.ts'
import { compose } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { InseamError } from '../errors/index.ts'
import { deadline } from './deadline.ts'
import { decide } from './decide.ts'
import { aCall, read, readError, reply, scripted, spell } from './scripted.suite.ts'

const abstains: Decider = { name: 'empty ticket', source: 'rule', decide: () => undefined }
const answers: Decider = {
  name: 'known answers',
  source: 'lookup',
  decide: async () => ({ content: [{ type: 'text', text: 'Known.' }] }),
}

function setUp(...deciders: readonly Decider[]) {
  const clock = createVirtualClock()
  const inner = scripted(clock, [...spell('Asked'), reply({ text: 'Asked' })])
  const handler = compose([deadline({ clock }), decide()], inner.handler)
  return { clock, inner, ask: (stream = true) => aCallAnd(handler, aCall(clock, { deciders, request: { stream } })) }
}
const aCallAnd = (handler: ReturnType<typeof compose>, call: ReturnType<typeof aCall>) => ({
  call,
  answer: handler(call),
})

it('answers with the first decision, for nothing, and asks no model', async () => {
  const { inner, ask } = setUp(abstains, answers, abstains)
  const { call, answer } = ask()
  const { deltas, reply: decided } = await read(answer)
  expect(decided).toMatchObject({ text: 'Known.', source: 'lookup', model: 'known answers', cost: { nanoUsd: 0 } })
  expect(decided?.target).toBeUndefined()
  expect(deltas.map(({ type }) => type)).toEqual(['block-start', 'text-delta', 'block-end'])
  expect(inner.calls).toEqual([])
  expect(call.story.moments).toMatchObject([
    { type: 'abstained', by: 'empty ticket' },
    { type: 'decided', by: 'known answers', source: 'lookup' },
  ])
})

it('answers whole where no stream was asked for', async () => {
  const { deltas, reply: decided } = await read(setUp(answers).ask(false).answer)
  expect(deltas).toEqual([])
  expect(decided?.text).toBe('Known.')
})

it('asks the model where all abstain', async () => {
  const { inner, ask } = setUp(abstains)
  expect((await read(ask().answer)).reply?.text).toBe('Asked')
  expect(inner.calls).toHaveLength(1)
})

it.each([
  [
    'throws',
    () => {
      throw new Error('no such column')
    },
  ],
  ['rejects', () => Promise.reject(new Error('no such column'))],
] as const)('fails the call where a decider %s, and asks no model', async (_how, broken) => {
  const { inner, ask } = setUp({ name: 'lookup', source: 'lookup', decide: broken }, answers)
  const error = await readError(ask().answer)
  expect(error).toMatchObject({ code: 'decision-failed', cause: { message: 'no such column' } })
  expect(error.message).toContain('The lookup "lookup" threw: Error: no such column')
  expect(inner.calls).toEqual([])
})

it('waits for a decider no longer than the deadline', async () => {
  const { clock, inner, ask } = setUp({ name: 'slow', source: 'classifier', decide: () => new Promise(() => {}) })
  expect((await clock.run(readError(ask().answer))).code).toBe('deadline-exceeded')
  expect(clock.now()).toBe(60_000)
  expect(inner.calls).toEqual([])
})

it('lets deciders hear the answer that the model gave, and no answer of a rule', async () => {
  const heard: string[] = []
  const hears: Decider = { ...abstains, review: ({ text }) => void heard.push(text) }
  await read(setUp(hears).ask().answer)
  expect(heard).toEqual(['Asked'])
  await read(setUp(hears, answers).ask().answer)
  expect(heard).toEqual(['Asked'])
})

it('passes on what a decider says in the words of the seam', async () => {
  const decide = () => Promise.reject(new InseamError('documents-unreadable', 'There is none.', { fix: 'Add one.' }))
  const { inner, ask } = setUp({ name: 'search', source: 'rule', decide })
  expect((await readError(ask().answer)).code).toBe('documents-unreadable')
  expect(inner.calls).toEqual([])
})
