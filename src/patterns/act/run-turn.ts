import { eventSchemaVersion, type StepEvent } from '../../core/event.ts'
import type { Message, ToolCallBlock } from '../../core/message.ts'
import type { Pipeline } from '../../core/pipeline.ts'
import type { Tool } from '../../tools/tool.ts'
import { notRun, type ReadStep, readStep, runStep, type StepAnswer, type StepContext } from './run-step.ts'
import type { RunTime } from './run-time.ts'

/** Where the tools of a run are run. */
export interface TurnContext {
  readonly pipeline: Pipeline
  readonly runId: string
  readonly tools: ReadonlyMap<string, Tool>
  /** Tools that run at the same time. */
  readonly parallelTools: number
  /** Of the run. */
  readonly time: RunTime
}

/** The call that asked for tools, and what it asked for. */
export interface AskedTurn {
  readonly callId: string
  readonly asked: readonly ToolCallBlock[]
  /** How many tools the run had asked for before. */
  readonly before: number
}

/** One tool that a run was asked for, and what it came to. */
export interface Step {
  readonly block: ToolCallBlock
  readonly answer: StepAnswer
  readonly event: StepEvent
}

/**
 * Runs what one answer asks for. All arguments are read before anything runs; what is valid then runs side by side, so many at a
 * time as the context says, begun in the order of asking. Each is an event, as soon as it has ended. Never throws.
 */
export async function runTurn(context: TurnContext, turn: AskedTurn): Promise<Step[]> {
  const stepIds = turn.asked.map(() => context.pipeline.newId('step'))
  const read = await Promise.all(
    turn.asked.map((block, index) => readStep(context.tools, block, stepContext(context, stepIds[index]!))),
  )
  return mapBounded(read, context.parallelTools, async (step, index) =>
    record(context, turn, index, stepIds[index]!, () => answerOf(step, context, stepContext(context, stepIds[index]!))),
  )
}

/** Writes down that nothing of a turn was run, because the run ends here. */
export function skipTurn(context: TurnContext, turn: AskedTurn): Promise<Step[]> {
  return Promise.all(
    turn.asked.map((_, index) =>
      record(context, turn, index, context.pipeline.newId('step'), () => Promise.resolve(notRun)),
    ),
  )
}

/** The results of a turn, as the model gets them. */
export function resultsOf(steps: readonly Step[]): Message {
  return {
    role: 'user',
    content: steps.map(({ block, answer: { outcome, text } }) => ({
      type: 'tool-result',
      callId: block.id,
      content: [{ type: 'text', text }],
      isError: outcome !== 'done',
    })),
  }
}

/** A tool that kept the process busy may have used up the time before any timer could say so: none begins after it. */
function answerOf(step: ReadStep, { time }: TurnContext, context: StepContext): Promise<StepAnswer> {
  if (step.type !== 'ready') return Promise.resolve(step.answer)
  return time.isOver() ? Promise.resolve(notRun) : runStep(step, context)
}

const stepContext = ({ pipeline, runId, time }: TurnContext, stepId: string): StepContext => ({
  clock: pipeline.clock,
  signal: time.signal,
  runId,
  stepId,
})

async function record(
  { pipeline, runId }: TurnContext,
  { callId, asked, before }: AskedTurn,
  index: number,
  stepId: string,
  work: () => Promise<StepAnswer>,
): Promise<Step> {
  const { clock } = pipeline
  const startedAt = clock.date()
  const begunAt = clock.now()
  const answer = await work()
  const block = asked[index]!
  const event: StepEvent = {
    type: 'step',
    schemaVersion: eventSchemaVersion,
    stepId,
    runId,
    callId,
    ordinal: before + index + 1,
    tool: block.name.slice(0, 64),
    startedAt,
    totalMs: clock.now() - begunAt,
    outcome: answer.outcome,
    ...(answer.errorMessage !== undefined && { errorMessage: answer.errorMessage }),
  }
  pipeline.record(event)
  return { block, answer, event }
}

async function mapBounded<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  const serve = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, serve))
  return results
}
