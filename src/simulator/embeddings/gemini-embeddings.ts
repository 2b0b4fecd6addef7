import type { Ask } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import { pricedModels } from '../books/prices.ts'
import { totalInput } from '../books/usage.ts'
import type { Dialect, ReplyMaterial } from '../dialect.ts'
import { streamField } from '../gemini/address.ts'
import { gemini } from '../gemini/gemini.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { invalid, type Problem } from '../problem.ts'
import { askForVectors, modelOf, vectorsOf } from './asked-embeddings.ts'
import { embeddingModel } from './embedding-models.ts'

const maxRequests = 100
const givesVectors = { tellsUsage: (model: string) => modelOf(model).tellsUsage }

/** Google's `batchEmbedContents`, as `@google/genai` 3 reads it. */
export const geminiBatchEmbeddings: Dialect = {
  ...gemini,
  givesVectors,
  check: checkBatch,
  read: ({ requests }) => readRequests(asList(requests).map(asObject)),
  reply: (material) => ({
    embeddings: vectorsOf(material.ask, material.model).map((values) => ({ values })),
    ...usageOf(material),
  }),
}

/** Google's `embedContent`: one text. */
export const geminiEmbedding: Dialect = {
  ...gemini,
  givesVectors,
  check: (body, model) => unknownName(body, ['model', streamField, ...known], '') ?? checkRequest(body, '', model),
  read: (body) => readRequests([body]),
  reply: (material) => ({
    embedding: { values: vectorsOf(material.ask, material.model)[0] ?? [] },
    ...usageOf(material),
  }),
}

const known = ['model', 'content', 'taskType', 'title', 'outputDimensionality']
/** What a text may be embedded for. */
export const taskTypes: ReadonlySet<unknown> = new Set([
  'RETRIEVAL_QUERY',
  'RETRIEVAL_DOCUMENT',
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
])

function checkBatch(body: JsonObject, model: string): Problem | undefined {
  const stranger = unknownName(body, ['model', streamField, 'requests'], '')
  if (stranger) return stranger
  const requests = asList(body.requests)
  if (requests.length === 0) return invalid('* BatchEmbedContentsRequest.requests: requests is required')
  if (requests.length > maxRequests) {
    return invalid(`* BatchEmbedContentsRequest.requests: at most ${maxRequests} requests can be in one batch`)
  }
  for (const [index, request] of requests.entries()) {
    const at = `requests[${index}]`
    if (!isObject(request)) return invalid(`Invalid value at '${at}'`)
    if (request.model !== `models/${model}`) {
      return invalid(`* BatchEmbedContentsRequest.${at}.model: model must be 'models/${model}', as in the path`)
    }
    const problem = unknownName(request, known, at) ?? checkRequest(request, `${at}.`, model)
    if (problem) return problem
  }
  return undefined
}

function checkRequest(request: JsonObject, at: string, model: string): Problem | undefined {
  const { outputDimensionality: dimensions, taskType } = request
  if (pricedModels.includes(model) && embeddingModel(model) === undefined) {
    return {
      kind: 'not-found',
      message: `models/${model} is not found for API version v1beta, or is not supported for embedContent.`,
    }
  }
  const { dimensions: most, maxTokens } = modelOf(model)
  const text = textOf(request)
  if (text === '') return invalid(`* EmbedContentRequest.${at}content: content is empty`)
  if (countTokens(text) > maxTokens) return invalid(`* EmbedContentRequest.${at}content: exceeds ${maxTokens} tokens`)
  if (taskType !== undefined && !taskTypes.has(taskType)) {
    return invalid(`Invalid value at '${at}task_type' (TaskType), "${String(taskType)}"`)
  }
  if (
    dimensions === undefined ||
    (Number.isInteger(dimensions) && Number(dimensions) >= 1 && Number(dimensions) <= most)
  ) {
    return undefined
  }
  return invalid(`* EmbedContentRequest.${at}output_dimensionality: must be between 1 and ${most}`)
}

function unknownName(object: JsonObject, names: readonly string[], at: string): Problem | undefined {
  const stranger = Object.keys(object).find((name) => !names.includes(name))
  if (stranger === undefined) return undefined
  const place = at === '' ? '' : ` at '${at}'`
  return invalid(`Invalid JSON payload received. Unknown name "${stranger}"${place}: Cannot find field.`)
}

const textOf = ({ content }: JsonObject): string =>
  asList(asObject(content).parts)
    .map((part) => asText(asObject(part).text))
    .join('\n')

function readRequests(requests: readonly JsonObject[]): Ask {
  const dimensions = requests[0]?.outputDimensionality
  return askForVectors(requests.map(textOf), typeof dimensions === 'number' ? dimensions : undefined)
}

function usageOf({ omitUsage, input }: ReplyMaterial): object {
  return omitUsage ? {} : { usageMetadata: { promptTokenCount: totalInput(input) } }
}
