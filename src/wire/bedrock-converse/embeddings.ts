import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { bedrockVectors } from '../../core/max-inputs.ts'
import type { ProviderReply } from '../../core/provider.ts'
import type { ModelRequest } from '../../core/request.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { InseamError, ReplyUnreadable } from '../../errors/index.ts'
import { askedModel } from '../asked-model.ts'
import { checkVectors } from '../check-vectors.ts'
import type { DecodeContext, Encoded, Quirks, TargetOperation } from '../codec.ts'
import { inputPath, inputText } from '../embedded-input.ts'
import { collectLosses } from '../losses.ts'
import { tokenCount } from '../read.ts'
import { addressOf } from './address.ts'
import { failureIn } from './error.ts'
import { dialect, text } from './extras.ts'
import { neverPassed } from './never-passed.ts'

/**
 * Vectors of Amazon Titan (one text a request) and Cohere (96) by InvokeModel, each in its own words. Throws `operation-unsupported` for
 * any other model, and for `dimensions` where a model has one length. Cohere has to be told what the texts are for: without
 * an `input_type` of the caller's it is `search_document`.
 */
export const embeddings: TargetOperation = {
  operation: 'embed',
  path: '/model/{model}/invoke',
  address: addressOf(() => 'invoke'),
  encodeRequest,
  passRequest: neverPassed,
  decodeReply,
}

function encodeRequest(request: ModelRequest, model: string, _quirks: Quirks, spoken?: ClientDialect): Encoded {
  const { messages, dimensions, endUser, extensions = {} } = request
  const kind = bedrockVectors(model)
  if (!kind) throw unsupported(`${model} is no embedding model of Amazon Titan or Cohere.`, 'Name one of those.')
  if (dimensions !== undefined && !kind.shortens) {
    throw unsupported(`${model} cannot shorten its vectors.`, 'Leave `dimensions` out, or name a model that can.')
  }
  const losses = collectLosses(dialect)
  if (endUser !== undefined) losses.dropped('user', `${dialect} has no such field.`)
  for (const [other, fields] of Object.entries(extensions)) {
    // An encoding is the client's, and is written for it whoever answers.
    const { encoding_format: _, ...rest } = fields
    losses.foreignExtensions({ [other]: rest })
  }
  const texts = messages.map((message, index) => {
    const path = inputPath(spoken, index)
    if (message.content.length > 1) losses.approximated(path, 'its parts are sent as one text.')
    losses.foreignExtras(message.extras, path.replace(/\.content$/, ''))
    return inputText(message, path)
  })
  const own = extensions[dialect] ?? {}
  const body: JsonObject =
    kind.maker === 'titan'
      ? { ...own, inputText: texts[0] ?? '', ...(dimensions !== undefined && { dimensions }) }
      : {
          input_type: 'search_document',
          ...own,
          texts,
          ...(dimensions !== undefined && { output_dimension: dimensions }),
        }
  return { body, losses: losses.list }
}

function unsupported(what: string, fix: string): InseamError {
  return new InseamError('operation-unsupported', what, { fix })
}

function decodeReply(body: JsonValue, { target }: DecodeContext, request: ModelRequest): ProviderReply {
  if (!isJsonObject(body)) throw new ReplyUnreadable(target, 'JSON that is no object')
  const failure = failureIn(body, target)
  if (failure) throw failure
  return {
    id: text(body.id),
    model: askedModel(target),
    content: [],
    vectors: checkVectors(vectorsIn(body, target), request, target),
    ending: { type: 'completed', by: 'end' },
    rawStop: '',
    usage: decodeUsage(body),
  }
}

/** Titan's one, or Cohere's, which stand by their type where types were asked for. */
function vectorsIn({ embedding, embeddings }: JsonObject, target: string): readonly JsonValue[] {
  if (embedding !== undefined) return [embedding]
  const floats = isJsonObject(embeddings) ? embeddings.float : embeddings
  if (!Array.isArray(floats)) throw new ReplyUnreadable(target, 'a reply without `embedding` or `embeddings`')
  return floats
}

/** Cohere's answer at Bedrock counts nothing. */
function decodeUsage({ inputTextTokenCount: count }: JsonObject): Usage | null {
  if (count === undefined || tokenCount(count) !== count) return null
  return { ...noUsage, inputUncached: count, raw: { inputTextTokenCount: count } }
}
