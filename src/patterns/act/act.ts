import type { Cost } from '../../core/cost.ts'
import { decidedBy } from '../../core/decision.ts'
import type { RunStop, StepEvent } from '../../core/event.ts'
import { drain } from '../../core/handler.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { ContinuedConversation } from '../../core/prompt-cache.ts'
import type { Reply } from '../../core/reply.ts'
import { asInseamError } from '../../errors/index.ts'
import { reasonToLeave } from '../../errors/reason-to-leave.ts'
import { type Asked, ask, beginCall, type DoorOptions, orRefuse } from '../begin-call.ts'
import type { AnyFeature, Feature } from '../feature.ts'
import { inTime } from '../in-time.ts'
import { addReply, addResults, beginConversation, type Conversation } from './conversation.ts'
import { type ActLimits, limitsOf } from './limits-of.ts'
import { limitReached, nextAfter, type Stop } from './next-after.ts'
import { endFailed, openRecord, type RunRecord, spend } from './run-record.ts'
import { beginTime, type RunTime } from './run-time.ts'
import { resultsOf, runTurn, skipTurn, type TurnContext } from './run-turn.ts'
import { definitionsOf, toolsOf } from './tools-of.ts'
import { watchRepeats } from './watch-repeats.ts'

interface RunFacts {
  /** The id under which `inseam explain` tells the story. */
  readonly runId: string
  /** The rule or look-up that decided, or `model`. */
  readonly decidedBy: string
  /** Of all calls of the run. */
  readonly cost: Cost
  /** The tools that were asked for, in order. */
  readonly steps: readonly StepEvent[]
  /** What the model said last. */
  readonly text: string
  /** The last reply. */
  readonly reply: Reply
}

/** What `seam.act` gives: the model finished, or the run was stopped, and by what. */
export type Run =
  | (RunFacts & { readonly type: 'finished' })
  | (RunFacts & { readonly type: 'stopped'; readonly by: RunStop; readonly detail: string })

/**
 * Lets the model use the feature's tools until it has finished or a limit stops it. Each tool that is asked for is a step of the
 * run and an event; the run's own event is written at its end, whatever that is. What the model asks for again is run again: give
 * effects a key of their own by which a repeat is known.
 *
 * Throws an `InseamError`: for a feature that cannot be run, for a call that fails, and when the caller leaves; `arrived` then
 * holds the cost of all calls. A limit that is reached is a result and no error; but a run whose time is over before its first
 * reply has nothing to give, and throws `deadline-exceeded`.
 */
export async function act<Input>(
  pipeline: Pipeline,
  feature: Feature<Input>,
  input: Input,
  options: DoorOptions = {},
): Promise<Run> {
  const record = openRecord(pipeline, feature, options)
  try {
    const prepare = async () => ({
      limits: limitsOf(feature),
      tools: toolsOf(feature),
      asked: await ask(feature, input, inTime(pipeline.clock, options, feature.model)),
    })
    const ready = await orRefuse(pipeline, feature, options, prepare, { runId: record.runId })
    const { timeoutMs = options.timeoutMs ?? Number.POSITIVE_INFINITY } = ready.asked
    const totalMs = Math.min(ready.limits.totalMs, timeoutMs)
    const time = beginTime(pipeline.clock, { name: feature.name, totalMs, signal: options.signal })
    const run = await converse({ pipeline, feature, options, record, time, ...ready }).finally(() => time.end())
    record.end(run.type === 'finished' ? { type: 'finished' } : { type: 'stopped', by: run.by })
    return run
  } catch (thrown) {
    throw endFailed(record, asInseamError(thrown))
  }
}

/** Everything that a run goes by. */
interface Running {
  readonly pipeline: Pipeline
  readonly feature: AnyFeature
  readonly options: DoorOptions
  readonly record: RunRecord
  readonly time: RunTime
  readonly limits: ActLimits
  readonly tools: TurnContext['tools']
  readonly asked: Asked<unknown>
}

/** Calls and tools by turns, until something ends them. */
async function converse(running: Running): Promise<Run> {
  const { record, time, limits } = running
  const conversation = beginConversation(running.asked.messages)
  const context = { ...running, runId: record.runId, parallelTools: limits.parallelTools }
  const repeated = watchRepeats()
  const stopped = (reply: Reply, { by, detail }: Stop): Run => ({
    type: 'stopped',
    by,
    detail,
    ...factsOf(record, reply, conversation.lastText),
  })
  for (;;) {
    const reply = await nextReply(running, conversation)
    if (reply === undefined) return stopped(conversation.reply!, outOfTime)
    addReply(conversation, reply)
    const next = nextAfter(reply)
    if (next.type === 'finished') return { type: 'finished', ...factsOf(record, reply, conversation.text) }
    if (next.type === 'stopped') return stopped(reply, next)

    const limit = limitReached(limits, record)
    const turn = { callId: reply.callId, asked: next.asked, before: record.steps.length }
    const steps = await (limit ? skipTurn(context, turn) : runTurn(context, turn))
    record.steps.push(...steps.map(({ event }) => event))
    const stop = limit ?? interruption(time) ?? repeated(steps)
    if (stop) return stopped(reply, stop)
    if (steps.length > 0) addResults(conversation, resultsOf(steps))
  }
}

/** The model's next reply; nothing where the run's time was over first, and there is an earlier one to end with. */
async function nextReply(running: Running, conversation: Conversation): Promise<Reply | undefined> {
  const { pipeline, feature, options, record, time, tools, asked } = running
  const isFirst = record.calls === 0
  const call = beginCall(
    pipeline,
    feature,
    {
      ...asked,
      messages: [...conversation.messages],
      conversation: continued(conversation),
      deciders: isFirst ? asked.deciders : undefined,
    },
    { ...options, timeoutMs: time.leftMs(), signal: time.signal },
    { runId: record.runId, tools: definitionsOf(tools) },
  )
  // What the door has noted is told once: a run's event has no word for it.
  if (isFirst && options.story) call.story.lose(options.story.losses)
  record.calls++
  conversation.sent = conversation.messages.length
  try {
    const reply = await drain(pipeline.run(call))
    spend(record, reply)
    return reply
  } catch (thrown) {
    const error = asInseamError(thrown)
    if (error.arrived) spend(record, error.arrived)
    if (conversation.reply && time.isOver()) return undefined
    throw error
  }
}

/** What of the conversation the model has seen before: each call reads from the prompt cache what the one before wrote. */
function continued({ sent, reply }: Conversation): ContinuedConversation {
  return {
    sentBefore: sent,
    ...(reply && { previous: { id: reply.id, ...(reply.target !== undefined && { target: reply.target }) } }),
  }
}

/** What ended the run while tools ran. Throws where it was the caller. */
function interruption(time: RunTime): Stop | undefined {
  if (time.isOver()) return outOfTime
  if (!time.signal.aborted) return undefined
  throw reasonToLeave(time.signal)
}

const outOfTime: Stop = {
  by: 'time',
  detail: "The time of the run was over (`limits.totalMs`, or the caller's own limit).",
}

function factsOf({ runId, cost, steps }: RunRecord, reply: Reply, text: string): RunFacts {
  return { runId, decidedBy: decidedBy(reply), cost, steps, text, reply }
}
