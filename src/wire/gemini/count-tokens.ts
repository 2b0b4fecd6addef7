import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { ClientOperation } from '../codec.ts'
import { asCount, countedReply, countIn, promptOf } from '../counting.ts'
import { peekFields, spliceFields } from '../splice.ts'
import { addressOf, resourceName } from './address.ts'
import { dropSealed } from './drop-sealed.ts'
import { fieldsOf } from './extras.ts'
import { decodeRequest, encodeRequest } from './request.ts'

/**
 * `models/{model}:countTokens`: contents alone, or under `generateContentRequest` a whole request, with its instructions, tools and
 * settings, whose model must be that of the path.
 */
export const countTokens: ClientOperation = {
  operation: 'count-tokens',
  path: '/models/{model}:countTokens',
  address: addressOf('countTokens'),
  decodeRequest: (body) => asCount(decodeRequest(requestIn(body))),
  encodeRequest(request, model, quirks, spoken) {
    const { body, losses } = encodeRequest(promptOf(request), model, quirks, spoken)
    return { body: { generateContentRequest: { model: resourceName(model), ...body } }, losses }
  },
  passRequest(said, model) {
    const body = unsealed(said, model)
    const whole = peekFields(body, wholeNames)
    const edits = Object.entries(whole).flatMap(([name, text]): [string, string][] =>
      text === 'null'
        ? []
        : [[name, spliceFields(unsealed(text, model), { model: JSON.stringify(resourceName(model)) })]],
    )
    return edits.length > 0 ? spliceFields(body, Object.fromEntries(edits)) : body
  },
  decodeReply: (body, { target }) => countedReply(isJsonObject(body) ? body.totalTokens : undefined, target),
  encodeReply: (reply) => ({ body: { totalTokens: countIn(reply) }, losses: [] }),
}

/** What is left out of a request is left out of its count. */
const unsealed = (body: string, model: string): string => dropSealed(body, model)?.body ?? body

const wholeNames = ['generateContentRequest', 'generate_content_request']

function requestIn(body: JsonValue): JsonValue {
  const { generateContentRequest: whole, ...alone } = fieldsOf(body, '')
  if (whole === undefined || whole === null) return alone
  if (alone.contents === undefined || alone.contents === null) return fieldsOf(whole, 'generateContentRequest')
  throw new InvalidRequest(
    'generateContentRequest',
    'contents stand beside it, and only one of the two is counted.',
    'Leave `contents` out, or `generateContentRequest`.',
  )
}
