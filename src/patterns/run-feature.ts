import type { Handler } from '../core/handler.ts'
import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import { addUsage, noUsage, type Usage } from '../core/usage.ts'
import { isInseamError } from '../errors/index.ts'
import type { Indexes } from '../retrieval/indexes.ts'
import { act, type Run } from './act/act.ts'
import { type Answer, answer } from './answer/answer.ts'
import type { DoorOptions } from './begin-call.ts'
import { complete } from './complete.ts'
import { type Extraction, extract } from './extract/extract.ts'
import type { AnyFeature } from './feature.ts'

/** What a feature gave, by the pattern that ran it. */
export type FeatureResult = PatternResult & {
  /** Of all calls that it took. */
  readonly usage: Usage
}

type PatternResult =
  | { readonly pattern: 'complete'; readonly result: Reply }
  | { readonly pattern: 'extract'; readonly result: Extraction<unknown> }
  | { readonly pattern: 'answer'; readonly result: Answer }
  | { readonly pattern: 'act'; readonly result: Run }

/** What doors that know features by name only stand on: the seam. */
export interface FeaturePipeline extends Pipeline {
  /** Runs a feature by its own pattern. Throws an `InseamError`. */
  runFeature(feature: AnyFeature, input: unknown, options?: DoorOptions): Promise<FeatureResult>
  /** Counts what a feature would send first; the count is the reply's `countedTokens`. Throws an `InseamError`. */
  countFeature(feature: AnyFeature, input: unknown, options?: DoorOptions): Promise<Reply>
}

/** The pattern that runs a feature: what it has says so. */
export function patternOf(feature: AnyFeature): FeatureResult['pattern'] {
  if (feature.tools) return 'act'
  if (feature.documents) return 'answer'
  return feature.output ? 'extract' : 'complete'
}

/** Runs a feature by its own pattern: for doors that know it by name only. */
export async function runFeature(
  pipeline: Pipeline,
  indexes: Indexes,
  feature: AnyFeature,
  input: unknown,
  options: DoorOptions = {},
): Promise<FeatureResult> {
  let usage = noUsage
  const take = (used: Usage) => {
    usage = addUsage(usage, used)
  }
  const run: Handler = (call) => count(pipeline.run(call), take)
  const ran = await runPattern({ ...pipeline, run }, indexes, feature, input, options)
  return { ...ran, usage }
}

/** The same without a sum of what was used. */
export async function runPattern(
  pipeline: Pipeline,
  indexes: Indexes,
  feature: AnyFeature,
  input: unknown,
  options: DoorOptions,
): Promise<PatternResult> {
  switch (patternOf(feature)) {
    case 'act':
      return { pattern: 'act', result: await act(pipeline, feature, input, options) }
    case 'answer':
      return { pattern: 'answer', result: await answer(pipeline, indexes, feature, input, options) }
    case 'extract':
      return { pattern: 'extract', result: await extract(pipeline, feature, input, options) }
    case 'complete':
      return { pattern: 'complete', result: await complete(pipeline, feature, input, options) }
  }
}

/** The same answer; tells what it used once it has ended, well or not. */
async function* count(answer: ReturnType<Handler>, used: (usage: Usage) => void): ReturnType<Handler> {
  try {
    const reply = yield* answer
    used(reply.usage)
    return reply
  } catch (thrown) {
    if (isInseamError(thrown) && thrown.arrived) used(thrown.arrived.usage)
    throw thrown
  }
}
