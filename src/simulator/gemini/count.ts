import type { Counting } from '../counting.ts'
import { asText, isObject } from '../json.ts'
import { invalid } from '../problem.ts'
import { streamField } from './address.ts'

/** `models/{model}:countTokens`: contents alone, or a whole request that names the model again. */
export const generateCount: Counting = {
  check({ model, [streamField]: _, contents, generateContentRequest: whole, ...rest }) {
    const [stranger] = Object.keys(rest)
    if (stranger !== undefined) {
      return invalid(`Invalid JSON payload received. Unknown name "${stranger}": Cannot find field.`)
    }
    if (whole === undefined) return undefined
    if (!isObject(whole)) return invalid("Invalid value at 'generate_content_request'")
    if (contents !== undefined) return invalid('Only one of contents and generate_content_request can be set.')
    return asText(whole.model) === `models/${asText(model)}`
      ? undefined
      : invalid('* CountTokensRequest.generate_content_request.model: must be the model of the path')
  },
  request: ({ generateContentRequest: whole, ...body }) =>
    isObject(whole) ? { ...whole, model: body.model, [streamField]: false } : body,
  // promptTokensDetails comes too, and is left out of the SDK's type.
  reply: (tokens) => ({ totalTokens: tokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }] }),
}
