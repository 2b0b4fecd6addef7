import fc from 'fast-check'
import type { CreateEmbeddingResponse, EmbeddingCreateParams } from 'openai/resources/embeddings'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import type { Reply } from '../core/reply.ts'
import type { ModelRequest } from '../core/request.ts'
import { noUsage } from '../core/usage.ts'
import { gemini } from './gemini/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

const [openai] = openaiChat.operations.filter(({ operation }) => operation === 'embed')
const [batch, single] = gemini.operations.filter(({ operation }) => operation === 'embed')
if (!openai || !batch || !single) throw new Error('A dialect lost its embeddings.')

const context = { target: 'openai/text-embedding-3-small', quirks: {} }
const answerContext = { callId: 'call_1', model: 'vectors', created: 0, includeUsage: false }
const asJson = (value: object): JsonValue => JSON.parse(JSON.stringify(value))
const asked = (texts: readonly string[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  operation: 'embed',
  messages: texts.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
  stream: false,
  ...more,
})
const replyOf = (vectors: readonly (readonly number[])[]): Reply => ({
  id: '',
  callId: 'call_1',
  model: 'm',
  content: [],
  text: '',
  ending: { type: 'completed', by: 'end' },
  rawStop: '',
  usage: { ...noUsage, inputUncached: 7 },
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced', priceVersion: '' },
  losses: [],
  vectors,
})

describe('OpenAI', () => {
  test('both of its dialects ask for vectors at one place', () => {
    expect(openaiResponses.operations).toContain(openai)
  })

  test('a single text is one message, a list one each, with what else was said', () => {
    const body: EmbeddingCreateParams = {
      model: 'm',
      input: 'red',
      dimensions: 8,
      user: 'u',
      encoding_format: 'base64',
    }
    expect(openai.decodeRequest(asJson(body))).toEqual({
      ...asked(['red'], { dimensions: 8, endUser: 'u' }),
      extensions: { 'openai-chat': { encoding_format: 'base64' } },
    })
    expect(openai.decodeRequest({ model: 'm', input: ['red', 'blue'] })).toEqual(asked(['red', 'blue']))
  })

  test.each([
    ['input', {}],
    ['input', { input: [] }],
    ['input[1]', { input: ['a', 3] }],
    ['dimensions', { input: 'a', dimensions: -1 }],
    ['encoding_format', { input: 'a', encoding_format: 'bytes' }],
  ])('what it cannot read is named: %s', (path, body) => {
    expect(() => openai.decodeRequest(body)).toThrow(expect.objectContaining({ code: 'invalid-request', path }))
  })

  test('tokens go back to OpenAI as they came, and to nobody else', () => {
    const request = openai.decodeRequest({ model: 'm', input: [[1, 2], [3]] })
    expect(openai.encodeRequest(request, 'm', {}).body.input).toEqual([[1, 2], [3]])
    expect(openai.decodeRequest({ model: 'm', input: [1, 2] }).messages).toHaveLength(1)
    expect(() => batch.encodeRequest(request, 'm', {}, 'openai-chat')).toThrow(/^input\[0\]/)
  })

  test.each(['float', 'base64'] as const)(
    'vectors are read and written as %s, in the order of their indices',
    (format) => {
      const vectors = [
        [0.5, -0.25],
        [1, 0],
      ]
      const request = asked(['a', 'b'], { extensions: { 'openai-chat': { encoding_format: format } } })
      const { body } = openai.encodeReply(replyOf(vectors), answerContext, request)
      const { data, ...rest } = asJson(body) as unknown as CreateEmbeddingResponse
      expect(rest).toEqual({ object: 'list', model: 'm', usage: { prompt_tokens: 7, total_tokens: 7 } })
      expect(typeof data[0]?.embedding === 'string').toBe(format === 'base64')
      const read = openai.decodeReply(asJson({ ...rest, data: data.toReversed() }), context, request)
      expect(read).toMatchObject({ vectors, usage: { inputUncached: 7, outputText: 0 } })
    },
  )

  test.each([
    ['another number of vectors', [{ index: 0, embedding: [1] }]],
    ['an index twice', [0, 0].map((index) => ({ index, embedding: [1] }))],
    ['an index beyond', [0, 2].map((index) => ({ index, embedding: [1] }))],
    ['a number that is none', [[1], [null]].map((embedding, index) => ({ index, embedding }))],
    ['bytes that are no floats', ['AAAA', 'AAAA'].map((embedding, index) => ({ index, embedding }))],
    ['infinity', ['AACAfw==', 'AACAfw=='].map((embedding, index) => ({ index, embedding }))],
    ['different lengths', [[1], [1, 2]].map((embedding, index) => ({ index, embedding }))],
    ['nothing', [[], []].map((embedding, index) => ({ index, embedding }))],
  ])('%s is no reply', (_, data) => {
    expect(() => openai.decodeReply({ data }, context, asked(['a', 'b']))).toThrow(
      expect.objectContaining({ code: 'reply-unreadable' }),
    )
  })

  test('a host that ignores the length is told from one that keeps it', () => {
    const data = [{ index: 0, embedding: [1, 0, 0] }]
    expect(() => openai.decodeReply({ data }, context, asked(['a'], { dimensions: 2 }))).toThrow(
      expect.objectContaining({ code: 'operation-unsupported', message: expect.stringContaining('3 numbers where 2') }),
    )
  })

  test('a host that counts nothing leaves the counting to us', () => {
    const data = [{ embedding: [1] }]
    expect(openai.decodeReply({ data }, context, asked(['a'])).usage).toBeNull()
  })

  test.each(['no base64, but 16 !!!!', 'AAAA\nAAAAAAAA====', '!!!!'])(
    'what is no base64 is no vector: %s',
    (embedding) => {
      expect(() => openai.decodeReply({ data: [{ embedding }] }, context, asked(['a']))).toThrow(
        /no list of finite numbers/,
      )
    },
  )

  test('base64 loses nothing of a 32-bit float', () => {
    const vectors = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })
    fc.assert(
      fc.property(vectors, (vector) => {
        const request = asked(['a'], { extensions: { 'openai-chat': { encoding_format: 'base64' } } })
        const { body } = openai.encodeReply(replyOf([vector]), answerContext, request)
        expect(openai.decodeReply(body, context, request).vectors).toEqual([vector])
      }),
    )
  })
})

describe('Gemini', () => {
  const request = { content: { parts: [{ text: 'red' }] }, taskType: 'RETRIEVAL_QUERY', outputDimensionality: 8 }

  test('what a request says of one text stays with it, and comes back', () => {
    const body = {
      requests: [
        { model: 'models/m', ...request },
        { content: { parts: [{ text: 'blue' }] }, output_dimensionality: 8 },
      ],
    }
    const read = batch.decodeRequest(body)
    expect(read).toMatchObject(asked(['red', 'blue'], { dimensions: 8 }))
    expect(batch.encodeRequest(read, 'm', {})).toEqual({
      body: {
        requests: [
          { model: 'models/m', ...request },
          { model: 'models/m', content: { parts: [{ text: 'blue' }] }, outputDimensionality: 8 },
        ],
      },
      losses: [],
    })
  })

  test('one text alone is read and answered at its own place', () => {
    const read = single.decodeRequest(request)
    expect(read.messages).toHaveLength(1)
    expect(single.encodeReply(replyOf([[1, 2]]), answerContext, read).body).toMatchObject({
      embedding: { values: [1, 2] },
    })
    expect(single.decodeReply({ embedding: { values: [1, 2] } }, context, asked(['a']))).toMatchObject({
      vectors: [[1, 2]],
      usage: null,
    })
  })

  test('different lengths in one request are refused, for a call has one', () => {
    expect(() => batch.decodeRequest({ requests: [request, { ...request, outputDimensionality: 9 }] })).toThrow(
      /^requests\[1\]\.outputDimensionality/,
    )
  })

  test("a client's bytes keep all but the model, which every request of a batch names", () => {
    const body =
      '{ "requests":[ {"model":"models/old","content" : {"parts":[{"text":"],{"}]} , "x":1},{"content":{}}] }'
    expect(batch.passRequest(body, 'new')).toBe(
      '{ "requests":[ {"model":"models/new","content" : {"parts":[{"text":"],{"}]} , "x":1},{"content":{},"model":"models/new"}] }',
    )
    expect(single.passRequest('{"content":{}}', 'new')).toBe('{"content":{}}')
    expect(single.passRequest('{"model":"models/old"}', 'new')).toBe('{"model":"models/new"}')
  })

  test('each place knows its own path', () => {
    expect(batch.address?.write('embedding', false)).toBe('/models/embedding:batchEmbedContents')
    expect(batch.address?.read('/models/a%2Fb:batchEmbedContents')).toEqual({ model: 'a/b', stream: false })
    expect(batch.address?.read('/models/m:embedContent')).toBeUndefined()
    expect(single.address?.read('/models/:embedContent')).toBeUndefined()
  })
})

describe('from one to the other', () => {
  test('what only Google takes is named, and nothing else', () => {
    const { body, losses } = openai.encodeRequest(
      batch.decodeRequest({ requests: [{ content: { parts: [{ text: 'red' }] }, taskType: 'CLUSTERING' }] }),
      'm',
      {},
      'gemini',
    )
    expect(body).toEqual({ model: 'm', input: ['red'] })
    expect(losses).toEqual([expect.objectContaining({ path: 'requests[0].taskType', effect: 'dropped' })])
  })

  test('the encoding is the business of the client alone', () => {
    const read = openai.decodeRequest({
      model: 'm',
      input: ['red'],
      encoding_format: 'base64',
      user: 'u',
      dimensions: 4,
    })
    const { body, losses } = batch.encodeRequest(read, 'm', {}, 'openai-chat')
    expect(body).toEqual({
      requests: [{ model: 'models/m', content: { parts: [{ text: 'red' }] }, outputDimensionality: 4 }],
    })
    expect(losses.map(({ path }) => path)).toEqual(['user'])
  })

  test('a picture is no text, and half an input is not sent', () => {
    const parts = [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }]
    const read = batch.decodeRequest({ requests: [{ content: { parts } }] })
    expect(batch.encodeRequest(read, 'm', {}).body).toMatchObject({ requests: [{ content: { parts } }] })
    expect(() => openai.encodeRequest(read, 'm', {}, 'gemini')).toThrow(/^requests\[0\]\.content/)
  })
})
