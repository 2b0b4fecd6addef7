import type { EmbeddingModelV3CallOptions, EmbeddingModelV4CallOptions, EmbeddingModelV4Result } from '@ai-sdk/provider'
import type { Call } from '../core/call.ts'
import { drain } from '../core/handler.ts'
import { inputTokens } from '../core/usage.ts'
import { asInseamError, InvalidRequest } from '../errors/index.ts'
import { readCallerOptions } from './caller-options.ts'
import type { VendorOptions } from './options.ts'
import { readVendors, unheardHeaders } from './read-options.ts'
import { failureOf, SeamCallFailed } from './seam-call-failed.ts'
import type { Runs } from './seam-model.ts'
import { tellCall, tellWarnings } from './tell-call.ts'

/** What both specs ask of an embedding model, in the words of v4; those of v3 are its subset. */
export interface SeamEmbeddingModel {
  readonly provider: string
  readonly modelId: string
  readonly maxEmbeddingsPerCall: number | undefined
  readonly supportsParallelCalls: boolean
  doEmbed(options: AnyEmbedOptions): Promise<EmbeddingModelV4Result>
}

type AnyEmbedOptions = EmbeddingModelV4CallOptions | EmbeddingModelV3CallOptions

/**
 * A model name of the seam as an embedding model. `embedMany` splits by what the targets take in one request, as they are at that
 * moment. Spec v3 has no word for the length of vectors: there `providerOptions.inseam.dimensions` says it.
 */
export function seamEmbeddingModel(pipeline: Runs, modelId: string): SeamEmbeddingModel {
  return {
    provider: 'inseam',
    modelId,
    get maxEmbeddingsPerCall() {
      return mostOf(pipeline, modelId)
    },
    supportsParallelCalls: true,
    async doEmbed(options) {
      const call = begin(pipeline, modelId, options)
      try {
        const reply = await drain(pipeline.run(call))
        return {
          embeddings: (reply.vectors ?? []).map((vector) => [...vector]),
          usage: { tokens: inputTokens(reply.usage) },
          providerMetadata: { inseam: tellCall(reply, call) },
          warnings: tellWarnings(call.story.losses),
        }
      } catch (thrown) {
        throw failureOf(thrown, modelId, call.id, options.abortSignal)
      }
    },
  }
}

/** What every target takes, whichever answers. A name that stands for nothing is told with the call. */
function mostOf(pipeline: Runs, modelId: string): number | undefined {
  try {
    const limits = pipeline.targetsOf(modelId).flatMap(({ maxInputs }) => maxInputs ?? [])
    return limits.length === 0 ? undefined : Math.min(...limits)
  } catch {
    return undefined
  }
}

function begin(pipeline: Runs, model: string, options: AnyEmbedOptions): Call {
  try {
    const { values, providerOptions, headers, abortSignal } = options
    const { inseam = {}, ...vendors } = (providerOptions ?? {}) as VendorOptions
    const { dimensions: own, ...said } = inseam
    const { traceId, timeoutMs, reasoning: _, ...caller } = readCallerOptions(said)
    const dimensions = ('dimensions' in options ? options.dimensions : undefined) ?? own
    if (
      dimensions !== undefined &&
      !(typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions > 0)
    ) {
      throw new InvalidRequest('dimensions', 'it is no whole number above 0.')
    }
    const empty = values.indexOf('')
    if (empty !== -1) throw new InvalidRequest(`values[${empty}]`, 'is empty.', 'Leave it out: nothing has no vector.')
    const call = pipeline.begin({
      model,
      caller,
      traceId,
      timeoutMs,
      ...(abortSignal && { signal: abortSignal }),
      request: {
        operation: 'embed',
        dimensions,
        messages: values.map((text) => ({ role: 'user', content: [{ type: 'text', text }] })),
        extensions: readVendors(vendors),
        stream: false,
      },
    })
    call.story.lose(unheardHeaders(headers))
    return call
  } catch (thrown) {
    const error = asInseamError(thrown)
    const call = pipeline.begin({ model, request: { operation: 'embed', messages: [], stream: false } })
    pipeline.refuse(call, error)
    throw new SeamCallFailed(error, model, call.id)
  }
}
