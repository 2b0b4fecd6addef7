import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { maxInputs } from '../../core/max-inputs.ts'
import type { Message } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Reply } from '../../core/reply.ts'
import type { ModelRequest } from '../../core/request.ts'
import { inputTokens } from '../../core/usage.ts'
import { InvalidRequest, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { checkVectors } from '../check-vectors.ts'
import type { ClientOperation, DecodeContext, Encoded, Quirks } from '../codec.ts'
import { inputPath } from '../embedded-input.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { asArray, optionalCount } from '../read.ts'
import { saysNothing } from '../says-nothing.ts'
import { peekFields, spliceElements, spliceFields } from '../splice.ts'
import { addressOf, resourceName } from './address.ts'
import { callBook } from './call-ids.ts'
import { decodeParts } from './decode-content.ts'
import { encodeBlock } from './encode-content.ts'
import { failureIn } from './error.ts'
import { dialect, fieldsOf, furtherFields, ownFields, withExtras } from './extras.ts'
import { decodeUsage } from './usage.ts'

const common = { operation: 'embed', decodeReply } as const

/** Google's `batchEmbedContents` and `embedContent`. */
export const embeddings: readonly ClientOperation[] = [
  {
    ...common,
    path: '/models/{model}:batchEmbedContents',
    address: addressOf('batchEmbedContents'),
    maxInputs: maxInputs.gemini,
    decodeRequest: decodeBatch,
    encodeRequest: encodeBatch,
    passRequest: (body, model) => {
      const { requests = '[]' } = peekFields(body, ['requests'])
      return spliceFields(body, { requests: spliceElements(requests, (request) => withModel(request, model)) })
    },
    encodeReply: (reply) => {
      const embeddings = (reply.vectors ?? []).map((values) => ({ values }))
      return { body: { embeddings, ...usageOf(reply) }, losses: [] }
    },
  },
  {
    ...common,
    path: '/models/{model}:embedContent',
    address: addressOf('embedContent'),
    maxInputs: 1,
    decodeRequest: (value) => requestOf([value], ['']),
    encodeRequest: (request, model, quirks, spoken) => {
      const { body, losses } = encodeBatch(request, model, quirks, spoken)
      const [first] = Array.isArray(body.requests) ? body.requests : []
      return { body: first as JsonObject, losses }
    },
    passRequest: (body, model) => ('model' in peekFields(body, ['model']) ? withModel(body, model) : body),
    encodeReply: (reply) => ({
      body: { embedding: { values: reply.vectors?.[0] ?? [] }, ...usageOf(reply) },
      losses: [],
    }),
  },
]

/** The model stands in the path, and in every request of a batch, which must name the same. */
const withModel = (request: string, model: string) =>
  spliceFields(request, { model: JSON.stringify(resourceName(model)) })

const usageOf = ({ usage }: Reply) => ({ usageMetadata: { promptTokenCount: inputTokens(usage) } })

const known: ReadonlySet<string> = new Set(['model', 'content', 'outputDimensionality'])

function decodeBatch(value: JsonValue): ModelRequest {
  const body = fieldsOf(value, '')
  const requests = asArray(body.requests, 'requests')
  if (requests.length === 0) throw new InvalidRequest('requests', 'is empty.')
  const further = furtherFields(body, new Set(['requests', 'model']))
  const extensions = further && { extensions: { [dialect]: further as Readonly<Record<string, JsonValue>> } }
  return {
    ...requestOf(
      requests,
      requests.map((_, index) => `requests[${index}].`),
    ),
    ...extensions,
  }
}

/** `paths` begin the names of each request's fields. What a request says beyond its content and length stays with its message. */
function requestOf(requests: readonly JsonValue[], paths: readonly string[]): ModelRequest {
  const lengths: (number | undefined)[] = []
  const messages = requests.map((request, index): Message => {
    const path = paths[index] ?? ''
    const fields = fieldsOf(request, path.replace(/\.$/, ''))
    lengths.push(optionalCount(fields.outputDimensionality, `${path}outputDimensionality`))
    const { parts } = fieldsOf(fields.content, `${path}content`)
    const content = decodeParts(asArray(parts, `${path}content.parts`), `${path}content.parts`, callBook())
    return { role: 'user', content, ...withExtras(furtherFields(fields, known)) }
  })
  const [dimensions] = lengths
  const other = lengths.findIndex((length) => length !== dimensions)
  if (other !== -1) {
    const path = `${paths[other]}outputDimensionality`
    throw new InvalidRequest(path, `is not that of the first request, ${dimensions ?? 'which names none'}.`)
  }
  return { operation: 'embed', messages, ...(dimensions !== undefined && { dimensions }), stream: false }
}

function encodeBatch(request: ModelRequest, model: string, _quirks: Quirks, spoken?: ClientDialect): Encoded {
  const { messages, dimensions, endUser, extensions = {} } = request
  const losses = collectLosses(dialect)
  const shared = extensions[dialect] ?? {}
  if (endUser !== undefined) losses.dropped('user', 'Gemini has no such field.')
  for (const [other, fields] of Object.entries(extensions)) {
    if (other !== dialect) loseFields(fields, losses)
  }
  const requests = messages.map((message, index) => {
    const path = inputPath(spoken, index)
    return {
      model: resourceName(model),
      content: { parts: partsOf(message, path, losses) },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
      ...shared,
      ...ownFields(message.extras, path.replace(/\.content$/, ''), losses),
    }
  })
  return { body: { requests }, losses: losses.list }
}

/** An encoding is the client's, and is written for it whoever answers. */
function loseFields(fields: Readonly<Record<string, JsonValue>>, losses: LossList): void {
  for (const [key, value] of Object.entries(fields)) {
    if (key !== 'encoding_format' && !saysNothing(key, value)) losses.dropped(key, 'Gemini has no such field.')
  }
}

/** Throws `InvalidRequest` for what Google cannot read: numbers of another's tokens. Half an input would be another input. */
function partsOf({ content }: Message, path: string, losses: LossList): JsonObject[] {
  return content.map((block) => {
    if (block.type === 'text' && !block.extras) return { text: block.text }
    const part =
      block.type === 'opaque' && block.dialect !== dialect ? undefined : encodeBlock(block, path, new Map(), losses)
    if (part) return part
    throw new InvalidRequest(
      path,
      'cannot be said to Gemini.',
      'Send text, or name a model that speaks the dialect of the request.',
    )
  })
}

function decodeReply(body: JsonValue, { target }: DecodeContext, request: ModelRequest): ProviderReply {
  const failure = failureIn(body, target)
  if (failure) throw failure
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  const found = body.embeddings ?? (body.embedding === undefined ? undefined : [body.embedding])
  if (!Array.isArray(found)) throw new ReplyUnreadable(target, 'a reply without `embeddings`')
  const values = found.map((embedding: JsonValue) => (isJsonObject(embedding) ? embedding.values : undefined))
  return {
    id: '',
    model: askedModel(target),
    content: [],
    vectors: checkVectors(values, request, target),
    ending: { type: 'completed', by: 'end' },
    rawStop: '',
    usage: decodeUsage(body.usageMetadata),
  }
}
