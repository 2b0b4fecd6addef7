import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { anthropicMessages } from '../anthropic-messages/index.ts'
import type { Address, TargetCodec, TargetOperation } from '../codec.ts'
import { decodeError as decodeGoogleError } from '../gemini/error.ts'
import { parsedJson } from '../parse-json.ts'
import { pathSegment } from '../path-segment.ts'
import { cutFields, spliceFields } from '../splice.ts'

/** What stands in the body for the header `anthropic-version`. */
const version = 'vertex-2023-10-16'

/** One address counts for every model, so that the body names it. */
const countAddress: Address = { write: () => '/models/count-tokens:rawPredict', read: () => undefined }

/**
 * Claude on Vertex AI, below a base URL that ends with `/publishers/anthropic`: the Messages API, but for the model, which stands
 * in the path alone, and the version, which stands in the body. Errors are Anthropic's where the model was reached and Google's
 * where it was not. As in @anthropic-ai/vertex-sdk.
 */
export const vertexAnthropic: TargetCodec = {
  ...anthropicMessages,
  path: '/models/{model}:rawPredict',
  address: {
    write: (model, stream) => `/models/${modelSegment(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
    read: () => undefined,
  },
  passedHeaders: ['anthropic-beta'],
  operations: anthropicMessages.operations.filter(({ path }) => path === '/messages/count_tokens').map(countAtVertex),
  encodeRequest(request, model, quirks, spoken) {
    const { body, losses } = anthropicMessages.encodeRequest(request, model, quirks, spoken)
    const { model: _named, ...rest } = body
    return { body: { anthropic_version: version, ...rest }, losses }
  },
  passRequest(body, model, request, quirks) {
    const passed = anthropicMessages.passRequest(body, model, request, quirks)
    return { ...passed, body: withVersion(cutFields(passed.body, ['model'])) }
  },
  decodeError(response, context) {
    const isGoogles = isGoogleError(response.body)
    return isGoogles ? decodeGoogleError(response, context) : anthropicMessages.decodeError(response, context)
  },
}

function countAtVertex(operation: TargetOperation): TargetOperation {
  return {
    ...operation,
    address: countAddress,
    encodeRequest(request, model, quirks, spoken) {
      const { body, losses } = operation.encodeRequest(request, model, quirks, spoken)
      return { body: { anthropic_version: version, ...body }, losses }
    },
    passRequest: (body, model, request) => withVersion(operation.passRequest(body, model, request)),
  }
}

function withVersion(body: string): string {
  return spliceFields(body, { anthropic_version: JSON.stringify(version) })
}

/** Google lists its models with an `@` before the date, and shows it so in paths. */
function modelSegment(model: string): string {
  return pathSegment(model).replace(/%40/g, '@')
}

function isGoogleError(body: string): boolean {
  const parsed = parsedJson(body)
  const [first] = Array.isArray(parsed) ? parsed : [parsed]
  const error: JsonObject | undefined = isJsonObject(first) && isJsonObject(first.error) ? first.error : undefined
  return typeof error?.status === 'string' && error.type === undefined
}
