import type { Clock } from '../../core/clock.ts'
import { cutOff, type Ended } from '../../core/cut-off.ts'
import type { StepOutcome } from '../../core/event.ts'
import { milliseconds } from '../../core/figures.ts'
import type { ToolCallBlock } from '../../core/message.ts'
import { failureText } from '../../errors/index.ts'
import type { ReadArguments } from '../../tools/read-arguments.ts'
import { resultText } from '../../tools/result-text.ts'
import type { Tool, ToolContext } from '../../tools/tool.ts'
import { isToolError } from '../../tools/tool-error.ts'
import { writtenArguments } from './conversation.ts'

/** What a tool that was asked for came to. */
export interface StepAnswer {
  readonly outcome: StepOutcome
  /** What the model gets. */
  readonly text: string
  /** For the record, redacted. */
  readonly errorMessage?: string
}

/** A tool that was asked for, with its arguments read: ready to run, or answered without. */
export type ReadStep =
  | { readonly type: 'ready'; readonly tool: Tool; readonly value: unknown }
  | { readonly type: 'answered'; readonly answer: StepAnswer }

/** Where a step runs. */
export type StepContext = Omit<ToolContext, 'signal'> & { readonly clock: Clock; readonly signal: AbortSignal }

/** Finds the tool and reads its arguments. Runs nothing, and never throws. */
export async function readStep(
  tools: ReadonlyMap<string, Tool>,
  block: ToolCallBlock,
  context: StepContext,
): Promise<ReadStep> {
  const tool = tools.get(block.name)
  if (!tool) return { type: 'answered', answer: unknownTool(block.name, tools) }
  const written = writtenArguments(block)
  if (written.type === 'unreadable') return { type: 'answered', answer: invalid(tool, [written.why]) }
  const read = await cutOff(() => tool.read(written.value), { ...context, timeoutMs: tool.timeoutMs })
  return afterReading(tool, read, context)
}

/** Runs a tool until it ends or is cut off. Never throws. */
export async function runStep(
  { tool, value }: Extract<ReadStep, { type: 'ready' }>,
  { clock, signal, runId, stepId }: StepContext,
): Promise<StepAnswer> {
  const work = async (own: AbortSignal) =>
    resultText(await tool.run(value, { signal: own, runId, stepId }), tool.maxResultCharacters)
  const ended = await cutOff(work, { clock, signal, timeoutMs: tool.timeoutMs })
  return ended.type === 'done' ? { outcome: 'done', text: ended.value } : notDone(tool, ended, stepId)
}

function afterReading(tool: Tool, read: Ended<ReadArguments>, { stepId }: StepContext): ReadStep {
  if (read.type === 'timed-out')
    return { type: 'answered', answer: tooLate(tool, 'checked its arguments', 'It was not run.') }
  if (read.type !== 'done') return { type: 'answered', answer: notDone(tool, read, stepId) }
  const { value: said } = read
  switch (said.type) {
    case 'valid':
      return { type: 'ready', tool, value: said.value }
    case 'invalid':
      return { type: 'answered', answer: invalid(tool, said.issues) }
    case 'failed':
      return { type: 'answered', answer: notDone(tool, said, stepId) }
  }
}

function notDone(tool: Tool, ended: Exclude<Ended<unknown>, { type: 'done' }>, stepId: string): StepAnswer {
  switch (ended.type) {
    case 'failed':
      return {
        outcome: 'failed',
        text: failure(isToolError(ended.cause) ? ended.cause.message : `The tool failed. Reference: ${stepId}`, tool),
        errorMessage: failureText(ended.cause),
      }
    case 'timed-out':
      return tooLate(tool, 'given a result', 'Whether it had an effect is unknown.')
    case 'stopped':
      return notRun
  }
}

function tooLate(tool: Tool, what: string, then: string): StepAnswer {
  const why = `The tool had not ${what} within ${milliseconds(tool.timeoutMs)}.`
  return { outcome: 'timed-out', text: failure(`${why} ${then}`, tool), errorMessage: why }
}

/** A tool that the end of the run came before, or stopped. */
export const notRun: StepAnswer = { outcome: 'stopped', text: JSON.stringify({ error: 'The run was stopped.' }) }

function invalid(tool: Tool, issues: readonly string[]): StepAnswer {
  const error = `The arguments of "${tool.name}" are not valid, and it was not run.`
  return {
    outcome: 'arguments-invalid',
    text: resultText({ error, issues }, tool.maxResultCharacters),
    errorMessage: failureText(new Error(issues.join('; '))).replace(/^Error: /, ''),
  }
}

function unknownTool(name: string, tools: ReadonlyMap<string, Tool>): StepAnswer {
  const error = `There is no tool ${JSON.stringify(name.slice(0, 64))}.`
  return { outcome: 'unknown-tool', text: JSON.stringify({ error, tools: [...tools.keys()] }), errorMessage: error }
}

function failure(error: string, { maxResultCharacters }: Tool): string {
  return resultText({ error }, maxResultCharacters)
}
