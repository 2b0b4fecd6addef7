import type { EmbeddingModelV3, EmbeddingModelV4, LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider'
import { InvalidRequest } from '../errors/index.ts'
import { type SeamEmbeddingModel, seamEmbeddingModel } from './seam-embedding-model.ts'
import { type Runs, seamModel } from './seam-model.ts'

/** The seam as a provider of the AI SDK, of one of its specs. */
export interface InseamProvider<Version extends string, Model, Embedding> {
  readonly specificationVersion: Version
  /** An alias, `provider/model`, or a model that one provider alone lists. Whether it exists is asked with the first call. */
  languageModel(modelId: string): Model
  /** The same for vectors: an alias over an embedding model. */
  embeddingModel(modelId: string): Embedding
  /** Throws: the seam makes no images. */
  imageModel(modelId: string): never
}

/**
 * The seam as a provider of the AI SDK (spec v4, `ai` 7): what `generateText`, `streamText`, `embedMany` and agents ask of its models goes through the
 * pipeline, with its retries, fallbacks and record. `ai` does not retry on top: what a call throws says that it is not retryable.
 * `providerMetadata.inseam` tells what it cost and who answered; `providerOptions.inseam` says for whom the call is.
 *
 * @example
 * ```ts
 * import { generateText } from 'ai'
 * import { openSeam } from 'inseam'
 * import { inseamProvider } from 'inseam/ai-sdk'
 *
 * await using seam = await openSeam({ simulate: true })
 * const { text, providerMetadata } = await generateText({
 *   model: inseamProvider(seam).languageModel('fast'),
 *   prompt: 'Greet Ada.',
 *   providerOptions: { inseam: { feature: 'greet', tenant: 'acme' } },
 * })
 * console.assert(text !== '' && providerMetadata?.inseam?.source === 'provider')
 * ```
 */
export function inseamProvider(seam: Runs): InseamProvider<'v4', LanguageModelV4, EmbeddingModelV4> {
  return {
    specificationVersion: 'v4',
    languageModel: (modelId) => ({ specificationVersion: 'v4', ...seamModel(seam, modelId, 'v4') }),
    embeddingModel: (modelId) => withVersion(seamEmbeddingModel(seam, modelId), 'v4'),
    ...without,
  }
}

/** The same of spec v3, for `ai` 6. */
export function inseamProviderV3(seam: Runs): InseamProvider<'v3', LanguageModelV3, EmbeddingModelV3> {
  return {
    specificationVersion: 'v3',
    languageModel: (modelId) =>
      ({ specificationVersion: 'v3', ...seamModel(seam, modelId, 'v3') }) as unknown as LanguageModelV3,
    embeddingModel: (modelId) => withVersion(seamEmbeddingModel(seam, modelId), 'v3') as unknown as EmbeddingModelV3,
    ...without,
  }
}

/** How many texts it takes is asked each time: a copy would hold what it was. */
function withVersion<Version extends string>(model: SeamEmbeddingModel, specificationVersion: Version) {
  return Object.assign(model, { specificationVersion })
}

const without = {
  imageModel: (modelId: string): never => missing(modelId, 'images'),
}

/** By its marks the AI SDK knows the error for its `NoSuchModelError`. */
function missing(modelId: string, what: string): never {
  const error = new InvalidRequest('modelId', `the seam has no ${what}, so there is no model "${modelId}" for them.`)
  for (const mark of ['vercel.ai.error', 'vercel.ai.error.AI_NoSuchModelError'])
    Object.defineProperty(error, Symbol.for(mark), { value: true })
  throw error
}
