import type { EmbeddingModelV3, EmbeddingModelV4 } from '@ai-sdk/provider'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Loss, ModelRequest } from '../core/request.ts'
import { InseamError } from '../errors/index.ts'
import { inputPath, inputText } from '../wire/embedded-input.ts'
import { collectLosses } from './loss-list.ts'
import { writeExtensions } from './write-options.ts'

type Embedded = Awaited<ReturnType<EmbeddingModelV4['doEmbed']> | ReturnType<EmbeddingModelV3['doEmbed']>>

/** An embedding model of either spec, called in its own words. */
export interface CallableEmbedding {
  /** The most texts in one call. */
  readonly maxInputs: number
  write(request: ModelRequest): { readonly options: EmbedOptions; readonly losses: readonly Loss[] }
  embed(options: EmbedOptions, abortSignal: AbortSignal): Promise<Embedded>
}

interface EmbedOptions {
  readonly values: string[]
  readonly dimensions?: number
  readonly providerOptions?: Record<string, JsonObject>
}

/** For a model that takes any number, and for one that says only later how many. */
const unlimited = 2048
const untold = 96

/** The model as one that can be called. Throws `config-invalid` for what is no embedding model of spec v3 or v4. */
export function callableEmbedding(model: EmbeddingModelV4 | EmbeddingModelV3, target: string): CallableEmbedding {
  const version: unknown = model?.specificationVersion
  if ((version !== 'v4' && version !== 'v3') || typeof model.doEmbed !== 'function') {
    throw new InseamError('config-invalid', `${target} is no embedding model of the AI SDK, spec v3 or v4.`, {
      fix: 'Give an embedding model of a provider package for ai 6 or later: openai.embeddingModel("text-embedding-3-small").',
    })
  }
  const { maxEmbeddingsPerCall: most = Number.POSITIVE_INFINITY } = model
  return {
    maxInputs: typeof most === 'number' ? Math.min(most, unlimited) : untold,
    write: (request) => write(request, version, target),
    // In a function that is `async`, for a model may throw at once.
    embed: async (options, abortSignal) => model.doEmbed({ ...options, abortSignal } as never),
  }
}

function write(request: ModelRequest, version: 'v3' | 'v4', target: string): ReturnType<CallableEmbedding['write']> {
  const { messages, dimensions, endUser } = request
  if (dimensions !== undefined && version === 'v3') {
    throw new InseamError(
      'operation-unsupported',
      `${target} is of spec v3 of the AI SDK, which has no \`dimensions\`.`,
      {
        fix: 'Set the length where the model is made, and leave `dimensions` out; or bring a model of spec v4.',
      },
    )
  }
  const losses = collectLosses()
  if (endUser !== undefined) losses.dropped('user', 'The AI SDK has a setting for it per vendor only.')
  const providerOptions = writeExtensions(request, losses)
  const values = messages.map((message, index) => {
    const path = inputPath(undefined, index)
    for (const [field, value] of Object.entries(message.extras?.fields ?? {})) {
      if (value !== undefined && !isJsonObject(value))
        losses.dropped(`${path}.${field}`, 'The AI SDK has no word for it.')
    }
    return inputText(message, path)
  })
  const options = {
    values,
    ...(dimensions !== undefined && { dimensions }),
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
  }
  return { options, losses: losses.list }
}
