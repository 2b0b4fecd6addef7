import { createHash } from 'node:crypto'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type AttemptLog, type Simulator, startSimulator } from './index.ts'

const hello = [{ role: 'user' as const, content: 'Where is my order 4411?' }]

function ask(simulator: Simulator, apiKey: string, model = 'sim-small'): Promise<unknown> {
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey, maxRetries: 0 })
  return client.chat.completions.create({ model, messages: hello }).catch((error: unknown) => error)
}

/** The lines of a log that is followed, as they come. */
async function* linesOf(simulator: Simulator, signal?: AbortSignal): AsyncGenerator<AttemptLog> {
  const { body } = await fetch(`${simulator.url}/simulator/log?follow`, { signal: signal ?? null })
  let text = ''
  for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split('\n')
    text = lines.pop()!
    for (const line of lines) yield JSON.parse(line)
  }
}

test('each attempt carries what the invoice bills for it, and the label of its credential', async () => {
  await using simulator = await startSimulator()
  await ask(simulator, 'key-of-acme')
  await ask(simulator, 'key-of-acme', 'sim-small+cut:after=2')
  await ask(simulator, 'another', 'sim-small+overloaded')
  await ask(simulator, 'another', 'my-own-model')
  await fetch(`${simulator.url}/v1/models`)
  const log = simulator.log()
  const { lines } = simulator.invoice()
  expect(log.slice(0, 4).map(({ id, billed }) => ({ id, ...billed }))).toEqual(
    lines.map(({ id, usage, costNanoUsd }) => ({ id, usage, costNanoUsd })),
  )
  expect(log[0]?.billed?.costNanoUsd).toBeGreaterThan(0)
  expect(log.slice(2).map(({ billed }) => billed?.costNanoUsd)).toEqual([0, null, 0])
  const label = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 8)
  const [acme, another] = [label('key-of-acme'), label('another')]
  expect(log.map(({ credential }) => credential)).toEqual([acme, acme, another, another, null])
  expect(JSON.stringify(log)).not.toMatch(/key-of-acme|"another"/)
})

test('what is under way is not billed yet', async () => {
  await using simulator = await startSimulator({ scenario: { rules: [{ fault: { type: 'no-answer' } }] } })
  const asked = ask(simulator, 'any')
  while (simulator.log()[0]?.fault !== 'no-answer') await new Promise((resolve) => setImmediate(resolve))
  expect(simulator.log()[0]).toMatchObject({ billed: null, endedAt: null })
  await simulator.close()
  await asked
  expect(simulator.log()[0]).toMatchObject({ billed: { usage: { output: 0 } } })
  expect(simulator.log()[0]?.billed?.usage.uncachedInput).toBeGreaterThan(0)
})

test('a log that is followed begins with what has ended, goes on with what ends, and ends with the simulator', async () => {
  const simulator = await startSimulator()
  await ask(simulator, 'any')
  const lines = linesOf(simulator)
  expect((await lines.next()).value).toEqual(simulator.log()[0])
  await ask(simulator, 'any', 'sim-small+overloaded')
  expect((await lines.next()).value).toMatchObject({ ordinal: 2, status: 529, fault: 'overloaded' })
  await simulator.close()
  expect(await lines.next()).toEqual({ done: true, value: undefined })
})

test('a reader that leaves a log is told no more, and the others are', async () => {
  await using simulator = await startSimulator()
  const controller = new AbortController()
  const [leaves, stays] = [linesOf(simulator, controller.signal), linesOf(simulator)]
  const first = [leaves.next(), stays.next()]
  await ask(simulator, 'any')
  for (const { value } of await Promise.all(first)) expect(value).toMatchObject({ ordinal: 1 })
  const left = expect(leaves.next()).rejects.toThrow('aborted')
  controller.abort()
  await left
  await ask(simulator, 'any')
  expect((await stays.next()).value).toMatchObject({ ordinal: 2 })
})
