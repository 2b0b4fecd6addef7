import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts'
import type { Counting } from '../counting.ts'
import type { Dialect } from '../dialect.ts'
import { vertexEmbeddings } from '../embeddings/vertex-embeddings.ts'
import { readAddress, streamField } from '../gemini/address.ts'
import { generateCount } from '../gemini/count.ts'
import { gemini } from '../gemini/gemini.ts'
import type { JsonObject } from '../json.ts'
import { invalid } from '../problem.ts'
import { bearerOf, type CloudDoor, segment } from './cloud-door.ts'
import { claudeErrorBody, claudeErrorFrame, googleErrorBody, trafficFrames, trafficReply } from './vertex-words.ts'

const claude: Dialect = {
  ...anthropicMessages,
  reply: (material) => ({ ...anthropicMessages.reply(material), id: `msg_vrtx_${material.requestId}` }),
  errorBody: claudeErrorBody,
  errorFrame: claudeErrorFrame,
  headers: (requestId) => ({ 'request-id': `req_vrtx_${requestId}`, vary: 'X-Origin' }),
}

/** Takes the parts of a request; a whole one it does not know. */
const counting: Counting = {
  ...generateCount,
  check({ model: _, [streamField]: __, contents, systemInstruction, tools, generationConfig, ...rest }) {
    const [stranger] = Object.keys(rest)
    if (stranger === undefined) return undefined
    return invalid(`Invalid JSON payload received. Unknown name "${stranger}": Cannot find field.`)
  },
}

const google: Dialect = {
  ...gemini,
  counting,
  reply: (material) => trafficReply(gemini.reply(material)),
  frames: (material) => trafficFrames(gemini.frames(material)),
  errorBody: googleErrorBody,
}

const place =
  /^\/v1(?:beta1)?\/projects\/[^/]+\/locations\/[^/]+\/publishers\/(google|anthropic)\/models\/([^/]+):(\w+)$/
const version = 'vertex-2023-10-16'

/** Vertex AI: Gemini in Google's own words, and Claude by `rawPredict`. Both want a token of Google's. */
export function vertexDoor(pathname: string): CloudDoor | undefined {
  const [, publisher, model = '', method = ''] = place.exec(pathname) ?? []
  if (publisher === undefined) return undefined
  if (publisher === 'google' && method === 'predict') return vectorDoor(segment(model))
  return publisher === 'google' ? geminiDoor(`/v1beta/models/${model}:${method}`) : claudeDoor(segment(model), method)
}

function geminiDoor(path: string): CloudDoor | undefined {
  if (readAddress(path) === undefined) return undefined
  return { path, dialect: google, keyOf: bearerOf, enter: (body) => ({ body }) }
}

function vectorDoor(model: string): CloudDoor {
  return {
    path: '/predict',
    dialect: vertexEmbeddings,
    keyOf: bearerOf,
    enter: (body) => ({ body: askedFor(body, model) }),
  }
}

function claudeDoor(model: string, method: string): CloudDoor | undefined {
  if (method !== 'rawPredict' && method !== 'streamRawPredict') return undefined
  const counts = model === 'count-tokens'
  return {
    path: counts ? '/v1/messages/count_tokens' : '/v1/messages',
    dialect: claude,
    keyOf: bearerOf,
    enter: ({ anthropic_version: stated, ...body }) => {
      if (stated !== version) return { problem: invalid(`anthropic_version: Input should be '${version}'`) }
      if (counts) return { body }
      if ('model' in body) return { problem: invalid('model: Extra inputs are not permitted') }
      return { body: askedFor(body, model) }
    },
  }
}

function askedFor(body: JsonObject, model: string): JsonObject {
  return { ...body, model }
}
