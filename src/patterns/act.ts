import type { Cost } from '../core/cost.ts'
import type { RunStop, StepEvent } from '../core/event.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { InseamError } from '../errors/index.ts'
import type { DoorOptions } from './begin-call.ts'
import type { Feature } from './feature.ts'

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

/** Not here yet. */
export async function act<Input>(
  _pipeline: Pipeline,
  { name }: Feature<Input>,
  _input: Input,
  _options: DoorOptions = {},
): Promise<Run> {
  throw new InseamError('internal-error', `"${name}" cannot be run.`, { fix: 'Wait.' })
}
