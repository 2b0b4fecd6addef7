import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { until } from './raw-client.ts'
import { withRawUpstream } from './raw-upstream.ts'
import { alias, openStand } from './stand.ts'

/** A provider on a thread of its own: says that it was asked, answers when it is told to, and tells that it has. */
const provider = `
const { createServer } = require('node:http')
const { parentPort, workerData: turn } = require('node:worker_threads')
const frame = (delta, finish_reason = null) =>
  'data: ' + JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] }) + '\\n\\n'
createServer((request, response) => {
  let body = ''
  request.on('data', (bytes) => { body += bytes })
  request.on('end', () => {
    const streams = JSON.parse(body).stream
    if (streams) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame({ role: 'assistant' }))
    }
    parentPort.postMessage('asked')
    Atomics.wait(turn, 0, 0)
    response.end(streams
      ? frame({ content: 'Hello' }) + frame({}, 'stop') + 'data: [DONE]\\n\\n'
      : JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, message: { content: 'Hello' }, finish_reason: 'stop' }] }),
    () => {
      Atomics.store(turn, 0, 2)
      Atomics.notify(turn, 0)
    })
  })
}).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port) })
`

it.each([
  ['a stream', true],
  ['a whole answer', false],
])('a provider that answered in time is not blamed where this process was held up: %s', async (_what, stream) => {
  const turn = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(provider, { eval: true, workerData: turn })
  const [port] = await once(worker, 'message')
  const shortMs = 400
  const timeouts = { connectMs: shortMs, headersMs: shortMs, firstTokenMs: shortMs, idleMs: shortMs, totalMs: shortMs }
  await using stand = await openStand({
    aliases: [alias('held-up', ['raw-openai-chat/m'], { timeouts, retry: { attempts: 1, baseMs: 1, capMs: 1 } })],
    config: withRawUpstream(`http://127.0.0.1:${port}`),
  })
  const ask = async (model: string) => {
    const content = [{ type: 'text' as const, text: 'Hi' }]
    const answer = stand.seam.run(
      stand.seam.begin({ model, request: { messages: [{ role: 'user', content }], stream } }),
    )
    let step = await answer.next()
    while (!step.done) step = await answer.next()
    return step.value
  }
  let asked = 0
  worker.on('message', () => {
    if (++asked < 2) return
    // From here on nothing in this process runs until the answer lies in the socket and every clock is long over.
    Atomics.store(turn, 0, 1)
    Atomics.notify(turn, 0)
    Atomics.wait(turn, 0, 1, 5_000)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, shortMs * 1.5)
  })
  // What is loaded with the first call takes its time from nobody.
  Atomics.store(turn, 0, 1)
  await ask('raw-openai-chat/m')
  await until(() => Atomics.load(turn, 0) === 2)
  Atomics.store(turn, 0, 0)
  const reply = await ask('held-up')
  expect(reply).toMatchObject({ ending: { type: 'completed' }, content: [{ type: 'text', text: 'Hello' }] })
  expect(stand.attempts().at(-1)).toMatchObject({ outcome: { ending: 'completed' } })
  await worker.terminate()
})
