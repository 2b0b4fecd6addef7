import { addCost, type Cost } from '../../core/cost.ts'
import { decidedBy } from '../../core/decision.ts'
import type { Delta } from '../../core/delta.ts'
import { drain, mapAnswer } from '../../core/handler.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Reply } from '../../core/reply.ts'
import { addUsage, type Usage } from '../../core/usage.ts'
import { asInseamError, type InseamError, OutputInvalid } from '../../errors/index.ts'
import type { Repair } from '../../structured/read-json.ts'
import { ask, beginCall, type DoorOptions, orRefuse } from '../begin-call.ts'
import { demandCompleted } from '../demand-completed.ts'
import type { Feature } from '../feature.ts'
import { inTime } from '../in-time.ts'
import { checkOutput, passesAtOnce } from './check-output.ts'
import { type OutputShape, outputShapeOf } from './output-shape.ts'
import { readPartials } from './read-partials.ts'
import { writeCorrection } from './write-correction.ts'

/** What `seam.extract` gives: a value that the feature's own schema has passed. */
export interface Extraction<Output> {
  readonly output: Output
  /** The rule or look-up that decided, or `model`. */
  readonly decidedBy: string
  /** Of the call and of its corrective turn, where there was one. */
  readonly cost: Cost
  /** Of both, too. */
  readonly usage: Usage
  /** Whether it took a corrective turn. */
  readonly corrected: boolean
  /** What had to be done to the model's text before it could be read; never more than what changes nothing. */
  readonly repair: Repair
  /** The id under which `inseam explain` tells the story. */
  readonly callId: string
  /** The reply that the value was read from. */
  readonly reply: Reply
}

/** What `seam.extractStream` yields. */
export type ExtractPart<Output> =
  /** The value as far as it has arrived: it grows in place and is not checked yet. What is absent may still be null in it. */
  | { readonly type: 'partial'; readonly value: unknown }
  /** What came so far is void: the answer starts again. */
  | { readonly type: 'restart'; readonly reason: string }
  /** The whole value, checked; always last. */
  | { readonly type: 'extracted'; readonly extraction: Extraction<Output> }

type Progress = Exclude<ExtractPart<never>, { readonly type: 'extracted' }>

/**
 * Runs a feature until its answer matches its schema: once, and where that fails once more with what was wrong, within what the first
 * call has left of the alias's `timeout.total`. Throws
 * `output-invalid` with both attempts, `reply-incomplete` where the model did not finish, and what the pipeline throws.
 */
export async function extract<Input, Output>(
  pipeline: Pipeline,
  feature: Feature<Input, Output>,
  input: Input,
  options: DoorOptions = {},
): Promise<Extraction<Output>> {
  return drain(run(pipeline, feature, input, options, false))
}

/** The same as it arrives: at most one partial value a delta, and the checked value last. Stop reading, and the upstream stops. */
export async function* extractStream<Input, Output>(
  pipeline: Pipeline,
  feature: Feature<Input, Output>,
  input: Input,
  options: DoorOptions = {},
): AsyncGenerator<ExtractPart<Output>, Extraction<Output>, void> {
  const extraction = yield* run(pipeline, feature, input, options, true)
  yield { type: 'extracted', extraction }
  return extraction
}

async function* run<Input, Output>(
  pipeline: Pipeline,
  feature: Feature<Input, Output>,
  input: Input,
  options: DoorOptions,
  isStream: boolean,
): AsyncGenerator<Progress, Extraction<Output>, void> {
  const time = inTime(pipeline.clock, options, feature.model)
  const prepare = async () => ({ shape: outputShapeOf(feature), asked: await ask(feature, input, time) })
  const { shape, asked } = await orRefuse(pipeline, feature, options, prepare, { id: options.id, stream: isStream })
  const accepts = (reply: Reply) => passesAtOnce(feature, shape, reply.text)
  const request = { stream: isStream, output: shape.format }
  const replies: Reply[] = []
  try {
    const first = beginCall(pipeline, feature, { ...asked, accepts }, options, { id: options.id, ...request })
    const reply = yield* read(pipeline.run(first), shape, () => asked.decided() !== undefined)
    demandCompleted(feature, reply)
    replies.push(reply)
    const decision = asked.decided()
    if (decision) {
      const output = decision.answer as Output
      return extractionOf(first.id, replies, { output, repair: 'exact' })
    }
    const checked = await checkOutput(feature, shape, reply.text, time.wait)
    if (checked.type === 'valid') return extractionOf(first.id, replies, checked)

    if (isStream) yield { type: 'restart', reason: 'The answer does not match its schema: it is corrected.' }
    const { issues } = checked
    const correction = writeCorrection(reply.text, issues, shape.isWrapped ? 'value' : '')
    const { promptHash, leading } = asked
    const second = beginCall(
      pipeline,
      feature,
      { messages: [...asked.messages, ...correction], promptHash, leading, accepts },
      { ...options, timeoutMs: time.left() },
      { parentId: first.id, since: first.story.startedAt, ...request },
    )
    second.story.note({ type: 'correcting', callId: first.id, problems: issues.length, at: issues[0]?.path ?? '' })
    const correctedReply = yield* read(pipeline.run(second), shape)
    demandCompleted(feature, correctedReply)
    replies.push(correctedReply)
    const again = await checkOutput(feature, shape, correctedReply.text, time.wait)
    if (again.type === 'valid') return extractionOf(first.id, replies, again)
    throw new OutputInvalid(feature.name, [
      { text: reply.text, issues },
      { text: correctedReply.text, issues: again.issues },
    ])
  } catch (thrown) {
    throw withSpent(asInseamError(thrown), replies)
  }
}

/** Passes an answer's value on as it grows. A rule's answer is known whole, and is not. */
function read(
  answer: AsyncGenerator<Delta, Reply, void>,
  { isWrapped }: OutputShape,
  isDecided = () => false,
): AsyncGenerator<Progress, Reply, void> {
  const partials = readPartials(isWrapped)
  return mapAnswer(answer, (delta): Progress | undefined => {
    if (isDecided()) return undefined
    const hasGrown = partials.push(delta)
    if (delta.type === 'restart') return { type: 'restart', reason: delta.reason }
    return hasGrown ? { type: 'partial', value: partials.value } : undefined
  })
}

/** What the last of the replies gave. */
function extractionOf<Output>(
  callId: string,
  replies: readonly Reply[],
  { output, repair }: Pick<Extraction<Output>, 'output' | 'repair'>,
): Extraction<Output> {
  const reply = replies.at(-1)!
  const corrected = replies.length > 1
  return { output, decidedBy: decidedBy(reply), repair, corrected, callId, reply, ...spentOn(replies) }
}

function spentOn(replies: readonly Reply[]): { readonly usage: Usage; readonly cost: Cost } {
  return {
    usage: replies.map(({ usage }) => usage).reduce(addUsage),
    cost: replies.map(({ cost }) => cost).reduce(addCost),
  }
}

/** The same error, with what all calls together brought and cost. */
function withSpent(error: InseamError, replies: readonly Reply[]): InseamError {
  const [last] = replies.slice(-1)
  if (!last) return error
  const { usage, cost } = spentOn(replies)
  const own = error.arrived
  error.arrived = own
    ? { content: own.content, usage: addUsage(usage, own.usage), cost: addCost(cost, own.cost) }
    : { content: last.content, usage, cost }
  return error
}
