import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import type { Timeouts } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import { sleep } from '../core/clock.ts'
import type { ProviderPart } from '../core/delta.ts'
import type { Provider, ProviderReply, RoutedCall } from '../core/provider.ts'
import type { ModelRequest } from '../core/request.ts'
import { createVirtualClock, type VirtualClock } from '../core/virtual-clock.ts'
import { CallAborted } from '../errors/index.ts'
import { attempt } from './attempt.ts'
import {
  aCall,
  anAlias,
  anUsage,
  aReply,
  aTarget,
  failure,
  flatBooks,
  keepEvents,
  read,
  spell,
} from './scripted.suite.ts'

const timeouts: Timeouts = { connectMs: 100, headersMs: 1_000, firstTokenMs: 2_000, idleMs: 500, totalMs: 60_000 }
const hello = spell('Hello there')
const ending: ProviderReply = {
  id: 'msg_1',
  model: 'model-a-2026',
  ending: { type: 'completed', by: 'end' },
  rawStop: 'stop',
  usage: anUsage,
}
const connected: ProviderPart = { type: 'connected' }
const answered: ProviderPart = { type: 'answered', status: 200, requestId: 'req_1' }
const ping: ProviderPart = { type: 'frames', bytes: new Uint8Array(), deltas: [] }

/** What a provider does: a number is a wait; anything else is a part, its reply or an error. */
type Act = number | 'hang' | ProviderPart | ProviderReply | Error

async function* play(acts: readonly Act[], { signal }: RoutedCall, clock: VirtualClock) {
  for (const act of acts) {
    if (typeof act === 'number') await sleep(clock, act, signal)
    else if (act === 'hang') await new Promise(() => {})
    else if (act instanceof Error) throw act
    else if ('ending' in act) return act
    else yield act
  }
  throw new Error('The script has no ending.')
}

function setUp(acts: readonly Act[], changes: Partial<Timeouts> = {}) {
  const clock = createVirtualClock()
  const events = keepEvents()
  const seen: { call?: RoutedCall; closed: boolean } = { closed: false }
  const provider: Provider = {
    name: 'lab',
    async *run(call) {
      seen.call = call
      try {
        return yield* play(acts, call, clock)
      } finally {
        seen.closed = true
      }
    },
    close: async () => {},
  }
  const handler = attempt({ clock, random: () => 0.5, books: flatBooks, events, providerOf: () => provider })
  const alias = anAlias({ timeouts: { ...timeouts, ...changes } })
  const controller = new AbortController()
  const start = ({ request, ...more }: Partial<Omit<Call, 'request'>> & { request?: Partial<ModelRequest> } = {}) => {
    const call = aCall(clock, { alias, signal: controller.signal, request, ...more })
    return { call, answer: handler(call) }
  }
  const ask = async (changes?: Parameters<typeof start>[0]) => {
    const { call, answer } = start(changes)
    const reading = await clock.run(read(answer))
    expect(clock.pending).toBe(0)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect(events.attempts).toHaveLength(1)
    return { call, ...reading, event: events.attempts[0] }
  }
  return { clock, events, seen, controller, start, ask }
}

const unary = { request: { stream: false } }

it('answers with the reply, its usage and its cost, and writes one line', async () => {
  const { ask } = setUp([10, connected, 20, answered, 30, ...hello, 40, ending])
  const { call, deltas, reply, event } = await ask()
  expect(deltas).toEqual(hello)
  expect(reply).toMatchObject({ text: 'Hello there', source: 'provider', target: 'lab/a', callId: 'call_1' })
  expect(reply?.cost).toEqual({ nanoUsd: 40, status: 'priced' })
  expect(event).toMatchObject({
    callId: 'call_1',
    ordinal: 1,
    provider: 'lab',
    model: 'a',
    answeredModel: 'model-a-2026',
    credential: 'main',
    connectMs: 10,
    headersMs: 30,
    firstTokenMs: 60,
    totalMs: 100,
    status: 200,
    requestId: 'req_1',
    outcome: { ending: 'completed', rawStop: 'stop' },
    usage: anUsage,
    cost: { nanoUsd: 40, status: 'priced' },
  })
  expect(call.story.attempts).toEqual([event])
  expect(call.story.moments).toMatchObject([
    { type: 'attempt-started', attempt: 1, target: 'lab/a' },
    { type: 'committed', atMs: 60 },
    { type: 'attempt-ended', outcome: 'completed' },
  ])
})

it.each([
  ['connect', [101, connected, answered, ...hello, ending], 100, 'no connection within 100 ms'],
  ['headers', [50, connected, 1_001, answered, ...hello, ending], 1_050, 'no response within 1,000 ms'],
  ['first-token', [50, connected, 900, answered, 1_101, ...hello, ending], 2_050, 'no first token within 2,000 ms'],
  ['idle', [connected, answered, ...hello, 501, ending], 500, 'no further content within 500 ms'],
] as const)('runs into its %s clock', async (name, acts, atMs, message) => {
  const { clock, seen, ask } = setUp(acts)
  const { error, event } = await ask()
  expect(error).toMatchObject({ code: 'timed-out', clock: name, message: `lab/a gave ${message}.` })
  expect(clock.now()).toBe(atMs)
  expect(event?.outcome).toMatchObject({ ending: 'error', errorCode: 'timed-out' })
  expect(seen).toMatchObject({ closed: true, call: { signal: { aborted: true } } })
})

it('counts the first token from the request, before there are headers too', async () => {
  const { clock, ask } = setUp([50, connected, 900, answered, ...hello, ending], { firstTokenMs: 300 })
  expect((await ask()).error).toMatchObject({ clock: 'first-token', afterMs: 300 })
  expect(clock.now()).toBe(350)
})

it('lets headers that come late shorten the wait for the first token', async () => {
  const { clock, ask } = setUp([50, connected, 900, answered, 101, ...hello, ending], { firstTokenMs: 1_000 })
  expect((await ask()).error).toMatchObject({ clock: 'first-token', afterMs: 1_000 })
  expect(clock.now()).toBe(1_050)
})

it.each([
  ['pings', ping],
  ['roles and block starts', { type: 'block-start', index: 1, block: { type: 'text', text: '' } }],
  ['empty text', { type: 'text-delta', index: 0, text: '' }],
  ['usage', { type: 'usage', usage: anUsage }],
] as const)('takes %s neither for a first token nor for a sign of life', async (_what, part) => {
  const silence = Array.from({ length: 40 }, () => [100, part]).flat()
  const early = setUp([connected, answered, hello[0] as ProviderPart, ...silence, ending])
  const { error, deltas } = await early.ask()
  expect(error).toMatchObject({ clock: 'first-token' })
  expect(deltas).toEqual([])
  expect(early.clock.now()).toBe(2_000)
  const late = setUp([connected, answered, ...hello.slice(0, 2), ...silence, ending])
  expect((await late.ask()).error).toMatchObject({ clock: 'idle' })
  expect(late.clock.now()).toBe(500)
})

it('restarts the idle clock with each piece of content', async () => {
  const { clock, ask } = setUp([
    connected,
    answered,
    ...hello.slice(0, 3).flatMap((delta) => [400, delta]),
    400,
    ending,
  ])
  expect((await ask()).reply).toBeDefined()
  expect(clock.now()).toBe(1_600)
})

it.each([
  ['at the first delta', 1],
  ['at content', 2],
  ['at the end of a block', 4],
])('holds nothing against a provider while its reader is slow %s', async (_where, count) => {
  const { clock, start } = setUp([connected, answered, ...hello.flatMap((delta) => [10, delta]), 480, ending])
  const { answer } = start()
  for (let read = 0; read < count; read++) await clock.run(answer.next())
  await clock.advance(30_000)
  const { reply } = await clock.run(read(answer))
  expect(reply).toBeDefined()
  expect(clock.pending).toBe(0)
})

it('still trips the idle clock after a slow reader came back', async () => {
  const { clock, start } = setUp([connected, answered, ...hello, 2_000, ending])
  const { answer } = start()
  for (const _ of hello) await clock.run(answer.next())
  await clock.advance(10_000)
  expect((await clock.run(read(answer))).error).toMatchObject({ clock: 'idle' })
  expect(clock.now()).toBe(10_500)
})

it('has only the connect clock where no stream was asked for', async () => {
  const { clock, ask } = setUp([50, connected, 50_000, answered, { ...ending, content: aReply().content }])
  expect((await ask(unary)).reply?.text).toBe('Hello there')
  expect(clock.now()).toBe(50_050)
  const { error } = await setUp([101, connected, ending]).ask(unary)
  expect(error).toMatchObject({ clock: 'connect' })
})

it('yields nothing before content, and then all of it in order', async () => {
  const { clock, start } = setUp([
    connected,
    answered,
    ping,
    ping,
    10,
    hello[0] as ProviderPart,
    90,
    ...hello.slice(1),
    ending,
  ])
  const { answer } = start()
  const first = await clock.run(answer.next())
  expect(clock.now()).toBe(100)
  const { deltas } = await clock.run(read(answer))
  expect([first.value, ...deltas]).toEqual([ping, ping, ...hello])
})

it('passes on what it held back where an answer ends without content', async () => {
  const { deltas, reply, event } = await setUp([connected, answered, ping, hello[0] as ProviderPart, ending]).ask()
  expect(deltas).toEqual([ping, hello[0]])
  expect(event?.firstTokenMs).toBeUndefined()
  expect(reply?.text).toBe('')
})

it('spells out a whole answer that came where a stream was asked for', async () => {
  const { deltas, reply, event } = await setUp([
    connected,
    answered,
    70,
    { ...ending, content: aReply().content },
  ]).ask()
  expect(deltas.map(({ type }) => type)).toEqual(['block-start', 'text-delta', 'block-end'])
  expect(reply?.text).toBe('Hello there')
  expect(event?.firstTokenMs).toBe(70)
})

it('estimates and flags the usage where the word of the provider never came', async () => {
  const { reply, event } = await setUp([connected, answered, ...hello, { ...ending, usage: null }]).ask()
  expect(reply?.usage).toMatchObject({ source: 'estimated', inputUncached: 10, outputText: 1 })
  expect(event?.cost).toEqual({ nanoUsd: 30, status: 'estimated' })
})

it('says that it is unpriced where the model is in no price book', async () => {
  const { reply } = await setUp([connected, answered, ...hello, ending]).ask({ target: aTarget('lab/unlisted') })
  expect(reply?.cost).toEqual({ nanoUsd: null, status: 'unpriced' })
})

it.each([
  ['never reached the provider', [10, failure('connection-failed')], 0, 'measured'],
  ['was refused with an error status', [connected, { ...answered, status: 529 }, failure('overloaded')], 0, 'measured'],
  ['broke off before headers', [connected, 10, failure('connection-failed')], 20, 'estimated'],
  ['broke off in the middle', [connected, answered, ...hello, failure('stream-interrupted')], 30, 'estimated'],
  ['failed with something foreign', [connected, answered, ...hello, new TypeError('oops')], 30, 'estimated'],
] as const)('costs what the provider will bill for an attempt that %s', async (_what, acts, nanoUsd, source) => {
  const { error, event } = await setUp(acts).ask()
  expect(event).toMatchObject({ cost: { nanoUsd }, usage: { source } })
  expect(error).toMatchObject({ arrived: { cost: { nanoUsd }, usage: { source } } })
})

it.each([
  ['more than what arrived', { ...anUsage, inputUncached: 500, outputText: 9 }, 500, 9],
  ['less than what arrived', { ...anUsage, inputUncached: 500, outputText: 0 }, 500, 1],
])('keeps what a provider had told of its usage when it broke off: %s', async (_what, usage, input, output) => {
  const { event } = await setUp([connected, answered, { type: 'usage', usage }, ...hello, failure('overloaded')]).ask()
  expect(event?.usage).toMatchObject({ source: 'estimated', inputUncached: input, outputText: output })
})

it('carries what had arrived in its error', async () => {
  const { error } = await setUp([connected, answered, ...hello.slice(0, 2), failure('stream-interrupted')]).ask()
  expect(error).toMatchObject({ arrived: { content: [{ type: 'text', text: 'Hello ' }] } })
})

it('writes its line for a reader that stops early, and closes the provider first', async () => {
  const { clock, events, seen, start } = setUp([connected, answered, ...hello.flatMap((delta) => [10, delta]), ending])
  const { answer } = start()
  await clock.run(answer.next())
  await answer.return(aReply())
  expect(seen.closed).toBe(true)
  expect(events.attempts).toMatchObject([{ outcome: { errorCode: 'aborted' }, cost: { status: 'estimated' } }])
})

it.each([
  ['for good', ['hang']],
  ['after it has begun to answer', [...hello, 'hang']],
] as const)('leaves at once when its provider does not listen %s', async (_when, acts) => {
  const { clock, events, controller, start } = setUp([connected, answered, ...acts], {
    firstTokenMs: 9_000,
    idleMs: 9_000,
  })
  const failed = read(start().answer)
  await clock.advance(700)
  controller.abort(new CallAborted())
  expect((await clock.run(failed)).error).toMatchObject({ code: 'aborted' })
  expect(clock.now()).toBe(700)
  expect(clock.pending).toBe(0)
  expect(events.attempts).toMatchObject([{ totalMs: 700, outcome: { errorCode: 'aborted' } }])
})

it('runs its clocks out on a provider that does not listen', async () => {
  const { clock, ask } = setUp([connected, answered, 'hang'])
  expect((await ask()).error).toMatchObject({ clock: 'first-token' })
  expect(clock.now()).toBe(2_000)
})

it('reads nothing more for a caller who left between two reads, and says why', async () => {
  const { clock, events, seen, controller, start } = setUp([connected, answered, ...hello, ending])
  const { answer } = start()
  await clock.run(answer.next())
  controller.abort(failure('deadline-exceeded'))
  await answer.return(aReply())
  expect(seen.closed).toBe(true)
  expect(events.attempts).toMatchObject([{ outcome: { errorCode: 'deadline-exceeded' } }])
})

it('leaves nothing running where there is no such provider', async () => {
  const clock = createVirtualClock()
  const events = keepEvents()
  const providerOf = () => {
    throw new Error('no provider "lab"')
  }
  const call = aCall(clock)
  const { error } = await read(attempt({ clock, random: () => 0.5, books: flatBooks, events, providerOf })(call))
  expect(error).toMatchObject({ message: 'no provider "lab"' })
  expect(clock.pending).toBe(0)
  expect(call.story.begun).toBe(0)
})

it('asks nothing for a caller who has left already', async () => {
  const { seen, controller, start, events } = setUp([connected, ending])
  controller.abort(new CallAborted())
  expect((await read(start().answer)).error).toMatchObject({ code: 'aborted' })
  expect(seen.call).toBeUndefined()
  expect(events.attempts).toEqual([])
})
