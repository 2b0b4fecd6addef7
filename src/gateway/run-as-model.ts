import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import type { ClientDialect } from '../core/dialect.ts'
import { type Handler, mapAnswer } from '../core/handler.ts'
import { type BlockExtras, type Message, textOf } from '../core/message.ts'
import { deltasOf } from '../core/replay.ts'
import type { Reply } from '../core/reply.ts'
import type { ModelRequest, Operation } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'
import type { DoorOptions } from '../patterns/begin-call.ts'
import { type StreamPart, stream } from '../patterns/complete.ts'
import type { AnyFeature } from '../patterns/feature.ts'
import { readModelInput } from '../patterns/feature-model.ts'
import { type FeaturePipeline, patternOf } from '../patterns/run-feature.ts'
import { lossesOf, wordsOf } from './feature-losses.ts'
import { replyOf } from './feature-reply.ts'
import type { Headers } from './send.ts'

/** A feature in the place of a model. */
export interface ModelRun {
  readonly run: Handler
  /** How the run came out, once its first delta or its reply is there. */
  readonly headers: Headers
}

/** What is known of who asks. */
export interface RunAsModelOptions {
  readonly dialect: ClientDialect
  /** The feature that the caller's header names. */
  readonly named?: string
  /** What is asked for where it is no answer. */
  readonly operation?: Operation
}

/**
 * Makes a handler of a feature: the last message of the request is its input. The first call of the pattern, or its run, gets
 * the id and the story of the call that is handled, so that what the client is told can be looked up. Deltas of `complete`
 * go out as they come; what has to be whole to be checked goes out once it is. Throws `InvalidRequest`.
 */
export function runAsModel(
  pipeline: FeaturePipeline,
  feature: AnyFeature,
  asked: ModelRequest,
  { dialect, named, operation }: RunAsModelOptions,
): ModelRun {
  const input = readModelInput(feature, lastText(asked.messages, wordsOf(dialect).messages))
  const losses = lossesOf(asked, dialect)
  const asJson = asked.output !== undefined
  if (asJson && patternOf(feature) === 'complete') {
    losses.push({ path: wordsOf(dialect).output, effect: 'dropped', detail: 'The feature answers with text.' })
  }
  if (named !== undefined && named !== feature.name) {
    losses.push({ path: 'x-inseam-feature', effect: 'dropped', detail: 'The model names the feature.' })
  }
  const headers: Headers = {}

  const run: Handler = async function* runAsModel(call) {
    call.story.lose(losses)
    const options = optionsOf(call)
    if (operation === 'count-tokens') return await pipeline.countFeature(feature, input, options)
    if (call.request.stream && patternOf(feature) === 'complete') {
      return yield* mapAnswer(stream(pipeline, feature, input, options), deltaAlone)
    }
    const { reply, outcome } = replyOf(await pipeline.runFeature(feature, input, options), { dialect, asJson })
    if (outcome !== undefined) headers['x-inseam-outcome'] = outcome
    if (call.request.stream) yield* spell(reply)
    return reply
  }
  return { run, headers }
}

/** The caller may ask for fewer tokens than the feature allows. */
function optionsOf({ caller, request, ...call }: Call): DoorOptions {
  const { feature: _, ...rest } = caller
  const {
    id,
    story,
    door,
    terms,
    ownKeys,
    timeoutMs,
    translation,
    onInterrupted,
    holdBack,
    loadClass,
    traceId,
    signal,
  } = call
  const asked = {
    id,
    story,
    door,
    terms,
    ownKeys,
    timeoutMs,
    translation,
    onInterrupted,
    holdBack,
    loadClass,
    traceId,
    signal,
  }
  return { ...rest, ...asked, maxOutputTokens: request.maxOutputTokens }
}

function lastText(messages: readonly Message[], path: string): string {
  const last = messages.at(-1)
  if (last?.role !== 'user') {
    throw new InvalidRequest(path, "the last message is not the user's.", 'Send the input of the feature last.')
  }
  const foreign = last.content.find(({ type }) => type !== 'text')
  if (foreign) {
    throw new InvalidRequest(
      path,
      `a feature takes text, and the last message holds a ${foreign.type}.`,
      'Send the input of the feature as text, or as a JSON object.',
    )
  }
  return textOf(last.content)
}

const deltaAlone = (part: StreamPart): Delta | undefined => (part.type === 'reply' ? undefined : part)

/** A whole answer as deltas; what a dialect adds to a block follows the block's text, as the providers send it. */
function* spell({ content }: Reply): Generator<Delta, void, void> {
  for (const delta of deltasOf(content.map(({ extras: _, ...block }) => block))) {
    if (delta.type === 'block-end') yield* spellExtras(content[delta.index]?.extras, delta.index)
    yield delta
  }
}

function* spellExtras(extras: BlockExtras | undefined, index: number): Generator<Delta, void, void> {
  if (!extras) return
  const { dialect, fields } = extras
  for (const [key, values] of Object.entries(fields)) {
    for (const value of Array.isArray(values) ? values : []) yield { type: 'extra-delta', index, dialect, key, value }
  }
}
