import type {
  EmbeddingModelV3,
  EmbeddingModelV4,
  LanguageModelV3,
  LanguageModelV4,
  SharedV3Warning,
  SharedV4Warning,
} from '@ai-sdk/provider'
import type { ProviderPart } from '../core/delta.ts'
import type { OwnProvider, ProviderReply, RoutedCall } from '../core/provider.ts'
import type { Loss } from '../core/request.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { failureText, InseamError, isInseamError, ReplyUnreadable, tellLosses } from '../errors/index.ts'
import { unlessAborted } from '../stages/interruptible.ts'
import { askedModel } from '../wire/asked-model.ts'
import { checkVectors } from '../wire/check-vectors.ts'
import { type CallableEmbedding, callableEmbedding } from './callable-embedding.ts'
import { type CallableModel, callable } from './callable-model.ts'
import { readContent } from './read-content.ts'
import { readEnding } from './read-ending.ts'
import { readFailure } from './read-failure.ts'
import { type StreamedPart, streamReader } from './read-stream.ts'
import { readUsage } from './usage.ts'

/** Models of the AI SDK, brought as a provider. */
export interface AiSdkProviderOptions {
  /** The name in aliases: `vertex` of `vertex/gemini-3-pro`. */
  readonly name: string
  /** Models of spec v3 or v4 by the names that aliases have for them. Default: none. */
  readonly models?: Readonly<Record<string, LanguageModelV4 | LanguageModelV3>>
  /** Embedding models of spec v3 or v4, likewise. Default: none. */
  readonly embeddingModels?: Readonly<Record<string, EmbeddingModelV4 | EmbeddingModelV3>>
}

/**
 * Makes any language model or embedding model of the AI SDK a target, under the seam's clocks, retries, breaker and books: for `providers` of `openSeam`
 * and `createSeam`. The model's own `doGenerate`, `doStream` and `doEmbed` are called, once an attempt. An answer counts only with its
 * `finish` part. Throws `config-invalid` for a model of another spec and for a name that no alias could say.
 *
 * @example
 * ```ts no-run
 * import { createOpenAI } from '@ai-sdk/openai'
 * import { openSeam } from 'inseam'
 * import { aiSdkProvider } from 'inseam/ai-sdk'
 *
 * const openai = createOpenAI({ apiKey: process.env.OPENAI_API_KEY })
 * const mine = aiSdkProvider({ name: 'mine', models: { mini: openai('gpt-5.4-mini') } })
 * await using seam = await openSeam({ providers: [mine] })
 * ```
 */
export function aiSdkProvider({ name, models = {}, embeddingModels = {} }: AiSdkProviderOptions): OwnProvider {
  const callables = new Map(Object.entries(models).map(([id, model]) => [id, callable(model, `${name}/${id}`)]))
  const embeddings = new Map(
    Object.entries(embeddingModels).map(([id, model]) => [id, callableEmbedding(model, `${name}/${id}`)]),
  )
  if (!/^[\w.-]+$/.test(name)) {
    throw new InseamError('config-invalid', `"${name}" is no name for a provider.`, {
      fix: 'Use letters, digits, dots, dashes and underscores.',
    })
  }
  return {
    name,
    dialect: 'ai-sdk',
    models: [...new Set([...callables.keys(), ...embeddings.keys()])],
    maxInputs: (model) => embeddings.get(model)?.maxInputs,
    async *run(call) {
      const embedding = embeddings.get(call.target.model)
      if (embedding && call.request.operation === 'embed') return yield* runEmbedding(embedding, call)
      const model = callables.get(call.target.model)
      if (!model && embedding) throw givesVectorsOnly(call.target.name)
      if (!model) throw new TypeError(`The provider ${name} has no model ${call.target.model}.`)
      return yield* call.request.stream ? runStream(model, call) : runWhole(model, call)
    },
    // Models of the AI SDK hold nothing that could be closed: their fetch does.
    close: async () => undefined,
  }
}

type Generated = Awaited<ReturnType<CallableModel['generate']>>
type Run = AsyncGenerator<ProviderPart, ProviderReply, void>

async function* runWhole(model: CallableModel, call: RoutedCall): Run {
  const { target, request, signal, story } = call
  const { options, losses } = model.write(request)
  tellLosses(call, target, losses)
  yield { type: 'connected' }
  let result: Generated
  try {
    result = await unlessAborted(model.generate(options, signal), signal)
  } catch (thrown) {
    return yield* fail(thrown, call)
  }
  yield answered(understood(target.name, () => result.response?.headers))
  story.lose(lossesOf(result.warnings))
  const reply = understood(target.name, () => readResult(result, target.name))
  if (reply.usage) yield { type: 'usage', usage: reply.usage }
  return reply
}

async function* runEmbedding(model: CallableEmbedding, call: RoutedCall): Run {
  const { target, request, signal, story } = call
  const { options, losses } = model.write(request)
  tellLosses(call, target, losses)
  yield { type: 'connected' }
  let result: Awaited<ReturnType<CallableEmbedding['embed']>>
  try {
    result = await unlessAborted(model.embed(options, signal), signal)
  } catch (thrown) {
    return yield* fail(thrown, call)
  }
  yield answered(understood(target.name, () => result.response?.headers))
  story.lose(lossesOf(result.warnings))
  return understood(target.name, () => ({
    id: '',
    model: askedModel(target.name),
    content: [],
    vectors: checkVectors(result.embeddings, request, target.name),
    ending: { type: 'completed', by: 'end' },
    rawStop: '',
    usage: readEmbeddingUsage(result.usage?.tokens),
  }))
}

/** Some models count nothing, and say it as `NaN`. */
function readEmbeddingUsage(tokens: number | undefined): Usage | null {
  return tokens !== undefined && Number.isSafeInteger(tokens) && tokens >= 0
    ? { ...noUsage, inputUncached: tokens }
    : null
}

function givesVectorsOnly(target: string): InseamError {
  return new InseamError('operation-unsupported', `${target} gives vectors, and no answers.`, {
    fix: 'Name it under `models` too, as a language model, or ask another target.',
  })
}

function readResult(result: Generated, target: string): ProviderReply {
  const { content: parts, finishReason, response, usage } = result
  const content = parts.map((part) => readContent(part, target))
  const asksForTools = content.some(({ type }) => type === 'tool-call')
  return {
    id: response?.id ?? '',
    model: response?.modelId ?? askedModel(target),
    content,
    ending: readEnding(finishReason, asksForTools, target),
    rawStop: finishReason.raw ?? finishReason.unified,
    usage: readUsage(usage),
  }
}

async function* runStream(model: CallableModel, call: RoutedCall): Run {
  const { target, request, signal, story } = call
  const { options, losses } = model.write(request)
  tellLosses(call, target, losses)
  yield { type: 'connected' }
  let opened: Awaited<ReturnType<CallableModel['stream']>>
  const opening = model.stream(options, signal)
  try {
    opened = await unlessAborted(opening, signal)
  } catch (thrown) {
    // A model that does not listen may open its stream after all: it is closed then.
    opening.then(({ stream }) => stream.cancel()).catch(() => undefined)
    return yield* fail(thrown, call)
  }
  const parts = opened.stream.getReader()
  try {
    yield answered(opened.response?.headers)
    const reader = streamReader(target.name)
    for (;;) {
      const { done, value: part } = await unlessAborted(read(parts, target.name), signal)
      if (done) return reader.finish()
      if (part.type === 'stream-start') story.lose(lossesOf(part.warnings))
      yield* understood(target.name, () => reader.push(part))
      if (part.type !== 'finish') continue
      const reply = understood(target.name, () => reader.finish())
      if (reply.usage) yield { type: 'usage', usage: reply.usage }
      return reply
    }
  } finally {
    parts.cancel().catch(() => undefined)
  }
}

async function read(parts: ReadableStreamDefaultReader<StreamedPart>, target: string) {
  try {
    return await parts.read()
  } catch (thrown) {
    throw readFailure(thrown, target, 'streaming')
  }
}

/** What is no answer by the spec is the provider's failure, and not a defect of ours. */
function understood<Read>(target: string, read: () => Read): Read {
  try {
    return read()
  } catch (thrown) {
    if (isInseamError(thrown)) throw thrown
    throw new ReplyUnreadable(target, `what is no answer by the spec of the AI SDK (${failureText(thrown)})`, thrown)
  }
}

/** Tells what is known of the failure, so that the books bill only what may have been answered, and throws it. */
async function* fail(thrown: unknown, { target, signal }: RoutedCall): AsyncGenerator<ProviderPart, never, void> {
  if (signal.aborted) throw signal.reason
  const failure = readFailure(thrown, target.name, 'calling')
  const status = 'providerStatus' in failure ? failure.providerStatus : undefined
  if (typeof status === 'number') yield { type: 'answered', status }
  else if (failure.code !== 'reply-unreadable') yield { type: 'usage', usage: noUsage }
  throw failure
}

function answered(headers: Readonly<Record<string, string>> | undefined): ProviderPart {
  const requestId = headers?.['x-request-id'] ?? headers?.['request-id']
  return { type: 'answered', status: 200, ...(requestId !== undefined && { requestId }) }
}

/** What a model says that it left out. */
function lossesOf(warnings: readonly (SharedV4Warning | SharedV3Warning)[] = []): Loss[] {
  return warnings.flatMap((warning): Loss[] => {
    const detail = 'details' in warning && warning.details !== undefined ? warning.details : 'Its model says so.'
    switch (warning.type) {
      case 'unsupported':
        return [{ path: warning.feature, effect: 'dropped', detail }]
      case 'compatibility':
        return [{ path: warning.feature, effect: 'approximated', detail }]
      case 'deprecated':
        return []
      default:
        return [{ path: 'request', effect: 'approximated', detail: warning.message }]
    }
  })
}
