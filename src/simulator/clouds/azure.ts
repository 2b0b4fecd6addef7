import type { Dialect } from '../dialect.ts'
import { embeddingsAt } from '../embeddings/embeddings-at.ts'
import { openaiChat } from '../openai-chat/openai-chat.ts'
import { openaiResponses } from '../openai-responses/openai-responses.ts'
import type { Problem } from '../problem.ts'
import { azureErrorBody, azureErrorFrame, azureHeaders, filteredFrames, filteredReply } from './azure-words.ts'
import { bearerOf, type CloudDoor, segment } from './cloud-door.ts'

const chat: Dialect = {
  ...openaiChat,
  reply: (material) => filteredReply(openaiChat.reply(material)),
  frames: (material) => filteredFrames(openaiChat.frames(material)),
  errorBody: azureErrorBody,
  errorFrame: azureErrorFrame,
  headers: azureHeaders,
}

const responses: Dialect = {
  ...openaiResponses,
  errorBody: azureErrorBody,
  // Azure has no figures for this API, and says so with these.
  headers: (requestId, limits) => ({
    ...azureHeaders(requestId, limits),
    'x-ratelimit-limit-requests': '-1',
    'x-ratelimit-remaining-requests': '-1',
    'x-ratelimit-limit-tokens': '0',
    'x-ratelimit-remaining-tokens': '0',
  }),
}

const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['/chat/completions', chat],
  ['/responses', responses],
  ['/responses/input_tokens', responses],
])

const deployed = /^\/openai\/deployments\/([^/]+)(\/chat\/completions|\/embeddings)$/
const dated = /^\/openai(\/responses)$/
const v1 = /^\/openai\/v1(\/chat\/completions|\/responses|\/responses\/input_tokens|\/embeddings)$/

/** Azure OpenAI: its v1 API, and the dated one, which wants `api-version` and names the deployment in the path. */
export function azureDoor(pathname: string, query: URLSearchParams): CloudDoor | undefined {
  const [, deployment, belowDeployment] = deployed.exec(pathname) ?? []
  const place = belowDeployment ?? dated.exec(pathname)?.[1]
  const path = place ?? v1.exec(pathname)?.[1]
  if (path === undefined) return undefined
  const dialect = dialects.get(path) ?? embeddingsAt(`/v1${path}`)?.dialect
  if (!dialect) return undefined
  return {
    path: `/v1${path}`,
    dialect,
    keyOf: (headers) => (typeof headers['api-key'] === 'string' ? headers['api-key'] : bearerOf(headers)),
    enter(body) {
      if (place !== undefined && !/^\d{4}-\d\d-\d\d/.test(query.get('api-version') ?? '')) return { problem: noVersion }
      return { body: deployment === undefined ? body : { ...body, model: segment(deployment) } }
    },
  }
}

const noVersion: Problem = { kind: 'not-found', message: 'Resource not found', code: '404' }
