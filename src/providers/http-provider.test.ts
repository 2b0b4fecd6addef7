import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { systemClock } from '../core/clock.ts'
import type { RoutedCall } from '../core/provider.ts'
import { beginStory } from '../core/story.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { httpProvider } from './http-provider.ts'

const call: RoutedCall = {
  id: 'call_1',
  door: 'library',
  model: 'fast',
  request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }], stream: false },
  caller: {},
  deadlineAt: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  target: {
    name: 'openai/gpt',
    provider: 'openai',
    model: 'gpt',
    dialect: 'openai-chat',
    credential: 'default',
    weight: 1,
  },
  story: beginStory(systemClock),
}

it('reports a defect of a codec as a defect, and not as a broken connection', async () => {
  await using server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const broken = new TypeError('undefined is not a function')
  const provider = httpProvider({
    name: 'openai',
    codec: async () => ({
      ...openaiChat,
      decodeReply: () => {
        throw broken
      },
    }),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: {},
    defaultHeaders: {},
    quirks: {},
    secrets: [],
  })
  const answer = provider.run(call)
  expect((await answer.next()).value).toMatchObject({ type: 'connected' })
  expect((await answer.next()).value).toMatchObject({ type: 'answered', status: 200 })
  await expect(answer.next()).rejects.toMatchObject({ code: 'internal-error', cause: broken })
  await provider.close()
})
