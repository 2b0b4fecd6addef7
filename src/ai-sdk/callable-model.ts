import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV4,
  LanguageModelV4CallOptions,
} from '@ai-sdk/provider'
import type { ModelRequest } from '../core/request.ts'
import { InseamError } from '../errors/index.ts'
import { type WrittenOptions, writeOptionsV3, writeOptionsV4 } from './write-options.ts'

type Generated = Awaited<ReturnType<LanguageModelV4['doGenerate']> | ReturnType<LanguageModelV3['doGenerate']>>
type Streamed = Awaited<ReturnType<LanguageModelV4['doStream']> | ReturnType<LanguageModelV3['doStream']>>

/** A model of either spec, called in its own words. */
export interface CallableModel {
  write(request: ModelRequest): WrittenOptions<object>
  generate(options: object, signal: AbortSignal): Promise<Generated>
  stream(options: object, signal: AbortSignal): Promise<Streamed>
}

/** The model as one that can be called. Throws `config-invalid` for what is no model of spec v3 or v4. */
export function callable(model: LanguageModelV4 | LanguageModelV3, target: string): CallableModel {
  const version: unknown = model?.specificationVersion
  if (version === 'v4') return callableOf(model as LanguageModelV4, writeOptionsV4)
  if (version === 'v3') return callableOf(model as LanguageModelV3, writeOptionsV3)
  const what = version === undefined ? 'no model of the AI SDK' : `a model of its spec ${String(version)}`
  throw new InseamError('config-invalid', `${target} is ${what}; v3 and v4 can be called.`, {
    fix: 'Give a language model of a provider package for ai 6 or later: openai("gpt-5.4-mini").',
  })
}

type Model<Options> = {
  doGenerate(options: Options): PromiseLike<Generated>
  doStream(options: Options): PromiseLike<Streamed>
}

/** Each call is made in a function that is `async`, for a model may throw at once. */
function callableOf<Options extends LanguageModelV4CallOptions | LanguageModelV3CallOptions>(
  model: Model<Options>,
  write: (request: ModelRequest) => WrittenOptions<Options>,
): CallableModel {
  const asked = (options: object, abortSignal: AbortSignal) => ({ ...options, abortSignal }) as Options
  return {
    write,
    generate: async (options, signal) => model.doGenerate(asked(options, signal)),
    stream: async (options, signal) => model.doStream(asked(options, signal)),
  }
}
