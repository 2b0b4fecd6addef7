import type { CreateEmbeddingResponse, Embedding } from 'openai/resources/embeddings'
import type { Ask } from '../ask.ts'
import { countTokens } from '../books/count-tokens.ts'
import { pricedModels } from '../books/prices.ts'
import { totalInput } from '../books/usage.ts'
import type { Dialect, ReplyMaterial } from '../dialect.ts'
import { asList, type JsonObject } from '../json.ts'
import { openaiChat } from '../openai-chat/openai-chat.ts'
import { invalid, type Problem } from '../problem.ts'
import { askForVectors, modelOf, vectorsOf } from './asked-embeddings.ts'
import { embeddingModel } from './embedding-models.ts'

const maxInputs = 2048
const maxTokens = 300_000

/** OpenAI's `/embeddings`, as `openai` 7 reads it. */
export const openaiEmbeddings: Dialect = {
  ...openaiChat,
  givesVectors: { tellsUsage: () => true },
  check: checkEmbeddingRequest,
  read: readEmbeddingRequest,
  reply: embeddingReply,
}

function checkEmbeddingRequest(
  { input, dimensions, encoding_format: format }: JsonObject,
  model: string,
): Problem | undefined {
  if (pricedModels.includes(model) && embeddingModel(model) === undefined) {
    return invalid(`You are not allowed to generate embeddings from this model: ${model}`)
  }
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    return invalid(`Invalid value: '${String(format)}'. Supported values are: 'float' and 'base64'.`, 'encoding_format')
  }
  return checkDimensions(dimensions, model) ?? checkInput(input, model)
}

function checkDimensions(dimensions: unknown, model: string): Problem | undefined {
  if (dimensions === undefined) return undefined
  const known = modelOf(model)
  if (!known.shortens) return invalid('This model does not support specifying dimensions.', 'dimensions')
  if (Number.isInteger(dimensions) && Number(dimensions) >= 1 && Number(dimensions) <= known.dimensions)
    return undefined
  return invalid(
    `Invalid value for 'dimensions': ${String(dimensions)}. Must be at most ${known.dimensions}.`,
    'dimensions',
  )
}

function checkInput(input: unknown, model: string): Problem | undefined {
  if (input === undefined) return invalid("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  const inputs = textsOf(input)
  if (inputs.length === 0 || inputs.includes('')) {
    return invalid("Invalid 'input': input cannot be an empty string.", 'input')
  }
  if (inputs.length > maxInputs)
    return invalid(`Invalid 'input': array too long. Expected at most ${maxInputs}.`, 'input')
  const counts = inputs.map(countTokens)
  const { maxTokens: longest } = modelOf(model)
  const long = counts.findIndex((tokens) => tokens > longest)
  if (long !== -1) {
    const message = `Invalid 'input[${long}]': maximum context length is ${longest} tokens.`
    return invalid(message, 'input', 'context_length_exceeded')
  }
  const total = counts.reduce((sum, tokens) => sum + tokens, 0)
  return total > maxTokens
    ? invalid(`Invalid 'input': maximum request size is ${maxTokens} tokens per request.`)
    : undefined
}

/** A list of numbers is one text, by its tokens; empty where it is neither text nor that. */
function textsOf(input: unknown): string[] {
  if (typeof input === 'string') return [input]
  const list = asList(input)
  if (list.length > 0 && list.every((part) => typeof part === 'number')) return [spelled(list)]
  return list.map((part) => (typeof part === 'string' ? part : spelled(asList(part))))
}

/** One word a token, so that the count is theirs. */
const spelled = (tokens: readonly unknown[]): string => tokens.map((token) => ` ${String(token).slice(-3)}`).join('')

function readEmbeddingRequest({ input, dimensions, encoding_format: format }: JsonObject): Ask {
  return askForVectors(textsOf(input), typeof dimensions === 'number' ? dimensions : undefined, format === 'base64')
}

type WireEmbedding = Omit<Embedding, 'embedding'> & { readonly embedding: number[] | string }
type WireResponse = Omit<CreateEmbeddingResponse, 'data' | 'usage'> & {
  readonly data: readonly WireEmbedding[]
  readonly usage?: CreateEmbeddingResponse.Usage
}

function embeddingReply({ ask, model, input, omitUsage }: ReplyMaterial): WireResponse {
  const tokens = totalInput(input)
  return {
    object: 'list',
    data: vectorsOf(ask, model).map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: ask.vectors?.inBase64 ? base64Of(vector) : vector,
    })),
    model,
    ...(!omitUsage && { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  }
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, number] of vector.entries()) bytes.writeFloatLE(number, at * 4)
  return bytes.toString('base64')
}
