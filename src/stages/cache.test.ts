import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import type { Caller } from '../core/caller.ts'
import type { ReplyCache } from '../core/ports.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { CallAborted } from '../errors/index.ts'
import { cache } from './cache.ts'
import {
  aCall,
  anAlias,
  aReply,
  fail,
  failure,
  mapCache,
  read,
  reply,
  type Step,
  scripted,
  spell,
  wait,
} from './scripted.suite.ts'

const alias = anAlias({ cache: { ttlSeconds: 60 } })
const hello = spell('Hello there')

function setUp<Store extends ReplyCache>(store: Store, ...scripts: (readonly Step[])[]) {
  const clock = createVirtualClock()
  const inner = scripted(clock, ...(scripts.length > 0 ? scripts : [[...hello, reply()]]))
  const handler = cache({ store, clock })(inner.handler)
  const ask = async (changes: Partial<Omit<Call, 'request'>> & { stream?: boolean } = {}) => {
    const { stream = true, ...more } = changes
    const call = aCall(clock, { alias, request: { stream }, ...more })
    const reading = await clock.run(read(handler(call)))
    return { ...reading, did: call.story.moments.map(({ type }) => type) }
  }
  return { clock, inner, store, handler, ask }
}

it('replays a stream exactly, for nothing, and asks once', async () => {
  const { inner, ask } = setUp(mapCache())
  const first = await ask()
  const again = await ask({ id: 'call_2' })
  expect(first.did).toEqual(['cache-miss', 'cache-stored'])
  expect(again.did).toEqual(['cache-hit'])
  expect(again.deltas).toEqual(first.deltas)
  expect(again.reply).toEqual({
    ...first.reply,
    source: 'cache',
    cost: { nanoUsd: 0, status: 'priced' },
    sparedCost: first.reply?.cost,
    callId: 'call_2',
  })
  expect(inner.calls).toHaveLength(1)
})

it('replays a whole answer, and never mixes it up with a stream', async () => {
  const { inner, ask } = setUp(mapCache(), [reply()], [...hello, reply()])
  await ask({ stream: false })
  expect((await ask({ stream: false })).reply).toMatchObject({ source: 'cache', text: 'Hello there' })
  expect((await ask()).deltas).toEqual(hello)
  expect(inner.calls).toHaveLength(2)
})

it('keeps nothing, and looks nothing up, for an alias that has not opted in', async () => {
  const { store, inner, ask } = setUp(mapCache())
  await ask({ alias: anAlias() })
  expect((await ask({ alias: anAlias() })).did).toEqual([])
  expect(store.entries.size).toBe(0)
  expect(inner.calls).toHaveLength(2)
})

it('never answers one scope with what another one got, for the same bytes', async () => {
  const name = fc.constantFrom('a', 'b', undefined)
  const scope = fc.record({ tenant: name, keyId: name, feature: name })
  await fc.assert(
    fc.asyncProperty(fc.array(scope, { maxLength: 8 }), async (scopes) => {
      const { ask } = setUp(mapCache())
      const seen = new Set<string>()
      for (const { tenant, keyId, feature } of scopes) {
        const caller: Caller = { tenant, keyId, feature }
        const { did } = await ask({ caller, wire: { dialect: 'openai-chat', body: '{}', headers: {} } })
        const id = JSON.stringify([tenant ?? null, keyId ?? null, feature ?? null])
        expect(did[0]).toBe(seen.has(id) ? 'cache-hit' : 'cache-miss')
        seen.add(id)
      }
    }),
    { numRuns: 50 },
  )
})

it.each([
  ['a truncation', aReply({ ending: { type: 'truncated', by: 'max-tokens' } })],
  ['a refusal', aReply({ ending: { type: 'refused', by: 'model' } })],
  ['a pause', aReply({ ending: { type: 'paused' } })],
  ['tool calls', aReply({ ending: { type: 'completed', by: 'tool-calls' } })],
  [
    'a tool call that ended like words',
    aReply({ content: [{ type: 'tool-call', id: '1', name: 'pay', input: '{}' }] }),
  ],
  ['a refusal that ended like an answer', aReply({ content: [{ type: 'refusal', text: 'No.' }] })],
  ["a provider's own block", aReply({ content: [{ type: 'opaque', dialect: 'anthropic-messages', value: {} }] })],
  ["a reply that is another call's to keep", aReply({ source: 'coalesced' })],
])('never keeps %s', async (_what, given) => {
  const { store, ask } = setUp(mapCache(), [{ type: 'reply', reply: given }])
  expect((await ask()).reply).toEqual(given)
  expect(store.entries.size).toBe(0)
})

it('keeps words and the thinking before them', async () => {
  const content = [
    { type: 'thinking', text: 'Hm.', dialect: 'anthropic-messages' },
    { type: 'text', text: 'Yes.' },
  ] as const
  const { store, ask } = setUp(mapCache(), [reply({ content })])
  await ask()
  expect(store.entries.size).toBe(1)
})

it('keeps no answer that the call does not accept', async () => {
  const { ask } = setUp(mapCache())
  expect((await ask({ accepts: ({ text }) => text === 'something else' })).did).toEqual(['cache-miss'])
  expect((await ask({ accepts: ({ text }) => text === 'Hello there' })).did).toEqual(['cache-miss', 'cache-stored'])
})

it('keeps nothing of an answer that fails, or that its reader did not read to the end', async () => {
  const { clock, store, handler, ask } = setUp(
    mapCache(),
    [...hello, fail(failure('stream-interrupted'))],
    [...hello, reply()],
  )
  await ask()
  const answer = handler(aCall(clock, { alias }))
  for (const _ of hello) await answer.next()
  await answer.return(aReply())
  expect(store.entries.size).toBe(0)
})

it.each([
  ['rejects', () => Promise.reject(new Error('down'))],
  [
    'throws',
    () => {
      throw new Error('down')
    },
  ],
])('treats a store that %s as a miss', async (_how, down) => {
  const { ask } = setUp({ get: down, set: down, close: async () => {} })
  const { reply: answer, did } = await ask()
  expect(answer?.text).toBe('Hello there')
  expect(did).toEqual(['cache-miss'])
})

it.each([{}, { reply: { text: 'Hello' } }, { deltas: [], reply: { content: [], ending: { type: 'truncated' } } }])(
  'treats what is no whole reply as a miss: %j',
  async (garbage) => {
    const { ask } = setUp({ get: async () => garbage as never, set: async () => {}, close: async () => {} })
    const { reply: answer, did } = await ask()
    expect(answer?.text).toBe('Hello there')
    expect(did).toEqual(['cache-miss', 'cache-stored'])
  },
)

it('waits a quarter of a second for a store that does not answer, each way', async () => {
  const hang = () => new Promise<never>(() => {})
  const { clock, ask } = setUp({ get: hang, set: hang, close: async () => {} }, [wait(1_000), reply()])
  const { reply: answer, did } = await ask()
  expect(answer?.text).toBe('Hello there')
  expect(did).toEqual(['cache-miss'])
  expect(clock.now()).toBe(250 + 1_000 + 250)
  expect(clock.pending).toBe(0)
})

it('ends at once when the caller leaves while the store is asked', async () => {
  const hang = () => new Promise<never>(() => {})
  const { clock, inner, handler } = setUp({ get: hang, set: hang, close: async () => {} })
  const controller = new AbortController()
  const failed = read(handler(aCall(clock, { alias, signal: controller.signal })))
  await clock.advance(100)
  controller.abort(new CallAborted())
  expect((await clock.run(failed)).error).toMatchObject({ code: 'aborted' })
  expect(clock.now()).toBe(100)
  expect(inner.calls).toEqual([])
})
