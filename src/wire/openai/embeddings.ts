import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { maxInputs } from '../../core/max-inputs.ts'
import type { Message } from '../../core/message.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { Reply } from '../../core/reply.ts'
import type { ModelRequest } from '../../core/request.ts'
import { inputTokens, noUsage, type Usage } from '../../core/usage.ts'
import { InvalidRequest, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { checkVectors } from '../check-vectors.ts'
import type { AnswerContext, ClientOperation, DecodeContext, Encoded, Quirks } from '../codec.ts'
import { inputPath, inputText } from '../embedded-input.ts'
import { collectLosses } from '../losses.ts'
import { asObject, asString, optionalCount, optionalString, tokenCount, unknownFields } from '../read.ts'
import { spliceFields } from '../splice.ts'
import { failureIn } from './error.ts'
import { text, withoutFields } from './fields.ts'

/** OpenAI's API has one place for vectors, whichever of its dialects answers are asked in. */
const dialect = 'openai-chat'

/** OpenAI's `/embeddings`, and what compatible hosts make of it. The texts of one request may have 300,000 tokens together. */
export const embeddings: ClientOperation = {
  operation: 'embed',
  path: '/embeddings',
  sharedBy: ['openai-chat', 'openai-responses'],
  maxInputs: maxInputs['openai-chat'],
  decodeRequest,
  encodeRequest,
  passRequest: (body, model) => spliceFields(body, { model: JSON.stringify(model) }),
  decodeReply,
  encodeReply,
}

const known: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'user'])

function decodeRequest(value: JsonValue): ModelRequest {
  const body = asObject(value, '')
  const dimensions = optionalCount(body.dimensions, 'dimensions')
  const endUser = optionalString(body.user, 'user')
  const format = optionalString(body.encoding_format, 'encoding_format')
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    throw new InvalidRequest('encoding_format', `expected float or base64, found "${format.slice(0, 40)}".`)
  }
  const own = unknownFields(body, known)
  return {
    operation: 'embed',
    messages: decodeInput(body.input),
    ...(dimensions !== undefined && { dimensions }),
    ...(endUser !== undefined && { endUser }),
    stream: false,
    ...(own && { extensions: { [dialect]: own as Readonly<Record<string, JsonValue>> } }),
  }
}

/** One text, several, or either as numbers of tokens, which only OpenAI can read. */
function decodeInput(input: JsonValue | undefined): Message[] {
  if (typeof input === 'string') return [textInput(input)]
  if (!Array.isArray(input) || input.length === 0) {
    throw new InvalidRequest('input', 'expected a text, or a list that is not empty.')
  }
  if (input.every((part) => typeof part === 'number')) return [tokenInput(input)]
  return input.map((part: JsonValue, index) =>
    isTokens(part) ? tokenInput(part) : textInput(asString(part, `input[${index}]`)),
  )
}

const isTokens = (value: JsonValue): value is readonly number[] =>
  Array.isArray(value) && value.every((part) => typeof part === 'number')

const textInput = (words: string): Message => ({ role: 'user', content: [{ type: 'text', text: words }] })

const tokenInput = (value: readonly number[]): Message => ({
  role: 'user',
  content: [{ type: 'opaque', dialect, value }],
})

function encodeRequest(request: ModelRequest, model: string, _quirks: Quirks, spoken?: ClientDialect): Encoded {
  const { messages, dimensions, endUser, extensions } = request
  const losses = collectLosses(dialect)
  const input = messages.map((message, index) => {
    const [block] = message.content
    if (block?.type === 'opaque' && block.dialect === dialect) return block.value
    const path = inputPath(spoken, index)
    if (message.content.length > 1) losses.approximated(path, 'its parts are sent as one text.')
    losses.foreignExtras(message.extras, path.replace(/\.content$/, ''))
    return inputText(message, path)
  })
  losses.foreignExtensions(extensions)
  const said: JsonObject = {
    model,
    input,
    ...(dimensions !== undefined && { dimensions }),
    ...(endUser !== undefined && { user: endUser }),
  }
  return { body: { ...said, ...withoutFields(extensions?.[dialect] ?? {}, said) }, losses: losses.list }
}

function decodeReply(body: JsonValue, { target }: DecodeContext, request: ModelRequest): ProviderReply {
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  const failure = failureIn(body, target)
  if (failure) throw failure
  if (!Array.isArray(body.data)) throw new ReplyUnreadable(target, 'a reply without `data`')
  return {
    id: text(body.id),
    model: text(body.model) || askedModel(target),
    content: [],
    vectors: checkVectors(inOrder(body.data, target), request, target),
    ending: { type: 'completed', by: 'end' },
    rawStop: '',
    usage: decodeUsage(body.usage),
  }
}

/** The vectors by their index, where they have one. */
function inOrder(data: readonly JsonValue[], target: string): (JsonValue | Float32Array | undefined)[] {
  const vectors = new Array<JsonValue | Float32Array | undefined>(data.length)
  for (const [place, entry] of data.entries()) {
    const { embedding, index = place } = isJsonObject(entry) ? entry : {}
    if (typeof index !== 'number' || !(index in data) || vectors[index] !== undefined) {
      throw new ReplyUnreadable(target, `vectors whose indices are not 0 to ${data.length - 1}, each once`)
    }
    vectors[index] = typeof embedding === 'string' ? floatsOf(embedding) : embedding
  }
  return vectors
}

/** 32-bit floats, the lowest byte first; undefined where the text is none. */
function floatsOf(base64: string): Float32Array | undefined {
  const bytes = Buffer.from(base64, 'base64')
  // What is no base64 is skipped without a word.
  const digits = base64.replace(/={1,2}$/, '').length
  if (bytes.length === 0 || bytes.length % 4 !== 0 || digits !== Math.ceil((bytes.length * 4) / 3)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const floats = new Float32Array(bytes.length / 4)
  for (let at = 0; at < floats.length; at++) floats[at] = view.getFloat32(at * 4, true)
  return floats
}

function decodeUsage(raw: JsonValue | undefined): Usage | null {
  if (!isJsonObject(raw)) return null
  const prompt = tokenCount(raw.prompt_tokens)
  return prompt === raw.prompt_tokens ? { ...noUsage, inputUncached: prompt, raw } : null
}

function encodeReply({ vectors = [], model: answered, usage }: Reply, { model }: AnswerContext, request: ModelRequest) {
  const inBase64 = request.extensions?.[dialect]?.encoding_format === 'base64'
  const prompt = inputTokens(usage)
  const body = {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: inBase64 ? base64Of(vector) : vector,
    })),
    model: answered || model,
    usage: { prompt_tokens: prompt, total_tokens: prompt },
  }
  return { body, losses: [] }
}

function base64Of(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4))
  for (const [at, number] of vector.entries()) view.setFloat32(at * 4, number, true)
  return Buffer.from(view.buffer).toString('base64')
}
