import type { Benchmark } from '../harness/benchmark.ts'
import { bundle } from './bundle.ts'
import { evals, evalsCpu } from './evals.ts'
import { eventsMainThread, eventsPersisted } from './events.ts'
import { gateway, gatewayStreaming } from './gateway.ts'
import { firstCall, imports } from './import.ts'
import { json4, json64 } from './json.ts'
import { library, streaming, streamingApart } from './library.ts'
import { indexing, search } from './retrieval.ts'
import { translatedPrompt, translatedStreaming } from './translation.ts'

/** Every comparison, in the order in which they are run. */
export const benchmarks: readonly Benchmark[] = [
  gateway,
  gatewayStreaming,
  translatedStreaming,
  translatedPrompt,
  library,
  streaming,
  streamingApart,
  imports,
  firstCall,
  bundle,
  eventsPersisted,
  eventsMainThread,
  json64,
  json4,
  evals,
  evalsCpu,
  indexing,
  search,
]
