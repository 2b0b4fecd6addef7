import type { Call } from './call.ts'
import type { Delta } from './delta.ts'
import type { Reply } from './reply.ts'

/**
 * Answers a call: yields deltas as they arrive, where the request asks for a stream, and returns the finished reply. Throws an
 * `InseamError`, never anything else. A reader that stops early (`return()`) closes everything below.
 */
export type Handler = (call: Call) => AsyncGenerator<Delta, Reply, void>

/** Wraps the rest of the pipeline: may change the call, answer without `next`, or call it more than once. */
export type Stage = (next: Handler) => Handler

/** Wraps `last` in the stages, the first one outermost. */
export function compose(stages: readonly Stage[], last: Handler): Handler {
  return stages.reduceRight((next, stage) => stage(next), last)
}

/**
 * Goes on with an answer whose first step was awaited apart. Up to that step a failure can be retried or rerouted unseen;
 * from here on it is the caller's.
 */
export async function* resume(
  first: IteratorResult<Delta, Reply>,
  answer: AsyncGenerator<Delta, Reply, void>,
): AsyncGenerator<Delta, Reply, void> {
  if (first.done) return first.value
  let isOpen = true
  try {
    yield first.value
    const reply = yield* answer
    isOpen = false
    return reply
  } finally {
    if (isOpen) await close(answer)
  }
}

/** Passes on what `change` makes of each part of an answer, where it makes anything. Stop reading, and the answer is closed. */
export async function* mapAnswer<From, To>(
  answer: AsyncGenerator<From, Reply, void>,
  change: (part: From) => To | undefined,
): AsyncGenerator<To, Reply, void> {
  let isOpen = true
  try {
    for (;;) {
      const step = await answer.next()
      if (step.done) {
        isOpen = false
        return step.value
      }
      const changed = change(step.value)
      if (changed !== undefined) yield changed
    }
  } finally {
    if (isOpen) await close(answer)
  }
}

/** Tells an answer that nobody reads on; what it opened is closed once this resolves. */
export async function close(answer: AsyncGenerator<unknown, unknown, void>): Promise<void> {
  await answer.return(undefined)
}

/** Reads an answer to its end and returns what it came to; what it yields is dropped. */
export async function drain<Result>(answer: AsyncGenerator<unknown, Result, void>): Promise<Result> {
  for (;;) {
    const step = await answer.next()
    if (step.done) return step.value
  }
}
