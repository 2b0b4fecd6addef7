import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelRequest } from '../../core/request.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import { vertexAnthropic } from './vertex-anthropic.ts'

const request: ModelRequest = {
  stream: false,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  maxOutputTokens: 10,
}
const context = { target: 'vertex-anthropic/claude', quirks: {} }

describe('a request', () => {
  it("names the model in the path, with Google's sign before its date, and says there whether it streams", () => {
    const write = vertexAnthropic.address!.write
    expect(write('claude-sonnet-4-5@20250929', false)).toBe('/models/claude-sonnet-4-5@20250929:rawPredict')
    expect(write('claude-opus-5', true)).toBe('/models/claude-opus-5:streamRawPredict')
    expect(write('a/../b?c', false)).toBe('/models/a%2F..%2Fb%3Fc:rawPredict')
    expect(() => write('..', false)).toThrow(/cannot stand in a path/)
  })

  it('says in its body what Anthropic says in a header, and nothing of the model', () => {
    const { body } = vertexAnthropic.encodeRequest({ ...request, stream: true }, 'claude-opus-5', {}, 'openai-chat')
    const { model, ...rest } = anthropicMessages.encodeRequest(
      { ...request, stream: true },
      'm',
      {},
      'openai-chat',
    ).body
    expect(model).toBe('m')
    expect(body).toEqual({ anthropic_version: 'vertex-2023-10-16', ...rest })
    expect(body.stream).toBe(true)
  })

  it("passes a client's bytes without the model and with the version, all others as they were", () => {
    const text =
      '{ "max_tokens": 10,\n  "model": "alias", "tools" : [{"model": "inner"}],"messages":[] , "stream": true }'
    expect(vertexAnthropic.passRequest(text, 'claude', request, {})).toEqual({
      body: '{ "max_tokens": 10, "tools" : [{"model": "inner"}],"messages":[] , "stream": true ,"anthropic_version":"vertex-2023-10-16"}',
      withholdsUsage: false,
    })
  })

  it('is the same object but for these two fields and the limit in force, whatever a client sends', () => {
    const anything = fc.dictionary(fc.oneof(fc.string(), fc.constant('anthropic_version')), fc.jsonValue())
    fc.assert(
      fc.property(anything, fc.jsonValue(), fc.boolean(), (fields, model, isFirst) => {
        const text = JSON.stringify(isFirst ? { model, ...fields } : { ...fields, model })
        const { model: _model, ...expected } = JSON.parse(text)
        const { body } = vertexAnthropic.passRequest(text, 'claude', request, {})
        expect(JSON.parse(body)).toEqual({ ...expected, max_tokens: 10, anthropic_version: 'vertex-2023-10-16' })
      }),
    )
  })

  it("passes the client's betas and not its version", () => {
    expect(vertexAnthropic.passedHeaders).toEqual(['anthropic-beta'])
  })
})

describe('an error', () => {
  const decode = (status: number, body: unknown) =>
    vertexAnthropic.decodeError({ status, headers: {}, body: JSON.stringify(body) }, context)

  it("is read in Anthropic's words, and in Google's where the model was not reached", () => {
    const error = { type: 'invalid_request_error', message: 'prompt is too long: 300000 tokens > 200000 maximum' }
    expect(decode(400, { type: 'error', error })).toMatchObject({ code: 'context-exceeded' })
    const quota = {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'Quota exceeded for online_prediction_requests_per_base_model.',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }],
    }
    expect(decode(429, { error: quota })).toMatchObject({ code: 'rate-limited', retryAfterMs: 7000 })
    expect(decode(403, [{ error: { code: 403, status: 'PERMISSION_DENIED', message: 'No.' } }])).toMatchObject({
      code: 'credential-rejected',
      providerType: 'PERMISSION_DENIED',
    })
    expect(decode(502, '<html>').code).toBe('server-error')
  })
})

it('counts tokens at an address that names no model, so that the body does', () => {
  const [count, ...others] = vertexAnthropic.operations
  expect(others).toEqual([])
  expect(count?.address?.write('claude-opus-5', false)).toBe('/models/count-tokens:rawPredict')
  expect(count?.encodeRequest(request, 'claude-opus-5', {}).body).toMatchObject({
    anthropic_version: 'vertex-2023-10-16',
    model: 'claude-opus-5',
  })
  expect(count?.passRequest('{"model":"alias","messages":[]}', 'claude-opus-5')).toBe(
    '{"model":"claude-opus-5","messages":[],"anthropic_version":"vertex-2023-10-16"}',
  )
})
