import { expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import type { OnInterrupted } from '../core/commit.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { StreamInterrupted } from '../errors/index.ts'
import { recover } from './recover.ts'
import { createRetryBudget } from './retry-budget.ts'
import {
  aCall,
  anAlias,
  aReply,
  aTarget,
  fail,
  failure,
  read,
  reply,
  type Step,
  scripted,
  spell,
} from './scripted.suite.ts'

const text = 'The parcel is in Augsburg.'
const cut = fail(new StreamInterrupted('lab/a', 'the connection broke'))
const broken: readonly Step[] = [...spell(text).slice(0, 3), cut]
const whole = (said = text): readonly Step[] => [...spell(said), reply({ text: said, id: 'msg_2' })]

function ask(
  onInterrupted: OnInterrupted,
  scripts: readonly (readonly Step[])[],
  changes: Partial<Call> = {},
  budget = createRetryBudget({ clock: createVirtualClock() }),
) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...scripts)
  const targets = [aTarget('lab/a'), aTarget('second/b')]
  const alias = anAlias({ onInterrupted, targets, retry: { attempts: 3, baseMs: 1, capMs: 1 } })
  const call = aCall(clock, { alias, ...changes })
  call.story.settle({ provider: 'lab', model: 'a' } as never)
  return { inner, call, reading: clock.run(read(recover({ clock, budget })(inner.handler)(call))) }
}
const words = (deltas: readonly unknown[]) => deltas.map((delta) => (delta as { text?: string }).text ?? '').join('')

it('hands on the error where nothing else was chosen', async () => {
  const { inner, reading } = ask('error', [broken, whole()])
  expect(await reading).toMatchObject({ error: { code: 'stream-interrupted' } })
  expect(inner.calls).toHaveLength(1)
})

it('splices: goes on where the stream broke, at another target first, and says nothing twice', async () => {
  const { inner, call, reading } = ask('splice', [broken, whole()])
  const { deltas, reply: answer } = await reading
  expect(deltas).toEqual(spell(text))
  expect(answer).toMatchObject({ id: 'msg_2', text })
  expect(inner.calls[1]?.alias?.targets.map(({ name }) => name)).toEqual(['second/b', 'lab/a'])
  expect(call.story.moments).toMatchObject([{ type: 'resumed', by: 'splice', because: 'stream-interrupted' }])
})

it('splices again and again, within the attempts of the alias', async () => {
  const { inner, reading } = ask('splice', [broken])
  const { deltas, error } = await reading
  expect(deltas).toEqual(spell(text).slice(0, 3))
  expect(error).toMatchObject({ code: 'stream-interrupted' })
  expect(inner.calls).toHaveLength(3)
})

it('ends with the error that broke the stream where the new answer is another one', async () => {
  const { call, reading } = ask('splice', [broken, whole('That parcel was lost.')])
  const { deltas, reply: answer, error } = await reading
  expect(words(deltas)).toBe('The parcel ')
  expect(answer).toBeUndefined()
  expect(error).toMatchObject({ code: 'stream-interrupted' })
  expect(call.story.moments.at(-1)).toMatchObject({
    type: 'gave-up-retrying',
    because: expect.stringContaining('the new answer is another one'),
  })
})

it('restarts: says that all before is void, and begins again', async () => {
  const { reading } = ask('restart', [broken, whole('Another answer.')])
  const { deltas, reply: answer } = await reading
  expect(deltas.findIndex(({ type }) => type === 'restart')).toBe(3)
  expect(deltas.slice(4)).toEqual(spell('Another answer.'))
  expect(answer).toMatchObject({ text: 'Another answer.' })
})

it('never tells a client of the gateway to discard: its dialect has no word for it', async () => {
  const { inner, reading } = ask('restart', [broken, whole()], { door: 'gateway' })
  expect(await reading).toMatchObject({ error: { code: 'stream-interrupted' } })
  expect(inner.calls).toHaveLength(1)
})

it.each(['restart', 'splice'] as const)(
  'leaves to `route` what breaks before the first content: %s',
  async (policy) => {
    const { inner, reading } = ask(policy, [[fail(failure('overloaded'))]])
    expect(await reading).toMatchObject({ error: { code: 'overloaded' } })
    expect(inner.calls).toHaveLength(1)
  },
)

it.each(['restart', 'splice'] as const)('asks no more where nobody could do better: %s', async (policy) => {
  const blocked = [...spell(text).slice(0, 3), fail(failure('content-blocked'))]
  const { inner, reading } = ask(policy, [blocked, whole()])
  expect(await reading).toMatchObject({ error: { code: 'content-blocked' } })
  expect(inner.calls).toHaveLength(1)
})

it.each(['restart', 'splice'] as const)('asks no more once the retry budget is spent: %s', async (policy) => {
  const spent = { deposit: () => {}, withdraw: () => false, giveBack: () => {} }
  const { inner, reading } = ask(policy, [broken, whole()], {}, spent)
  expect(await reading).toMatchObject({ error: { code: 'stream-interrupted' } })
  expect(inner.calls).toHaveLength(1)
})

it.each(['restart', 'splice'] as const)('asks no more once the deadline has passed: %s', async (policy) => {
  const { inner, reading } = ask(policy, [broken, whole()], { deadlineAt: 0 })
  expect(await reading).toMatchObject({ error: { code: 'stream-interrupted' } })
  expect(inner.calls).toHaveLength(1)
})

it('lets the caller choose for its call', async () => {
  const { reading } = ask('error', [broken, whole()], { onInterrupted: 'splice' })
  expect(await reading).toMatchObject({ reply: { text } })
})

it('has nothing to mend where nothing is streamed', async () => {
  const whole = aReply()
  const { inner, reading } = ask('splice', [[reply(whole)]], { request: { messages: [], stream: false } })
  expect(await reading).toMatchObject({ reply: { text: whole.text } })
  expect(inner.calls).toHaveLength(1)
})
