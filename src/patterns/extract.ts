import type { Cost } from '../core/cost.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { InseamError } from '../errors/index.ts'
import type { DoorOptions } from './begin-call.ts'
import type { Feature } from './feature.ts'

/** What `seam.extract` gives: a value that the feature's own schema has passed. */
export interface Extraction<Output> {
  readonly output: Output
  /** The rule or look-up that decided, or `model`. */
  readonly decidedBy: string
  /** Of the call and of its corrective turn, where there was one. */
  readonly cost: Cost
  /** Whether it took a corrective turn. */
  readonly corrected: boolean
  /** The id under which `inseam explain` tells the story. */
  readonly callId: string
  /** The reply that the value was read from. */
  readonly reply: Reply
}

/** What `seam.extractStream` yields. */
export type ExtractPart<Output> =
  /** The value as far as it has arrived: it grows in place, and is not checked yet. */
  | { readonly type: 'partial'; readonly value: unknown }
  /** What came so far is void: the answer starts again. */
  | { readonly type: 'restart'; readonly reason: string }
  /** The whole value, checked; always last. */
  | { readonly type: 'extracted'; readonly extraction: Extraction<Output> }

/** Not here yet. */
export async function extract<Input, Output>(
  _pipeline: Pipeline,
  { name }: Feature<Input, Output>,
  _input: Input,
  _options: DoorOptions = {},
): Promise<Extraction<Output>> {
  throw new InseamError('internal-error', `"${name}" cannot be run.`, { fix: 'Wait.' })
}

/** Not here yet. */
// biome-ignore lint/correctness/useYield: not here yet
export async function* extractStream<Input, Output>(
  _pipeline: Pipeline,
  { name }: Feature<Input, Output>,
  _input: Input,
  _options: DoorOptions = {},
): AsyncGenerator<ExtractPart<Output>, Extraction<Output>, void> {
  throw new InseamError('internal-error', `"${name}" cannot be run.`, { fix: 'Wait.' })
}
