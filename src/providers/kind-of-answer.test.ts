import { expect, it } from 'vitest'
import type { AnswerHead } from './answer-head.ts'
import type { Exchange, ExchangePart } from './exchange.ts'
import { kindOfAnswer } from './kind-of-answer.ts'

const head = (type: string): AnswerHead => ({
  type: 'answered',
  status: 200,
  headers: type === '' ? {} : { 'content-type': type },
})

/** An answer whose body comes a byte at a time. */
function exchange(body: string): Exchange {
  const bytes = Buffer.from(body)
  const parts: ExchangePart[] = [...bytes.keys()].map((at) => ({ type: 'data', bytes: bytes.subarray(at, at + 1) }))
  return { next: async () => parts.shift() ?? { type: 'end' }, release: () => undefined, close: () => undefined }
}

async function rest(from: Exchange): Promise<string> {
  let said = ''
  for (;;) {
    const part = await from.next()
    if (part.type === 'end') return said
    if (part.type === 'data') said += part.bytes.toString('latin1')
  }
}

it.each([
  ['text/event-stream; charset=utf-8', 'data: {}\n\n', true, undefined],
  ['application/vnd.amazon.eventstream', '\0\0\0\u0010', true, undefined],
  ['application/json', '{"id":"chatcmpl-1"}', false, undefined],
  ['text/plain', 'data: {}\n\n', true, 'the content type text/plain'],
  ['application/json', 'data: {}\n\n', true, 'the content type application/json'],
  ['text/html', ': ping\n\n', true, 'the content type text/html'],
  ['', 'event: ping\n\n', true, 'no content type'],
  ['text/plain', ' \n{"id":"chatcmpl-1"}', false, 'the content type text/plain'],
  ['text/html', '<!doctype html>', false, 'the content type text/html'],
  ['', '<html>', false, 'no content type'],
  ['application/json', '', false, undefined],
  ['', '', true, 'no content type'],
])('asked for a stream, %j that begins with %j is a stream: %s', async (type, body, isStream, doubt) => {
  const kind = await kindOfAnswer(exchange(body), head(type), true)
  expect([kind.isStream, kind.doubt]).toEqual([isStream, doubt])
  expect(await rest(kind.exchange)).toBe(body)
})

it('takes what is no stream as it comes, and says where its type is another', async () => {
  expect(await kindOfAnswer(exchange('{}'), head('application/json; charset=utf-8'), false)).toMatchObject({
    isStream: false,
  })
  expect((await kindOfAnswer(exchange('{}'), head('application/problem+json'), false)).doubt).toBeUndefined()
  expect((await kindOfAnswer(exchange('{}'), head('text/html'), false)).doubt).toBe('the content type text/html')
})
