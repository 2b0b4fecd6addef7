import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../core/json.ts'
import type { ModelRequest } from '../../core/request.ts'
import { gemini } from '../gemini/index.ts'
import { openaiChat } from '../openai-chat/index.ts'
import { embeddings } from './embeddings.ts'
import { vertexGemini } from './vertex-gemini.ts'

const asked = (texts: readonly string[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  operation: 'embed',
  messages: texts.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
  stream: false,
  ...more,
})
const context = { target: 'vertex/text-embedding-005', quirks: {} }
const prediction = (values: JsonValue, statistics: JsonValue = { truncated: false, token_count: 3 }): JsonValue => ({
  embeddings: { values, statistics },
})
const decode = (predictions: readonly JsonValue[], request: ModelRequest) =>
  embeddings.decodeReply({ predictions }, context, request)

describe('a request', () => {
  it('goes to `:predict`, one instance a text, and wants no text cut', () => {
    expect(vertexGemini.operations).toContain(embeddings)
    expect(embeddings.address?.write('text-embedding-005', false)).toBe('/models/text-embedding-005:predict')
    expect(embeddings.encodeRequest(asked(['red', 'blue'], { dimensions: 8 }), 'm', {})).toEqual({
      body: {
        instances: [{ content: 'red' }, { content: 'blue' }],
        parameters: { outputDimensionality: 8, autoTruncate: false },
      },
      losses: [],
    })
  })

  it("says what Gemini's clients say of a text in Vertex AI's words, and names what it cannot", () => {
    const [batch] = gemini.operations.filter(({ path }) => path.endsWith(':batchEmbedContents'))
    const content = { parts: [{ text: 'red' }] }
    const read = batch!.decodeRequest({
      requests: [{ content, taskType: 'RETRIEVAL_DOCUMENT', title: 'T', audioTrackExtraction: true }, { content }],
    })
    const { body, losses } = embeddings.encodeRequest(read, 'm', {}, 'gemini')
    expect(body.instances).toEqual([
      { content: 'red', task_type: 'RETRIEVAL_DOCUMENT', title: 'T' },
      { content: 'red' },
    ])
    expect(losses).toEqual([expect.objectContaining({ path: 'requests[0].audioTrackExtraction', effect: 'dropped' })])
  })

  it("takes the seam's extensions for every text, and names OpenAI's user", () => {
    const extensions = { gemini: { taskType: 'CLUSTERING', autoTruncate: true, other: 1 } }
    const { body, losses } = embeddings.encodeRequest(asked(['a', 'b'], { extensions, endUser: 'u' }), 'm', {})
    expect(body).toEqual({
      instances: ['a', 'b'].map((text) => ({ content: text, task_type: 'CLUSTERING' })),
      parameters: { autoTruncate: true },
    })
    expect(losses.map(({ path }) => path)).toEqual(['user', 'other'])
  })

  it('keeps no tokens of OpenAI, which mean nothing to it', () => {
    const [openai] = openaiChat.operations.filter(({ operation }) => operation === 'embed')
    const request = openai!.decodeRequest({ model: 'm', input: [[1, 2]], encoding_format: 'base64' })
    expect(() => embeddings.encodeRequest(request, 'm', {}, 'openai-chat')).toThrow(/^input\[0\]/)
  })

  it('says every text as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        const { body, losses } = embeddings.encodeRequest(asked(texts), 'm', {})
        expect(body.instances).toEqual(texts.map((content) => ({ content })))
        expect(losses).toEqual([])
      }),
    )
  })
})

describe('a reply', () => {
  it('has its vectors in order, and the tokens of all of its texts', () => {
    expect(decode([prediction([1, 0]), prediction([0, 1])], asked(['a', 'b']))).toMatchObject({
      vectors: [
        [1, 0],
        [0, 1],
      ],
      usage: { inputUncached: 6, outputText: 0 },
    })
  })

  it('that does not count each text is not counted', () => {
    const uncounted = prediction([1], { truncated: false })
    expect(decode([prediction([1]), uncounted], asked(['a', 'b'])).usage).toBeNull()
  })

  it('of the beginning of a text is none, unless it was asked for', () => {
    const cut = [prediction([1]), prediction([1], { truncated: true, token_count: 2048 })]
    expect(() => decode(cut, asked(['a', 'b']))).toThrow(
      expect.objectContaining({ code: 'context-exceeded', message: expect.stringContaining('text 1') }),
    )
    const extensions = { gemini: { autoTruncate: true } }
    expect(decode(cut, asked(['a', 'b'], { extensions })).vectors).toHaveLength(2)
  })

  it.each<[string, JsonValue]>([
    ['no predictions', {}],
    ['another number of them', { predictions: [] }],
    ['one without a vector', { predictions: [{}] }],
    ['no object', []],
  ])('with %s is unreadable', (_what, body) => {
    expect(() => embeddings.decodeReply(body, context, asked(['a']))).toThrow(
      expect.objectContaining({ code: 'reply-unreadable' }),
    )
  })
})
