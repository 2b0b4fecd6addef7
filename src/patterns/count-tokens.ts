import type { Call } from '../core/call.ts'
import { drain, type Handler } from '../core/handler.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import type { Loss } from '../core/request.ts'
import type { Usage } from '../core/usage.ts'
import { InseamError } from '../errors/index.ts'
import type { Indexes } from '../retrieval/indexes.ts'
import type { DoorOptions } from './begin-call.ts'
import type { AnyFeature } from './feature.ts'
import { runPattern } from './run-feature.ts'

/** How many tokens a feature would send. */
export interface TokenCount {
  /** Input tokens of its first call; 0 where it would ask no model, because a rule decides or no document is found. */
  readonly tokens: number
  /** `measured` by the provider, or `estimated` by us because the target has no word for a count. */
  readonly source: Usage['source']
  /** `provider/model` that counted, or for which it was estimated. Absent where no model would be asked. */
  readonly target?: string
  /** What the target cannot be told, and that the count is an estimate where it is one. */
  readonly losses: readonly Loss[]
  /** The id of the count, under which `inseam explain` tells its story. */
  readonly callId: string
}

/** Counts what a feature would send first. Throws an `InseamError`. */
export async function countTokens(
  pipeline: Pipeline,
  indexes: Indexes,
  feature: AnyFeature,
  input: unknown,
  options: DoorOptions = {},
): Promise<TokenCount> {
  const reply = await countFeature(pipeline, indexes, feature, input, options)
  const { countedTokens = 0, usage, target, losses, callId } = reply
  return { tokens: countedTokens, source: usage.source, ...(target !== undefined && { target }), losses, callId }
}

/**
 * Runs a feature by its own pattern up to its first call, has that one counted, and goes no further: what is counted is what would be
 * sent, with tools, schema and passages. Rules and the search for documents run; tools do not. Throws an `InseamError`.
 */
export async function countFeature(
  pipeline: Pipeline,
  indexes: Indexes,
  feature: AnyFeature,
  input: unknown,
  options: DoorOptions = {},
): Promise<Reply> {
  let counted: Reply | undefined
  let failed: unknown
  // biome-ignore lint/correctness/useYield: a count yields nothing, and what comes after it is not wanted
  const run: Handler = async function* count(call) {
    try {
      counted = await drain(pipeline.run(asCount(call, options)))
    } catch (thrown) {
      failed = thrown
      throw thrown
    }
    throw noFurther()
  }
  try {
    // A run that goes no further than its first call is no run.
    await runPattern({ ...pipeline, run, record: () => undefined }, indexes, feature, input, options)
  } catch (thrown) {
    if (!counted) throw failed ?? thrown
  }
  if (!counted) throw failed ?? new TypeError(`The pattern of "${feature.name}" made no call.`)
  return { ...counted, countedTokens: counted.countedTokens ?? 0 }
}

function asCount({ accepts: _, runId: __, deciders, request, ...call }: Call, { id, story }: DoorOptions): Call {
  return {
    ...call,
    id: id ?? call.id,
    story: story ?? call.story,
    // There is no answer that they could look over.
    deciders: deciders?.map((decider) => ({
      name: decider.name,
      source: decider.source,
      decide: (signal) => decider.decide(signal),
    })),
    request: { ...request, operation: 'count-tokens', stream: false },
  }
}

const noFurther = () => new InseamError('aborted', 'The request was counted, and not sent.', { fix: '' })
