import { expect, it } from 'vitest'
import type { HoldBack } from '../core/commit.ts'
import type { Delta } from '../core/delta.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { StreamInterrupted } from '../errors/index.ts'
import { holdBack } from './hold-back.ts'
import { retry } from './retry.ts'
import { createRetryBudget } from './retry-budget.ts'
import { aCall, anAlias, fail, read, reply, type Step, scripted, spell, wait } from './scripted.suite.ts'

const deltas = spell('One two three four five six')
const slowly: readonly Step[] = [
  ...deltas.flatMap((delta) => [delta, wait(100)]),
  reply({ text: 'One two three four five six' }),
]
const cut = fail(new StreamInterrupted('lab/a', 'the connection broke'))

/** When each delta was passed on, in milliseconds. */
async function timesOf(until: HoldBack | undefined): Promise<number[]> {
  const clock = createVirtualClock()
  const inner = scripted(clock, slowly)
  const answer = holdBack({ clock })(inner.handler)(aCall(clock, { alias: anAlias({ holdBack: until }) }))
  const times: number[] = []
  await clock.run(async () => {
    while (!(await answer.next()).done) times.push(clock.now())
  })
  return times
}

it('passes everything on as it comes where nothing was asked', async () => {
  expect(await timesOf(undefined)).toEqual([0, 100, 200, 300, 400, 500, 600, 700])
})

it('keeps all of it until the answer is whole', async () => {
  expect(await timesOf('whole')).toEqual(deltas.map(() => 800))
})

it('keeps the beginning for a time that counts from the first content', async () => {
  expect(await timesOf({ ms: 250 })).toEqual([400, 400, 400, 400, 400, 500, 600, 700])
})

it('keeps the beginning until so many tokens have come', async () => {
  expect(await timesOf({ tokens: 3 })).toEqual([300, 300, 300, 300, 400, 500, 600, 700])
})

it('lets what breaks meanwhile be retried unseen', async () => {
  const clock = createVirtualClock()
  const inner = scripted(clock, [...deltas.slice(0, 4), cut], slowly)
  const call = aCall(clock, { alias: anAlias({ retry: { attempts: 2, baseMs: 1, capMs: 1 } }), holdBack: 'whole' })
  const budget = createRetryBudget({ clock })
  const handler = retry({ clock, random: () => 0.5, budget })(holdBack({ clock })(inner.handler))
  const { deltas: read_, reply: answer } = await clock.run(read(handler(call)))
  expect(read_).toEqual(deltas)
  expect(answer?.text).toBe('One two three four five six')
  expect(inner.calls).toHaveLength(2)
})

const many = (delta: Delta, count: number): Delta[] => Array.from({ length: count }, () => delta)

it.each<[string, Delta[]]>([
  ['its text', many({ type: 'text-delta', index: 0, text: 'x'.repeat(1024 * 1024) }, 6)],
  ['frames that say nothing', many({ type: 'frames', bytes: new Uint8Array(1024 * 1024), deltas: [] }, 6)],
  [
    'what is added',
    many({ type: 'extra-delta', index: 0, dialect: 'gemini', key: 'k', value: 'x'.repeat(1024 * 1024) }, 6),
  ],
  ['deltas that say nothing', many({ type: 'text-delta', index: 0, text: '' }, 200_000)],
])('does not keep an answer that has no end: %s', async (_, long) => {
  const clock = createVirtualClock()
  const start: Delta = { type: 'block-start', index: 0, block: { type: 'text', text: '' } }
  const inner = scripted(clock, [start, ...long, { type: 'never' }])
  const answer = holdBack({ clock })(inner.handler)(aCall(clock, { holdBack: 'whole' }))
  expect((await clock.run(answer.next())).done).toBe(false)
  await answer.return(undefined as never)
  expect(inner.open).toBe(0)
})
