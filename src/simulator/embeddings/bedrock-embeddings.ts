import type { Ask } from '../ask.ts'
import { bedrockConverse } from '../bedrock-converse/bedrock-converse.ts'
import { countTokens } from '../books/count-tokens.ts'
import { totalInput } from '../books/usage.ts'
import type { Dialect, ReplyMaterial } from '../dialect.ts'
import { asList, asText, type JsonObject } from '../json.ts'
import { invalid, type Problem } from '../problem.ts'
import { askForVectors, modelOf, vectorsOf } from './asked-embeddings.ts'

const maxTexts = 96
const fieldsOfTitan = ['model', 'inputText', 'dimensions', 'normalize', 'embeddingTypes']
const fieldsOfCohere = ['model', 'texts', 'input_type', 'truncate', 'embedding_types', 'output_dimension', 'max_tokens']
const inputTypes: ReadonlySet<unknown> = new Set(['search_document', 'search_query', 'classification', 'clustering'])

/** InvokeModel of Amazon Titan's and Cohere's embedding models. Cohere's answers do not say what was used. */
export const bedrockEmbeddings: Dialect = {
  ...bedrockConverse,
  givesVectors: { tellsUsage: (model) => !isCohere(model) },
  check: (body, model) => (isCohere(model) ? checkCohere(body, model) : checkTitan(body, model)),
  read: readInvocation,
  reply: (material) => (isCohere(material.model) ? cohereReply(material) : titanReply(material)),
}

const isCohere = (model: string): boolean => model.includes('cohere.embed-')

function checkTitan(body: JsonObject, model: string): Problem | undefined {
  if (!model.includes('amazon.titan-embed-')) return invalid(`The model ${model} is not known to the simulator here.`)
  const { inputText, dimensions } = body
  if (typeof inputText !== 'string' || inputText === '') {
    return invalid('Malformed input request: #: required key [inputText] not found, please reformat your input.')
  }
  const lengths: readonly unknown[] = modelOf(model).shortens ? [256, 512, 1024] : []
  if (dimensions !== undefined && !lengths.includes(dimensions)) {
    return invalid(`Malformed input request: dimensions ${String(dimensions)} is not a valid value.`)
  }
  return extraneous(body, fieldsOfTitan) ?? tooLong([inputText], model)
}

function checkCohere(body: JsonObject, model: string): Problem | undefined {
  const texts = asList(body.texts)
  if (texts.length === 0 || texts.length > maxTexts) {
    return invalid(`Malformed input request: texts: expected 1 to ${maxTexts} items, found ${texts.length}.`)
  }
  if (!inputTypes.has(body.input_type)) {
    return invalid('Malformed input request: #: required key [input_type] not found, please reformat your input.')
  }
  const lengths: readonly unknown[] = modelOf(model).shortens ? [256, 512, 1024, 1536] : []
  if (body.output_dimension !== undefined && !lengths.includes(body.output_dimension)) {
    return invalid(`Malformed input request: output_dimension ${String(body.output_dimension)} is not a valid value.`)
  }
  return extraneous(body, fieldsOfCohere) ?? tooLong(texts.map(asText), model)
}

function extraneous(body: JsonObject, fields: readonly string[]): Problem | undefined {
  const stranger = Object.keys(body).find((field) => !fields.includes(field))
  return stranger === undefined
    ? undefined
    : invalid(`Malformed input request: #: extraneous key [${stranger}] is not permitted, please reformat your input.`)
}

function tooLong(texts: readonly string[], model: string): Problem | undefined {
  const { maxTokens } = modelOf(model)
  return texts.some((text) => countTokens(text) > maxTokens)
    ? invalid(`Too many input tokens. Max input tokens: ${maxTokens}.`)
    : undefined
}

function readInvocation(body: JsonObject): Ask {
  const dimensions = body.dimensions ?? body.output_dimension
  const texts = body.texts === undefined ? [asText(body.inputText)] : asList(body.texts).map(asText)
  return askForVectors(texts, typeof dimensions === 'number' ? dimensions : undefined)
}

function titanReply({ ask, model, input, omitUsage }: ReplyMaterial): object {
  const [embedding = []] = vectorsOf(ask, model)
  return {
    embedding,
    embeddingsByType: { float: embedding },
    ...(!omitUsage && { inputTextTokenCount: totalInput(input) }),
  }
}

function cohereReply({ ask, model, requestId }: ReplyMaterial): object {
  return {
    id: requestId,
    response_type: 'embeddings_floats',
    embeddings: vectorsOf(ask, model),
    texts: ask.vectors?.texts ?? [],
  }
}
