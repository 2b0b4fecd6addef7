import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../src/core/dialect.ts'
import { codecs } from '../src/wire/codecs.ts'
import { chunk, frame, part, streams } from './nonsense-samples.ts'
import { type RawUpstream, startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

/** The events that come before the words, and one that goes on with them. */
const endless: Record<ClientDialect, readonly [before: readonly string[], again: string]> = {
  'openai-chat': [[], frame(chunk({ content: 'and so on ' }))],
  'openai-responses': [streams['openai-responses'].slice(0, 3), streams['openai-responses'][3] ?? ''],
  'anthropic-messages': [streams['anthropic-messages'].slice(0, 2), streams['anthropic-messages'][3] ?? ''],
  gemini: [[], frame(part({ text: 'and so on ' }))],
}
const limited: Record<ClientDialect, object> = {
  'openai-chat': { max_tokens: 100, messages: [{ role: 'user', content: 'Go.' }] },
  'openai-responses': { max_output_tokens: 100, input: [{ role: 'user', content: 'Go.' }] },
  'anthropic-messages': { max_tokens: 100, messages: [{ role: 'user', content: 'Go.' }] },
  gemini: { generationConfig: { maxOutputTokens: 100 }, contents: [{ role: 'user', parts: [{ text: 'Go.' }] }] },
}

describe('a provider that goes on beyond the limit of tokens', () => {
  let upstream: RawUpstream
  let stand: Stand
  let closed: Promise<void> = Promise.resolve()
  beforeAll(async () => {
    upstream = await startRawUpstream()
    const aliases = clientDialects.map((dialect) => alias(`endless-${dialect}`, [`raw-${dialect}/m`]))
    stand = await openStand({ aliases, config: withRawUpstream(upstream.url) })
  })
  afterAll(async () => {
    await stand[Symbol.asyncDispose]()
    await upstream[Symbol.asyncDispose]()
  })
  const goOn = (dialect: ClientDialect) => (response: ServerResponse) => {
    const [before, again] = endless[dialect]
    closed = new Promise((resolve) => response.on('close', resolve))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(before.join(''))
    const say = (): void => {
      while (!response.destroyed) if (!response.write(again)) return void response.once('drain', say)
    }
    say()
  }

  it.each(clientDialects.flatMap((dialect) => [true, false].map((passes) => [dialect, passes] as const)))(
    'is stopped, its socket closed and what came is paid for: %s, passed on %s',
    async (dialect, passes) => {
      upstream.respond = goOn(dialect)
      const model = `endless-${dialect}`
      const body = { ...limited[dialect], model, stream: true }
      const call = stand.seam.begin({
        model,
        request: { ...codecs[dialect].decodeRequest(body), stream: true },
        ...(passes && { wire: { dialect, body: JSON.stringify(body), headers: {} } }),
      })
      const reading = (async () => {
        for await (const _ of stand.seam.run(call)) {
          // What came is passed on until it is too much.
        }
      })()
      await expect(reading).rejects.toMatchObject({
        code: 'output-overrun',
        message: expect.stringContaining('beyond `maxOutputTokens` of 100'),
        arrived: { usage: { source: 'estimated', outputText: expect.toSatisfy((tokens: number) => tokens > 100) } },
      })
      await closed
      expect(upstream.received.length).toBeGreaterThan(0)
    },
  )

  it('tells the client in band, after all that came', async () => {
    upstream.respond = goOn('openai-chat')
    const stream = await stand.openai.chat.completions.create({
      model: 'endless-openai-chat',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Go.' }],
      stream: true,
    })
    let said = ''
    const reading = (async () => {
      for await (const { choices } of stream) said += choices[0]?.delta.content ?? ''
    })()
    await expect(reading).rejects.toMatchObject({ code: 'output-overrun' })
    expect(said).toMatch(/^(and so on )+/)
    await closed
  })
})
