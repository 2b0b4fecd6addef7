import type { Call } from '../core/call.ts'
import type { Delta } from '../core/delta.ts'
import { close, drain } from '../core/handler.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { ask, beginCall, type DoorOptions, orRefuse } from './begin-call.ts'
import type { Feature } from './feature.ts'
import { inTime } from './in-time.ts'

/** What `seam.stream` yields: deltas as they arrive, then the reply. */
export type StreamPart = Delta | { readonly type: 'reply'; readonly reply: Reply }

/** Runs a feature and gives its reply. An ending other than `completed` is a reply too: look at `reply.ending`. */
export async function complete<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: DoorOptions = {},
): Promise<Reply> {
  const call = await prepare(pipeline, feature, input, options, false)
  return drain(pipeline.run(call))
}

/** Runs a feature and yields its answer as it arrives, then the reply. Stop reading, and the upstream stops. */
export async function* stream<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: DoorOptions = {},
): AsyncGenerator<StreamPart, Reply, void> {
  const call = await prepare(pipeline, feature, input, options, true)
  const answer = pipeline.run(call)
  try {
    const reply = yield* answer
    yield { type: 'reply', reply }
    return reply
  } finally {
    await close(answer)
  }
}

function prepare<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: DoorOptions,
  isStream: boolean,
): Promise<Call> {
  const ties = { id: options.id, stream: isStream }
  const time = inTime(pipeline.clock, options, feature.model)
  const begin = async () => beginCall(pipeline, feature, await ask(feature, input, time), options, ties)
  return orRefuse(pipeline, feature, options, begin, ties)
}
