import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { frame, named, part } from './nonsense-samples.ts'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { all, openStand, type Stand } from './stand.ts'

/** Streams that hosts send and nobody writes down, as the dialects' own clients see them through the gateway. */
let upstream: RawUpstream
let stand: Stand
beforeAll(async () => {
  upstream = await startRawUpstream()
  stand = await openStand({ config: withRawUpstream(upstream.url) })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})
const stream = (...events: readonly string[]) => {
  upstream.respond = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.join(''))
  }
}

const started = (usage?: object) =>
  named('message_start', {
    message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, ...usage },
  })
const said = [
  named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Friday before noon.' } }),
  named('content_block_stop', { index: 0 }),
]
const stopped = named('message_stop')
const ended = (fields: object = {}) => named('message_delta', { delta: { stop_reason: 'end_turn' }, ...fields })
const told = { usage: { input_tokens: 7, output_tokens: 1 } }

describe('a stream of Anthropic without the usage that its clients cannot do without', () => {
  it.each([
    ['nowhere', [started(), ...said, ended(), stopped]],
    ['at its end', [started(told), ...said, ended(), stopped]],
    [
      'at its end, but for what is no count',
      [started(told), ...said, ended({ usage: { output_tokens: null } }), stopped],
    ],
    ['at its start', [started(), ...said, ended({ usage: { output_tokens: 5 } }), stopped]],
    ['at its start, null', [started({ usage: null }), ...said, ended({ usage: null }), stopped]],
  ])('is whole to them, with an estimate where it has none: %s', async (_, events) => {
    stream(...events)
    const messages = [{ role: 'user' as const, content: 'When does my parcel come?' }]
    const answer = stand.anthropic.messages.stream({ model: 'raw-anthropic-messages/m', max_tokens: 100, messages })
    const { content, usage } = await answer.finalMessage()
    expect(content).toMatchObject([{ text: 'Friday before noon.' }])
    expect(usage.input_tokens).toBeGreaterThanOrEqual(7)
    expect(usage.output_tokens).toBe(5)
    expect(stand.attempts().at(-1)).toMatchObject({
      outcome: { ending: 'completed' },
      usage: { source: 'estimated', outputText: 5 },
    })
  })

  it('goes through to the byte where it has it', async () => {
    const events = [started(told), ...said, ended({ usage: { output_tokens: 5 } }), stopped]
    stream(...events)
    const response = await fetch(`${stand.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'raw-anthropic-messages/m',
        max_tokens: 100,
        stream: true,
        messages: [{ role: 'user', content: 'When?' }],
      }),
    })
    expect(await response.text()).toBe(events.join(''))
  })
})

describe('a picture in one event of a stream', () => {
  const data = Buffer.alloc(6 << 20, 7).toString('base64')
  const picture = frame(part({ inlineData: { mimeType: 'image/png', data } }))

  it('comes whole to a client of its dialect', async () => {
    stream(picture, frame(part({ text: 'There.' }, 'STOP')))
    const parts = await all(
      await stand.gemini.models.generateContentStream({ model: 'raw-gemini/m', contents: 'Draw a parcel.' }),
    )
    expect(parts[0]?.candidates?.[0]?.content?.parts?.[0]?.inlineData?.data === data).toBe(true)
    expect(stand.attempts().at(-1)).toMatchObject({ outcome: { ending: 'completed' } })
  })

  it('is content: what follows it is not waited for', async () => {
    let goOn = () => {}
    upstream.respond = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(picture)
      goOn = () => response.end(frame(part({ text: 'There.' }, 'STOP')))
    }
    const parts = await stand.gemini.models.generateContentStream({ model: 'raw-gemini/m', contents: 'Draw a parcel.' })
    const first = await parts.next()
    goOn()
    expect(first.value?.candidates?.[0]?.content?.parts?.[0]?.inlineData?.data === data).toBe(true)
    expect(await all(parts)).toHaveLength(1)
  })
})
