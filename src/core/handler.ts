import type { Call } from './call.ts'
import type { Delta } from './delta.ts'
import type { Reply } from './reply.ts'

/**
 * Answers a call: yields deltas as they arrive and returns the finished reply. Throws an `InseamError`, never anything
 * else. A reader that stops early (`return()`) closes everything below.
 */
export type Handler = (call: Call) => AsyncGenerator<Delta, Reply, void>

/** Wraps the rest of the pipeline: may change the call, answer without `next`, or call it more than once. */
export type Stage = (next: Handler) => Handler

/** Wraps `last` in the stages, the first one outermost. */
export function compose(stages: readonly Stage[], last: Handler): Handler {
  return stages.reduceRight((next, stage) => stage(next), last)
}

/** Reads an answer to its end and returns the reply; the deltas are dropped. */
export async function drain(answer: AsyncGenerator<Delta, Reply, void>): Promise<Reply> {
  for (;;) {
    const step = await answer.next()
    if (step.done) return step.value
  }
}
