import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { ModelRequest } from '../../core/request.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { InseamError, ProviderFailed, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { checkVectors } from '../check-vectors.ts'
import type { DecodeContext, Encoded, Quirks, TargetOperation } from '../codec.ts'
import { inputPath, inputText } from '../embedded-input.ts'
import { addressOf } from '../gemini/address.ts'
import { failureIn } from '../gemini/error.ts'
import { dialect } from '../gemini/extras.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { tokenCount } from '../read.ts'

/**
 * Vectors of Vertex AI, at `models/{model}:predict`: one instance a text, with the task and title that Gemini's API takes. A text
 * that is too long is an error, unless the caller asks for `autoTruncate: true`.
 */
export const embeddings: TargetOperation = {
  operation: 'embed',
  path: '/models/{model}:predict',
  address: addressOf('predict'),
  sharedBy: [],
  encodeRequest,
  passRequest: neverPassed,
  decodeReply,
}

function encodeRequest(request: ModelRequest, _model: string, _quirks: Quirks, spoken?: ClientDialect): Encoded {
  const { messages, dimensions, endUser, extensions = {} } = request
  const losses = collectLosses(dialect)
  if (endUser !== undefined) losses.dropped('user', 'Vertex AI has no such field.')
  for (const [other, fields] of Object.entries(extensions)) {
    if (other === dialect) continue
    // An encoding is the client's, and is written for it whoever answers.
    const { encoding_format: _, ...rest } = fields
    losses.foreignExtensions({ [other]: rest })
  }
  const { autoTruncate, ...shared } = extensions[dialect] ?? {}
  const every = instanceFields(shared, '', losses)
  const instances = messages.map((message, index) => {
    const path = inputPath(spoken, index)
    const before = path.replace(/\.content$/, '')
    if (message.content.length > 1) losses.approximated(path, 'its parts are sent as one text.')
    losses.foreignExtras(message.extras, before)
    const own = message.extras?.dialect === dialect ? message.extras.fields : {}
    return { content: inputText(message, path), ...every, ...instanceFields(own, `${before}.`, losses) }
  })
  const parameters = {
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    autoTruncate: autoTruncate === true,
  }
  return { body: { instances, parameters }, losses: losses.list }
}

/** What Gemini's API says of a text in the words of an instance; anything else is named as lost. */
function instanceFields(fields: JsonObject, before: string, losses: LossList): JsonObject {
  const { taskType, title, ...others } = fields
  for (const name of Object.keys(others)) losses.dropped(`${before}${name}`, 'Vertex AI has no such field.')
  return { ...(taskType !== undefined && { task_type: taskType }), ...(title !== undefined && { title }) }
}

/** Its words are no client's. Always throws. */
function neverPassed(): never {
  throw new InseamError(
    'internal-error',
    'A request for vectors was to be passed to Vertex AI as it came, and no client speaks its words.',
    { fix: 'Report this as a defect of Inseam, with what was sent.' },
  )
}

function decodeReply(body: JsonValue, { target }: DecodeContext, request: ModelRequest): ProviderReply {
  const failure = failureIn(body, target)
  if (failure) throw failure
  if (!isJsonObject(body) || !Array.isArray(body.predictions)) {
    throw new ReplyUnreadable(target, 'a reply without `predictions`')
  }
  const found = body.predictions.map((prediction: JsonValue) =>
    isJsonObject(prediction) && isJsonObject(prediction.embeddings) ? prediction.embeddings : {},
  )
  const statistics = found.map((embedding) => (isJsonObject(embedding.statistics) ? embedding.statistics : {}))
  if (request.extensions?.[dialect]?.autoTruncate !== true) refuseTruncated(statistics, target)
  return {
    id: '',
    model: askedModel(target),
    content: [],
    vectors: checkVectors(
      found.map(({ values }) => values),
      request,
      target,
    ),
    ending: { type: 'completed', by: 'end' },
    rawStop: '',
    usage: decodeUsage(statistics),
  }
}

/** The vector of the beginning of a text is not that of the text. */
function refuseTruncated(statistics: readonly JsonObject[], target: string): void {
  const index = statistics.findIndex(({ truncated }) => truncated === true)
  if (index === -1) return
  throw new ProviderFailed({
    code: 'context-exceeded',
    said: `it read the beginning of text ${index} alone, which is too long for the model.`,
    target,
    fix: 'Split the text, or ask for `autoTruncate: true` in `extensions.gemini`.',
  })
}

/** Null where it does not count each of the texts. */
function decodeUsage(statistics: readonly JsonObject[]): Usage | null {
  let tokens = 0
  for (const { token_count: count } of statistics) {
    if (count === undefined || tokenCount(count) !== count) return null
    tokens += count
  }
  return { ...noUsage, inputUncached: tokens, raw: { token_count: tokens } }
}
