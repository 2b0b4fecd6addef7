import { formatCost } from '../core/cost.ts'
import type { CallEvent, RunEvent, RunStop, StepEvent } from '../core/event.ts'
import { counted, milliseconds } from '../core/figures.ts'
import { momentOf, wrapped } from './plain-text.ts'
import { tellAnswer } from './story-answer.ts'
import { tellCaller } from './story-caller.ts'
import { tellFailure } from './story-failure.ts'
import { joined, type Layout, layoutOf, type StoryOptions, timed, titled } from './story-layout.ts'

/**
 * The story of one run as plain text: each call and each tool in the order of time, with its time, cost and outcome, and how the
 * run ended, why, and what to do about it. `run` is undefined where it is under way, or its process died. What models and tools
 * said is shown without control characters. Never throws.
 */
export function tellRun(
  run: RunEvent | undefined,
  calls: readonly CallEvent[],
  steps: readonly StepEvent[],
  options: StoryOptions = {},
): string {
  const layout = layoutOf(options)
  const { width, paint } = layout
  const startedAt = run?.startedAt ?? calls[0]?.startedAt ?? steps[0]?.startedAt ?? 0
  const id = run?.runId ?? calls[0]?.runId ?? steps[0]?.runId ?? 'A run'
  const [title = '', ...rest] = wrapped(`${id} ${momentOf(startedAt)} UTC`, width)
  return joined([
    [paint('bold', title), ...rest],
    summary(run, calls, steps, layout),
    titled('What happened', happenings(calls, steps, startedAt, width), layout),
  ])
}

function summary(
  run: RunEvent | undefined,
  calls: readonly CallEvent[],
  steps: readonly StepEvent[],
  { width, paint }: Layout,
): string[] {
  const caller = run ?? calls[0]
  const ran = caller ? wrapped(tellCaller(caller, 'ran with its tools'), width) : []
  const path = `after ${counted(calls.length, 'call')} and ${counted(steps.length, 'tool')}`
  if (!run) return [...ran, ...wrapped(`It has not ended, ${path}: it is under way, or its process died.`, width)]
  const colour = { finished: 'green', stopped: 'bold', failed: 'red' } as const
  const ended = wrapped(`${ending(run)}, ${path}.`, width).map((line) => paint(colour[run.outcome.type], line))
  const spent = `All over after ${milliseconds(run.totalMs)}. Cost: ${formatCost(run.cost)}.`
  return [...ran, ...ended, ...wrapped(spent, width), ...why(run, width)]
}

function ending({ outcome }: RunEvent): string {
  switch (outcome.type) {
    case 'finished':
      return 'It finished'
    case 'stopped':
      return `It was stopped: ${outcome.by}`
    case 'failed':
      return `It failed: ${outcome.errorCode}`
  }
}

const stops: Readonly<Record<RunStop, readonly [why: string, fix: string]>> = {
  steps: [
    'The model had not finished when it had made all the calls that it may make.',
    'Raise `limits.steps`, or look below at what takes it so many.',
  ],
  time: [
    'The time of the run was over.',
    "Raise `limits.totalMs` or the caller's own limit, or make its tools quicker.",
  ],
  money: ['Its calls had cost what they may.', 'Raise `limits.costUsd`, or use a cheaper model.'],
  truncated: [
    'The answer was cut off. Tools that it asked for were not run.',
    'Raise `maxOutputTokens`, or ask for less at once.',
  ],
  refused: ['The model, or a filter, refused.', 'Look at what it was asked, and at what its tools gave it.'],
  paused: ['The model paused and had said nothing to go on from.', 'Run it again.'],
  repeating: [
    'It asked for the same with the same arguments, turn after turn, and got the same.',
    'Tell the model in the result what to do next, or that there is nothing more to do.',
  ],
}

function why({ outcome }: RunEvent, width: number): string[] {
  if (outcome.type === 'failed') return tellFailure(outcome, width)
  // A newer version may have written the record.
  if (outcome.type !== 'stopped' || !Object.hasOwn(stops, outcome.by)) return []
  const [reason, fix] = stops[outcome.by]
  return [...wrapped(reason, width), ...wrapped(`Fix: ${fix}`, width)]
}

interface Happening {
  readonly at: number
  readonly call: number
  /** 0 for the call itself: it is told before the tools that it asked for, even where the clock saw no time between. */
  readonly tool: number
  readonly text: string
}

function happenings(
  calls: readonly CallEvent[],
  steps: readonly StepEvent[],
  startedAt: number,
  width: number,
): string[] {
  const told: Happening[] = [
    ...calls.map((call, index) => ({ at: call.startedAt, call: index, tool: 0, text: tellCall(call, steps) })),
    ...steps.map((step) => {
      const call = calls.findIndex(({ callId }) => callId === step.callId)
      return { at: step.startedAt, call, tool: step.ordinal, text: tellStep(step) }
    }),
  ]
  return told
    .sort((left, right) => left.at - right.at || left.call - right.call || left.tool - right.tool)
    .flatMap(({ at, text }) => timed(Math.max(0, at - startedAt), text, width))
}

function tellCall(call: CallEvent, steps: readonly StepEvent[]): string {
  const asked = steps.filter(({ callId }) => callId === call.callId).length
  const tools = asked === 0 ? '' : ` and asked for ${counted(asked, 'tool')}`
  return `${call.callId}: ${tellAnswer(call)}${tools}; ${milliseconds(call.totalMs)}, ${formatCost(call.cost)}`
}

const outcomes: Readonly<Record<StepEvent['outcome'], string>> = {
  done: 'done',
  failed: 'failed',
  'timed-out': 'cut off',
  'arguments-invalid': 'not run, for its arguments were not valid',
  'unknown-tool': 'not run, for there is no such tool',
  stopped: 'stopped with the run',
}

function tellStep({ ordinal, tool, outcome, errorMessage, totalMs }: StepEvent): string {
  const said = errorMessage === undefined ? '' : `: ${errorMessage.replace(/\.$/, '')}`
  return `tool ${ordinal}, ${tool}: ${outcomes[outcome] ?? outcome}${said}; ${milliseconds(totalMs)}`
}
