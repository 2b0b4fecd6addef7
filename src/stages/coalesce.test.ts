import { expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import { compose } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { CallAborted } from '../errors/index.ts'
import { coalesce } from './coalesce.ts'
import { deadline } from './deadline.ts'
import {
  aCall,
  anAlias,
  aReply,
  fail,
  failure,
  never,
  read,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

const alias = anAlias({ coalesce: true })
const hello = spell('Hello there')
const slow: readonly Step[] = hello.flatMap((delta) => [wait(100), delta])

function setUp(...scripts: (readonly Step[])[]) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...scripts)
  const handler = compose([deadline({ clock }), coalesce()], inner.handler)
  let calls = 0
  const start = (changes: Partial<Omit<Call, 'request'>> = {}) => {
    const controller = new AbortController()
    const call = aCall(clock, { alias, id: `call_${++calls}`, signal: controller.signal, ...changes })
    return { call, answer: handler(call), leave: () => controller.abort(new CallAborted()) }
  }
  return { clock, inner, start }
}

it('asks once for many, and gives each the whole answer and its own id', async () => {
  const { clock, inner, start } = setUp([...slow, reply()])
  const readings = await clock.run(Promise.all(Array.from({ length: 50 }, () => read(start().answer))))
  expect(inner.calls).toHaveLength(1)
  for (const { deltas } of readings) expect(deltas).toEqual(hello)
  expect(readings.map(({ reply: own }) => own?.callId)).toEqual(readings.map((_, index) => `call_${index + 1}`))
  expect(readings.filter(({ reply: own }) => own?.source === 'provider')).toHaveLength(1)
  expect(readings[1]?.reply).toMatchObject({ source: 'coalesced', cost: { nanoUsd: 0 } })
})

it('asks anew once the answer is whole', async () => {
  const { clock, inner, start } = setUp([...slow, reply()])
  await clock.run(read(start().answer))
  await clock.run(read(start().answer))
  expect(inner.calls).toHaveLength(2)
})

it('shares nothing across scopes, different requests, or where the alias does not ask for it', async () => {
  const { clock, inner, start } = setUp([...slow, reply()])
  const callers = [{}, { tenant: 'a' }, { tenant: 'b' }, { keyId: 'a' }, { feature: 'a' }]
  const all = callers.map((caller) => read(start({ caller }).answer))
  const off = [1, 2].map(() => read(start({ alias: anAlias() }).answer))
  await clock.run(Promise.all([...all, ...off]))
  expect(inner.calls).toHaveLength(callers.length + 2)
})

it('lets a late reader catch up with what came, and names the one it follows', async () => {
  const { clock, start } = setUp([...slow, reply()])
  const leader = read(start().answer)
  await clock.advance(250)
  const late = start()
  const { deltas } = await clock.run(read(late.answer))
  expect(deltas).toEqual(hello)
  expect(clock.now()).toBe(400)
  expect(late.call.story.moments).toMatchObject([{ type: 'coalesced', leader: 'call_1' }])
  await leader
})

it('keeps a quick reader from waiting for a slow one', async () => {
  const { clock, start } = setUp([...slow, reply()])
  const lazy = start().answer
  await clock.run(lazy.next())
  const { reply: quick } = await clock.run(read(start().answer))
  expect(quick).toBeDefined()
  expect((await clock.run(read(lazy))).deltas).toEqual(hello.slice(1))
})

it('goes on for the others when the first one leaves', async () => {
  const { clock, inner, start } = setUp([...slow, reply()])
  const leader = start()
  const [left, stayed] = [read(leader.answer), read(start().answer)]
  await clock.advance(150)
  leader.leave()
  expect((await clock.run(left)).error).toMatchObject({ code: 'aborted' })
  expect(inner.calls[0]?.signal.aborted).toBe(false)
  expect((await clock.run(stayed)).deltas).toEqual(hello)
  expect(clock.now()).toBe(400)
})

it("stops the upstream when the last one leaves, for that one's reason, and before that one has gone", async () => {
  const { clock, inner, start } = setUp([hello[0] as Step, never])
  const first = start()
  const second = start({ timeoutMs: 500 })
  await clock.run(first.answer.next())
  const waiting = read(second.answer)
  await first.answer.return(aReply())
  expect(inner.open).toBe(1)
  expect((await clock.run(waiting)).error).toMatchObject({ code: 'deadline-exceeded' })
  expect(clock.now()).toBe(500)
  expect(inner.calls[0]?.signal.reason).toMatchObject({ code: 'deadline-exceeded' })
  expect(inner.open).toBe(0)
})

it('lets nobody join what has been abandoned, and keeps what was begun instead', async () => {
  const { clock, inner, start } = setUp([never], [...slow, reply()])
  const gone = start()
  const failed = read(gone.answer)
  await clock.advance(10)
  gone.leave()
  const second = read(start().answer)
  const third = read(start().answer)
  expect((await clock.run(failed)).error).toMatchObject({ code: 'aborted' })
  const fourth = read(start().answer)
  const readings = await clock.run(Promise.all([second, third, fourth]))
  expect(readings.map(({ deltas }) => deltas)).toEqual([hello, hello, hello])
  expect(inner.calls).toHaveLength(2)
})

it('gives each reader until its own deadline, and the upstream until the latest', async () => {
  const { clock, inner, start } = setUp([wait(5_000), ...hello, reply()])
  const hurried = read(start({ timeoutMs: 1_000 }).answer)
  const patient = start({ timeoutMs: 30_000 })
  const reading = read(patient.answer)
  expect((await clock.run(hurried)).error).toMatchObject({ code: 'deadline-exceeded' })
  expect(clock.now()).toBe(1_000)
  expect(inner.calls[0]?.latestDeadline?.()).toBe(30_000)
  expect((await clock.run(reading)).reply).toBeDefined()
})

it('fails all that wait once, with the same failure, and tries once', async () => {
  const broken = failure('server-error')
  const { clock, inner, start } = setUp([wait(100), fail(broken)])
  const readings = await clock.run(Promise.all(Array.from({ length: 10 }, () => read(start().answer))))
  expect(readings.map(({ error }) => error)).toEqual(Array(10).fill(broken))
  expect(inner.calls).toHaveLength(1)
})

it('tells the story, and leaves the bill, to the first reader that is still there', async () => {
  const { clock, inner, start } = setUp([...slow, reply()])
  const leader = start()
  const second = start()
  const third = start()
  const readings = Promise.all([read(leader.answer), read(second.answer), read(third.answer)])
  await clock.advance(0)
  const upstream = inner.calls[0] as Call
  upstream.story.note({ type: 'waited', ms: 1, because: 'test' })
  upstream.story.beginAttempt()
  await clock.advance(150)
  leader.leave()
  upstream.story.note({ type: 'committed' })
  const [, heir, guest] = await clock.run(readings)
  expect(heir?.reply).toMatchObject({ source: 'provider', callId: 'call_2', cost: aReply().cost })
  expect(guest?.reply).toMatchObject({ source: 'coalesced', callId: 'call_3' })
  const told = [leader, second, third].map(({ call }) => call.story.moments.map(({ type }) => type))
  expect(told).toEqual([['waited'], ['coalesced', 'committed'], ['coalesced']])
  expect(leader.call.story.begun).toBe(1)
})

it('does not begin for a caller who has left already', async () => {
  const { clock, inner } = setUp([reply()])
  const handler = coalesce()(inner.handler)
  const gone = aCall(clock, { alias, signal: AbortSignal.abort(new CallAborted()) })
  expect((await read(handler(gone))).error).toMatchObject({ code: 'aborted' })
  await read(handler(aCall(clock, { alias })))
  expect(inner.calls).toHaveLength(1)
})
