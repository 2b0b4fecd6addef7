import { once } from 'node:events'
import { connect } from 'node:net'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../index.ts'

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** Opens a stream on a bare socket that nobody reads. */
async function openUnread(simulator: Simulator, words: number) {
  const body = JSON.stringify({
    model: 'sim-small',
    stream: true,
    n: 8,
    messages: [{ role: 'user', content: `Write ${words} words about the sea` }],
  })
  const socket = connect(simulator.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.pause()
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  return socket
}

test('writes no more than a slow reader takes', async () => {
  await using simulator = await startSimulator()
  const socket = await openUnread(simulator, 15_000)
  let bytes = 0
  let still = 0
  await until(() => {
    const now = simulator.log()[0]?.bytes ?? 0
    still = now > 0 && now === bytes ? still + 1 : 0
    bytes = now
    return still > 2000
  })
  // Eight choices of some 20,000 tokens, each in an event of more than 250 bytes.
  expect(bytes).toBeLessThan(20_000_000)
  expect(simulator.log()[0]?.endedAt).toBeNull()
  socket.destroy()
  await simulator.idle()
  expect(simulator.invoice().lines[0]).toMatchObject({ cancelled: true, bytes: expect.any(Number) })
})

test('bills no more than it wrote when the client leaves in the middle', async () => {
  await using simulator = await startSimulator({ scenario: { rules: [{ fault: { type: 'stall', after: 7 } }] } })
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Write 50 words about the sea' }]
  const stream = await client.chat.completions.create({ model: 'sim-small', messages, stream: true })
  let deltas = 0
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) deltas++
    if (deltas === 7) break
  }
  await simulator.idle()
  expect(simulator.invoice().lines[0]).toMatchObject({ cancelled: true, usage: { output: 7 }, reportedUsage: false })
})

test('writes several tokens into one delta, where asked to', async () => {
  await using simulator = await startSimulator({ tokensPerDelta: 10 })
  const client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'test', maxRetries: 0 })
  const messages = [{ role: 'user' as const, content: 'Write 50 words about the sea' }]
  const stream = await client.chat.completions.create({ model: 'sim-small', messages, stream: true })
  let deltas = 0
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) deltas++
  const output = simulator.invoice().lines[0]!.usage.output
  expect(deltas).toBe(Math.ceil(output / 10))
})
