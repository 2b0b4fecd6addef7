import type { Pipeline } from '../core/pipeline.ts'
import type { DoorOptions } from '../patterns/begin-call.ts'
import type { AnyFeature } from '../patterns/feature.ts'
import type { FeatureResult } from '../patterns/run-feature.ts'

/** What a run of a suite needs of the seam: the pipeline that production calls. */
export interface EvalSeam extends Pick<Pipeline, 'clock' | 'newId' | 'models' | 'keepsContent'> {
  runFeature(feature: AnyFeature, input: unknown, options?: DoorOptions): Promise<FeatureResult>
}
