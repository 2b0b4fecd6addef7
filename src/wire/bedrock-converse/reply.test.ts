import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { bedrockConverse as codec } from './index.ts'

const context = { target: 'bedrock/us.anthropic.claude-sonnet-4-6', quirks: {} }
const reply = (change: JsonObject = {}): JsonObject => ({
  output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
  metrics: { latencyMs: 10 },
  ...change,
})
const decode = (change?: JsonObject) => codec.decodeReply(reply(change), context)

it('reads words, and says which model was asked, for the answer does not', () => {
  expect(decode()).toMatchObject({
    id: '',
    model: 'us.anthropic.claude-sonnet-4-6',
    content: [{ type: 'text', text: 'Hi' }],
    ending: { type: 'completed', by: 'end' },
    rawStop: 'end_turn',
    usage: { inputUncached: 3, outputText: 5 },
  })
})

it('counts what was read from the cache and written to it apart, by how long it is kept', () => {
  const counts = { inputTokens: 7, outputTokens: 2, cacheReadInputTokens: 100, cacheWriteInputTokens: 60 }
  const details = (...cacheDetails: JsonObject[]) => decode({ usage: { ...counts, cacheDetails } }).usage
  expect(decode({ usage: counts }).usage).toMatchObject({ inputUncached: 7, cacheRead: 100, cacheWrite5m: 60 })
  expect(details({ ttl: '1h', inputTokens: 40 }, { ttl: '5m', inputTokens: 20 })).toMatchObject({
    cacheWrite5m: 20,
    cacheWrite1h: 40,
    cacheWriteOther: 0,
  })
  expect(details({ ttl: '1h', inputTokens: 40 })).toMatchObject({ cacheWrite1h: 40, cacheWriteOther: 20 })
  expect(decode({ usage: { inputTokens: -1, outputTokens: 2 } }).usage).toBeNull()
  expect(decode({ usage: {} }).usage).toBeNull()
})

it.each([
  ['tool_use', { type: 'completed', by: 'tool-calls' }],
  ['max_tokens', { type: 'truncated', by: 'max-tokens' }],
  ['model_context_window_exceeded', { type: 'truncated', by: 'context-window' }],
  ['guardrail_intervened', { type: 'refused', by: 'content-filter', details: { stopReason: 'guardrail_intervened' } }],
  ['content_filtered', { type: 'refused', by: 'content-filter', details: { stopReason: 'content_filtered' } }],
])('reads %s', (stopReason, ending) => {
  expect(decode({ stopReason }).ending).toEqual(ending)
})

it('knows which sequence stopped it, where that was asked for', () => {
  const stopped = (additionalModelResponseFields: JsonObject) =>
    decode({ stopReason: 'stop_sequence', additionalModelResponseFields }).ending
  expect(stopped({ stop_sequence: 'END' })).toEqual({ type: 'completed', by: 'stop-sequence', stopSequence: 'END' })
  expect(stopped({ delta: { stop_sequence: 'END' } })).toMatchObject({ stopSequence: 'END' })
})

it('carries what it does not know back to Bedrock, and what the provider itself runs is no call for the caller', () => {
  const content = [
    { toolUse: { toolUseId: 'a', name: 'web', input: {}, type: 'server_tool_use' } },
    { video: { format: 'mp4', source: { bytes: 'AAAA' } } },
  ]
  const read = decode({ output: { message: { role: 'assistant', content } } }).content ?? []
  expect(read.map(({ type }) => type)).toEqual(['opaque', 'opaque'])
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'Go' }] },
    { role: 'assistant', content: read },
  ] as const
  expect(codec.encodeRequest({ messages, stream: false }, 'anthropic.claude-x', {}).body.messages).toMatchObject([
    {},
    { content },
  ])
})

describe('refuses', () => {
  it.each([
    ['an object without a reply', {}, 'without a message'],
    ['a message without content', reply({ output: { message: { role: 'assistant' } } }), 'without a message'],
    ['no reason to stop', reply({ stopReason: undefined }), 'without a stop reason'],
    ['an unknown reason to stop', reply({ stopReason: 'tired' }), 'unknown stop reason'],
    ['a text that is none', reply({ output: { message: { content: [{ text: 7 }] } } }), 'a text that is none'],
    [
      'a call without a name',
      reply({ output: { message: { content: [{ toolUse: {} }] } } }),
      'without an id or a name',
    ],
  ])('%s', (_, body, message) => {
    expect(() => codec.decodeReply(body, context)).toThrow(expect.objectContaining({ code: 'reply-unreadable' }))
    expect(() => codec.decodeReply(body, context)).toThrow(message)
  })

  it('a failure that is told in a 200', () => {
    const body = { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' }, Version: '1.0' }
    expect(() => codec.decodeReply(body, context)).toThrow(
      expect.objectContaining({ code: 'request-rejected', providerType: 'UnknownOperationException' }),
    )
  })
})

describe('errors', () => {
  const fail = (status: number, type: string, message: string, headers: Record<string, string> = {}) =>
    codec.decodeError(
      {
        status,
        headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/`, ...headers },
        body: JSON.stringify({ message }),
      },
      context,
    )

  it.each([
    [400, 'ValidationException', 'Malformed input request', 'request-rejected'],
    [400, 'ValidationException', 'Input is too long for requested model.', 'context-exceeded'],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 'model-not-found'],
    [403, 'AccessDeniedException', "You don't have access to the model", 'credential-rejected'],
    [
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      'credential-rejected',
    ],
    [403, 'ExpiredTokenException', 'The security token included in the request is expired', 'credential-rejected'],
    [404, 'ResourceNotFoundException', 'Could not resolve the foundation model', 'model-not-found'],
    [408, 'ModelTimeoutException', 'Late', 'provider-timed-out'],
    [424, 'ModelErrorException', 'Broken', 'server-error'],
    [429, 'ThrottlingException', 'Too many requests, please wait before trying again.', 'rate-limited'],
    [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.', 'quota-exhausted'],
    [429, 'ModelNotReadyException', 'Loading', 'model-not-ready'],
    [400, 'ServiceQuotaExceededException', 'No more', 'quota-exhausted'],
    [500, 'InternalServerException', 'Broken', 'server-error'],
    [503, 'ServiceUnavailableException', 'Busy', 'overloaded'],
    [409, 'ConflictException', 'Again', 'conflict'],
    [418, 'BrandNewException', 'New', 'request-rejected'],
  ])('takes %i %s (%s) for %s', (status, type, message, code) => {
    expect(fail(status, type, message, { 'x-amzn-requestid': 'r1' })).toMatchObject({
      code,
      said: message,
      providerStatus: status,
      providerType: type,
      requestId: 'r1',
    })
  })

  it('says what cures what only Bedrock says', () => {
    const message = 'Invocation of model ID x with on-demand throughput isn’t supported.'
    expect(fail(400, 'ValidationException', message)).toMatchObject({
      code: 'model-not-found',
      fix: expect.stringContaining('inference profile'),
    })
    expect(fail(403, 'InvalidSignatureException', 'Signature expired: 1 is now earlier than 2').fix).toContain('clock')
    expect(fail(403, 'AccessDeniedException', 'no').fix).toContain('bedrock:InvokeModel')
  })

  it('finds the name in the body where no header has it, and reads what is no JSON as far as it goes', () => {
    const body = JSON.stringify({ __type: 'com.amazonaws.bedrock#ThrottlingException', Message: 'Slow' })
    expect(codec.decodeError({ status: 400, headers: {}, body }, context)).toMatchObject({
      code: 'rate-limited',
      said: 'Slow',
    })
    const page = { status: 502, headers: {}, body: '<html><h1>Bad Gateway</h1></html>' }
    expect(codec.decodeError(page, context)).toMatchObject({ code: 'server-error', said: 'Bad Gateway' })
  })
})

it('counts tokens', () => {
  const [counting] = codec.operations
  const request = {
    operation: 'count-tokens' as const,
    messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }],
    temperature: 0.5,
    stream: false,
  }
  expect(counting?.address?.write('anthropic.claude-x-v1:0', false)).toBe(
    '/model/anthropic.claude-x-v1%3A0/count-tokens',
  )
  expect(counting?.encodeRequest(request, 'anthropic.claude-x', {}).body).toEqual({
    input: { converse: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] } },
  })
  expect(counting?.decodeReply({ inputTokens: 9 }, context, request)).toMatchObject({ countedTokens: 9 })
  expect(() => counting?.decodeReply({}, context, request)).toThrow('without a count')
})
