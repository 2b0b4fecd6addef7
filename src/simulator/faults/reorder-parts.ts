import { takingTurns } from '../taking-turns.ts'
import { type Fault, textParam } from './faults.ts'
import type { FrameStep, StreamStep } from './stream-step.ts'

/** The stream with the pieces of its parts in another order; the same one for any other fault. */
export function reorderParts(steps: Iterable<StreamStep>, fault: Fault): Iterable<StreamStep> {
  if (fault.type === 'interleaved-parts') return eachRun(steps, interleaved)
  if (fault.type === 'disordered-parts') return eachRun(steps, (parts) => disordered(parts, textParam(fault, 'how')))
  return steps
}

/** Changes what stands between two frames that belong to no part. */
function* eachRun(
  steps: Iterable<StreamStep>,
  change: (parts: readonly FrameStep[][]) => Iterable<FrameStep>,
): Generator<StreamStep> {
  let run = new Map<number, FrameStep[]>()
  for (const step of steps) {
    const part = step.type === 'frame' ? step.frame.part : undefined
    if (step.type === 'frame' && part !== undefined) {
      run.set(part, [...(run.get(part) ?? []), step])
      continue
    }
    yield* change([...run.values()])
    run = new Map()
    yield step
  }
  yield* change([...run.values()])
}

function* interleaved(parts: readonly FrameStep[][]): Generator<FrameStep> {
  for (const [, step] of takingTurns(parts.map((steps) => steps.values()))) yield step
}

function disordered(parts: readonly FrameStep[][], how: string): FrameStep[] {
  const [first = [], ...rest] = parts
  switch (how) {
    case 'missing-start':
      return [first.slice(1), ...rest].flat()
    case 'missing-stop':
      return [first.at(-1)?.frame.kind === 'content' ? first : first.slice(0, -1), ...rest].flat()
    case 'late-delta':
      return [deltaLast(first), ...rest].flat()
    default:
      return parts.toReversed().flat()
  }
}

function deltaLast(part: readonly FrameStep[]): FrameStep[] {
  const at = part.findLastIndex(({ frame }) => frame.kind === 'content')
  return [...part.slice(0, at), ...part.slice(at + 1), ...part.slice(at, at + 1)]
}
