import type {
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider'
import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import { drain } from '../core/handler.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { noUsage } from '../core/usage.ts'
import { asInseamError } from '../errors/index.ts'
import { type AnyCallOptions, readOptions } from './read-options.ts'
import { failureOf, SeamCallFailed } from './seam-call-failed.ts'
import { tellCall, tellWarnings } from './tell-call.ts'
import { writeUsage } from './usage.ts'
import { type SpecVersion, writeContent } from './write-content.ts'
import { writeEnding } from './write-ending.ts'
import { streamWriter } from './write-stream.ts'

/** What both specs ask of a model, in the words of v4; those of v3 are its subset. */
export interface SeamModel {
  readonly provider: string
  readonly modelId: string
  readonly supportedUrls: Record<string, RegExp[]>
  doGenerate(options: AnyCallOptions): Promise<LanguageModelV4GenerateResult>
  doStream(options: AnyCallOptions): Promise<LanguageModelV4StreamResult>
}

/** The part of a pipeline that is used. */
export type Runs = Pick<Pipeline, 'begin' | 'run' | 'refuse' | 'targetsOf' | 'clock'>

/** A model name of the seam as a language model. */
export function seamModel(pipeline: Runs, modelId: string, version: SpecVersion): SeamModel {
  return {
    provider: 'inseam',
    modelId,
    // What every dialect takes by its address; of all else the AI SDK fetches the bytes.
    supportedUrls: { 'image/*': [/^https:\/\//] },
    async doGenerate(options) {
      const call = begin(pipeline, modelId, options, false, options.abortSignal)
      try {
        const reply = await drain(pipeline.run(call))
        return {
          content: reply.content.map((block) => writeContent(block, version)),
          finishReason: writeEnding(reply),
          usage: writeUsage(reply.usage),
          providerMetadata: { inseam: tellCall(reply, call) },
          response: { id: reply.id, modelId: reply.model, timestamp: new Date(pipeline.clock.date()) },
          warnings: tellWarnings(call.story.losses),
        }
      } catch (thrown) {
        throw failureOf(thrown, modelId, call.id, options.abortSignal)
      }
    },
    async doStream(options) {
      const leaving = new AbortController()
      const signal = options.abortSignal ? AbortSignal.any([options.abortSignal, leaving.signal]) : leaving.signal
      const call = begin(pipeline, modelId, options, true, signal)
      const answer = pipeline.run(call)
      const fail = (thrown: unknown) => failureOf(thrown, modelId, call.id, options.abortSignal)
      // Nothing is passed on before the first content, so that until then a failure is the call's, and the warnings are known.
      const first = await answer.next().catch((thrown: unknown) => {
        throw fail(thrown)
      })
      const parts = writeParts(first, answer, { call, version, fail, date: () => pipeline.clock.date() })
      const leave = async () => {
        leaving.abort()
        await parts.return()
        // Parts that nobody began to read have closed nothing.
        await answer.return(undefined as never)
      }
      return { stream: streamOf(parts, leave) }
    },
  }
}

function begin(
  pipeline: Runs,
  model: string,
  options: AnyCallOptions,
  stream: boolean,
  signal: AbortSignal | undefined,
): Call {
  try {
    const { input, losses } = readOptions(options, stream)
    const call = pipeline.begin({ ...input, model, ...(signal && { signal }) })
    call.story.lose(losses)
    return call
  } catch (thrown) {
    const error = asInseamError(thrown)
    const call = pipeline.begin({ model, request: { messages: [], stream } })
    pipeline.refuse(call, error)
    throw new SeamCallFailed(error, model, call.id)
  }
}

interface Told {
  readonly call: Call
  readonly version: SpecVersion
  readonly fail: (thrown: unknown) => unknown
  /** Milliseconds since the Unix epoch. */
  readonly date: () => number
}

async function* writeParts(
  first: IteratorResult<Delta, Reply>,
  answer: AsyncGenerator<Delta, Reply, void>,
  { call, version, fail, date }: Told,
): AsyncGenerator<LanguageModelV4StreamPart, void, void> {
  const writer = streamWriter(version)
  let isOpen = true
  try {
    yield { type: 'stream-start', warnings: tellWarnings(call.story.losses) }
    let step = first
    while (!step.done) {
      yield* writer.push(step.value)
      step = await answer.next()
    }
    isOpen = false
    const reply = step.value
    yield { type: 'response-metadata', id: reply.id, modelId: reply.model, timestamp: new Date(date()) }
    yield {
      type: 'finish',
      finishReason: writeEnding(reply),
      usage: writeUsage(reply.usage),
      providerMetadata: { inseam: tellCall(reply, call) },
    }
  } catch (thrown) {
    isOpen = false
    const error = fail(thrown)
    if (!(error instanceof SeamCallFailed)) throw error
    yield { type: 'error', error }
    const usage = writeUsage(error.arrived?.usage ?? noUsage)
    yield { type: 'finish', finishReason: { unified: 'error', raw: error.code }, usage }
  } finally {
    if (isOpen) await answer.return(undefined as never)
  }
}

/** The parts as a stream that is written as it is read. Its reader leaves: the call ends at once, and the upstream with it. */
function streamOf(
  parts: AsyncGenerator<LanguageModelV4StreamPart, void, void>,
  leave: () => Promise<void>,
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      async pull(controller) {
        const { done, value } = await parts.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
}
