import { describe, expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { pairs, streamAs, streams } from './streams.ts'
import type { Json } from './translate.ts'

const context = { target: 'lab/m', quirks: {} }
const requestIds: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': 'x-request-id',
  'openai-responses': 'x-request-id',
  'anthropic-messages': 'request-id',
  gemini: 'x-request-id',
}
const openai = (type: string, code: string | null, message: string) => ({ error: { type, code, message, param: null } })
const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } })
const google = (code: number, status: string, message: string) => ({ error: { code, status, message } })

interface Failure {
  readonly code: string
  readonly status: number
  readonly openai: Json
  readonly anthropic: Json
  readonly gemini: Json
  /** The `type` and `code` of OpenAI, the `type` of Anthropic and the `status` of Google that clients are told. */
  readonly heard: readonly [type: string, code: string, anthropic: string, google: string]
}
const failures: readonly Failure[] = [
  {
    code: 'rate-limited',
    status: 429,
    openai: openai('requests', 'rate_limit_exceeded', 'Slow down'),
    anthropic: anthropic('rate_limit_error', 'Slow down'),
    gemini: google(429, 'RESOURCE_EXHAUSTED', 'Slow down'),
    heard: ['rate_limit_error', 'rate_limit_exceeded', 'rate_limit_error', 'RESOURCE_EXHAUSTED'],
  },
  {
    code: 'overloaded',
    status: 529,
    openai: openai('server_error', 'server_is_overloaded', 'Overloaded'),
    anthropic: anthropic('overloaded_error', 'Overloaded'),
    gemini: google(503, 'UNAVAILABLE', 'Overloaded'),
    heard: ['server_error', 'overloaded', 'overloaded_error', 'UNAVAILABLE'],
  },
  {
    code: 'request-rejected',
    status: 400,
    openai: openai('invalid_request_error', 'invalid_request_error', 'top_p: too high'),
    anthropic: anthropic('invalid_request_error', 'top_p: too high'),
    gemini: google(400, 'INVALID_ARGUMENT', 'top_p: too high'),
    heard: ['invalid_request_error', 'request-rejected', 'invalid_request_error', 'INVALID_ARGUMENT'],
  },
  {
    code: 'context-exceeded',
    status: 400,
    openai: openai('invalid_request_error', 'context_length_exceeded', 'maximum context length is 8 tokens'),
    anthropic: anthropic('invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum'),
    gemini: google(
      400,
      'INVALID_ARGUMENT',
      'The input token count (9) exceeds the maximum number of tokens allowed (8).',
    ),
    heard: ['invalid_request_error', 'context_length_exceeded', 'invalid_request_error', 'INVALID_ARGUMENT'],
  },
  {
    // Whose key it is that was rejected is not the client's to mend: it is the server's failure to it.
    code: 'credential-rejected',
    status: 401,
    openai: openai('invalid_request_error', 'invalid_api_key', 'Bad key'),
    anthropic: anthropic('authentication_error', 'Bad key'),
    gemini: google(401, 'UNAUTHENTICATED', 'Bad key'),
    heard: ['server_error', 'credential-rejected', 'api_error', 'INTERNAL'],
  },
]

/** What a target of a dialect says of a failure. */
const bodyOf = (from: ClientDialect, failure: Failure): Json =>
  from === 'anthropic-messages' ? failure.anthropic : from === 'gemini' ? failure.gemini : failure.openai

/** An error's word, as each dialect has it, and the words beside it. */
function toldIn(to: ClientDialect, { error, ...event }: Json): readonly unknown[] {
  if (to === 'anthropic-messages') return [error.type, error.message]
  if (to === 'gemini') return [error.status, error.message]
  return [(error ?? event).code, (error ?? event).message]
}
const wordFor = (to: ClientDialect, [, code, type, status]: Failure['heard']) =>
  to === 'anthropic-messages' ? type : to === 'gemini' ? status : code

const cases = failures.flatMap((failure) => pairs.map(([from, to]) => [failure.code, from, to, failure] as const))

describe('an error response', () => {
  it.each(cases)('%s of %s keeps its meaning for %s', (code, from, to, failure) => {
    const headers = { 'retry-after': '7', [requestIds[from]]: 'req_1' }
    const error = codecs[from].decodeError(
      { status: failure.status, headers, body: JSON.stringify(bodyOf(from, failure)) },
      context,
    )
    expect(error).toMatchObject({ code, requestId: 'req_1', retryAfterMs: 7000, providerStatus: failure.status })
    const body: Json = codecs[to].encodeError(error, 'call_01')
    const [word, message] = toldIn(to, body)
    expect(word).toBe(wordFor(to, failure.heard))
    expect(message).toContain(error.said)
    expect(message).toContain('req_1')
    if (to === 'gemini') expect(body.error.details[1]).toMatchObject({ retryDelay: '7s' })
    if (to.startsWith('openai')) expect(body.error.type).toBe(failure.heard[0])
    if (to === 'anthropic-messages') expect(body).toMatchObject({ type: 'error', request_id: 'call_01' })
  })

  it.each(clientDialects)('of %s that is no envelope is told by its status, with what it says', (from) => {
    const error = codecs[from].decodeError(
      { status: 502, headers: {}, body: '<html><h1>Bad gateway</h1></html>' },
      context,
    )
    expect(error).toMatchObject({ code: 'server-error', said: 'Bad gateway' })
  })
})

/** An error amid a stream, as each dialect has it. */
const inStream = (from: ClientDialect, failure: Failure): Json =>
  from === 'openai-responses' ? { ...failure.openai.error, type: 'error', sequence_number: 9 } : bodyOf(from, failure)
const stops =
  /"(?:finish_reason|finishReason|stop_reason)":"|"type":"(?:message_stop|response\.(?:completed|incomplete))"/

describe.each(pairs)('an error amid a stream of %s for %s', (from, to) => {
  const ended = {
    'openai-chat': { finish_reason: 'stop' },
    'anthropic-messages': { stop_reason: 'end_turn' },
    'openai-responses': {},
    gemini: { finishReason: 'STOP' },
  }[from]
  const whole = streams[from](['Hi'], ended)

  it.each(failures.slice(0, 4))('$code is told in band, and nothing with it could be taken for success', (failure) => {
    const at = from === 'gemini' ? 1 : whole.length - 2
    const events = [...whole.slice(0, at), inStream(from, failure), ...whole.slice(at)]
    const { got, reply } = streamAs(to, from, events)
    expect(reply).toBeUndefined()
    expect(toldIn(to, got.at(-1))[0]).toBe(wordFor(to, failure.heard))
    expect(JSON.stringify(got)).not.toMatch(stops)
  })

  it('or a break is told so', () => {
    const { got, reply } = streamAs(to, from, whole.slice(0, /^gemini$|chat$/.test(from) ? 1 : 2))
    expect(reply).toBeUndefined()
    expect(JSON.stringify(got)).not.toMatch(stops)
    expect(toldIn(to, got.at(-1))[1]).toMatch(/broke off/)
  })

  it('is no comment, no ping, and no matter of how lines end', () => {
    const framed = whole.map((event) =>
      typeof event === 'string'
        ? `data:${event}`
        : `${event.type ? `event:${event.type}\r\n` : ''}data:${JSON.stringify(event)}`,
    )
    const { got } = streamAs(to, from, `: hello\r\n\r\n${framed.join('\r\n\r\n: ping\r\n\r\n')}\r\n\r\n`)
    expect(got).toEqual(streamAs(to, from, whole).got)
  })
})
