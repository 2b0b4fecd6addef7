import type { Pipeline } from '../core/pipeline.ts'
import type { Reply } from '../core/reply.ts'
import type { Indexes } from '../retrieval/indexes.ts'
import { act, type Run } from './act.ts'
import { type Answer, answer } from './answer.ts'
import type { DoorOptions } from './begin-call.ts'
import { complete } from './complete.ts'
import { type Extraction, extract } from './extract.ts'
import type { AnyFeature } from './feature.ts'

/** What a feature gave, by the pattern that ran it. */
export type FeatureResult =
  | { readonly pattern: 'complete'; readonly result: Reply }
  | { readonly pattern: 'extract'; readonly result: Extraction<unknown> }
  | { readonly pattern: 'answer'; readonly result: Answer }
  | { readonly pattern: 'act'; readonly result: Run }

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
