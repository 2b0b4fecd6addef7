import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { defaultConfig } from '../src/config.ts'
import type { OwnProvider } from '../src/core/provider.ts'
import { noUsage } from '../src/core/usage.ts'
import { createSeam } from '../src/create-seam.ts'
import { createMemoryCache, createMemoryEventSink } from '../src/stores/memory/index.ts'
import { alias, openStand } from './stand.ts'

let asked = 0
/** Answers at once, in the process. */
const own: OwnProvider = {
  name: 'own',
  dialect: 'openai-chat',
  models: ['m'],
  async *run({ request }) {
    asked++
    yield { type: 'connected' }
    yield { type: 'answered', status: 200 }
    const reply = {
      id: '1',
      model: 'm',
      ending: { type: 'completed', by: 'end' },
      rawStop: 'stop',
      usage: noUsage,
    } as const
    if (!request.stream) return { ...reply, content: [{ type: 'text', text: 'Hi' }] }
    yield { type: 'block-start', index: 0, block: { type: 'text', text: '' } }
    yield { type: 'text-delta', index: 0, text: 'Hi' }
    yield { type: 'block-end', index: 0 }
    return reply
  },
  close: async () => undefined,
}

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

it('100,000 calls leave no timer behind, and no listener on the signal that they shared', {
  timeout: 240_000,
}, async () => {
  await using seam = createSeam({
    config: { ...defaultConfig({}), providers: [], aliases: [alias('m', ['own/m'])] },
    providers: [own],
    events: createMemoryEventSink(),
    cache: createMemoryCache(),
  })
  const { signal } = new AbortController()
  const ask = async (stream: boolean) => {
    const call = seam.begin({
      model: 'm',
      request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello.' }] }], stream },
      signal,
    })
    for await (const _ of seam.run(call)) {
      // Read to its end.
    }
  }
  await ask(true)
  const before = timers()
  for (let turn = 0; turn < 1_000; turn++) {
    await Promise.all(Array.from({ length: 100 }, (_, at) => ask(at % 2 === 0)))
  }
  expect(timers()).toBeLessThanOrEqual(before)
  expect(asked).toBe(100_001)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

it('some thousand calls through the gateway leave no more timers than their connections have', {
  timeout: 120_000,
}, async () => {
  await using stand = await openStand()
  const model = stand.config.aliases[0]?.name ?? ''
  const ask = (stream: boolean) =>
    fetch(`${stand.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream, max_tokens: 4, messages: [{ role: 'user', content: 'Hello.' }] }),
    }).then(async (response) => {
      expect(response.status).toBe(200)
      await response.text()
    })
  const round = () => Promise.all(Array.from({ length: 20 }, (_, at) => ask(at % 2 === 0)))
  for (let turn = 0; turn < 5; turn++) await round()
  const before = timers()
  for (let turn = 0; turn < 100; turn++) await round()
  expect(timers()).toBeLessThanOrEqual(before + 20)
})
