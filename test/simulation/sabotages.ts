import { noCost } from '../../src/core/cost.ts'
import type { Delta } from '../../src/core/delta.ts'
import { type Handler, resume, type Stage } from '../../src/core/handler.ts'
import type { Reply } from '../../src/core/reply.ts'
import type { Slot } from '../../src/core/slot.ts'
import { noUsage } from '../../src/core/usage.ts'
import { InseamError, isInseamError } from '../../src/errors/index.ts'
import type { Parts, Sabotage } from './world.ts'

/** Exchanges one stage, or wraps it: `change` gets what stands there. */
const stage =
  (name: string, change: (honest: Stage) => Stage): Sabotage =>
  (parts) => {
    const honest = parts.stages.get(name)
    if (!honest) throw new TypeError(`There is no stage ${name}.`)
    parts.stages.set(name, change(honest))
  }

const attempt =
  (change: (honest: Handler) => Handler): Sabotage =>
  (parts: Parts) => {
    parts.attempt = change(parts.attempt)
  }

const absent: Stage = (next) => next

const forgotten = (slot: Slot): Slot => ({
  queuedMs: slot.queuedMs,
  answered: (limits) => slot.answered(limits),
  succeeded: (usage) => slot.succeeded(usage),
  failed: (error) => slot.failed(error),
  release: () => undefined,
})

/** What a careless change would do to the pipeline; each breaks a promise, and must be seen to. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  'a stream that was cut is passed on as a whole answer': attempt(
    (next) =>
      async function* attempt(call) {
        const said: Delta[] = []
        const answer = next(call)
        try {
          for (;;) {
            const step = await answer.next()
            if (step.done) return step.value
            said.push(step.value)
            yield step.value
          }
        } catch (thrown) {
          if (said.length < 2) throw thrown
          const text = said.map((delta) => (delta.type === 'text-delta' ? delta.text : '')).join('')
          const content = [{ type: 'text' as const, text }]
          return {
            id: 'x',
            model: 'x',
            content,
            text,
            ending: { type: 'completed', by: 'end' },
            rawStop: 'stop',
            usage: noUsage,
            source: 'provider',
            cost: noCost,
            callId: call.id,
            losses: [],
          }
        }
      },
  ),
  'a truncated answer is called complete': attempt(
    (next) =>
      async function* attempt(call) {
        const reply = yield* next(call)
        return { ...reply, ending: { type: 'completed', by: 'end' } }
      },
  ),
  'nobody keeps the deadline': stage('deadline', () => absent),
  'the caller’s signal does not reach the attempt': attempt(
    (next) => (call) => next({ ...call, signal: new AbortController().signal }),
  ),
  'a retry comes after words were passed on': stage('retry', (honest) => (next) => {
    const again = honest(next)
    return async function* retry(call) {
      try {
        return yield* again(call)
      } catch {
        return yield* again(call)
      }
    }
  }),
  'a reader that stops is not told below': stage('route', (honest) => (next) => {
    const routed = honest(next)
    return async function* route(call) {
      const answer = routed(call)
      for (;;) {
        const step = await answer.next()
        if (step.done) return step.value
        yield step.value
      }
    }
  }),
  'an event is written twice': stage('observe', (honest) => (next) => honest(honest(next))),
  'no event is written': stage('observe', () => absent),
  'the cache keeps what was cut short': stage('cache', (honest) => (next) => {
    const kept = honest(async function* (call) {
      const reply = yield* next(call)
      return { ...reply, ending: { type: 'completed', by: 'end' } }
    })
    return kept
  }),
  'a block is told twice': stage(
    'structure',
    () => (next) =>
      async function* structure(call) {
        const answer = next(call)
        for (;;) {
          const step = await answer.next()
          if (step.done) return step.value
          yield step.value
          if (step.value.type === 'text-delta') yield step.value
        }
      },
  ),
  'a spliced answer is not compared with what was said': stage(
    'recover',
    () => (next) =>
      async function* recover(call) {
        try {
          return yield* next(call)
        } catch {
          return yield* next(call)
        }
      },
  ),
  'what is cancelled is not in the books': attempt(
    (next) =>
      async function* attempt(call) {
        const story = { ...call.story, settle: () => undefined }
        return yield* next({ ...call, story })
      },
  ),
  'what is read on for the books has no deadline': attempt(
    (next) => (call) => next({ ...call, deadlineAt: Number.POSITIVE_INFINITY }),
  ),
  'nobody waits for what is read on': attempt(
    (next) => (call) => next({ ...call, story: { ...call.story, readOn: () => undefined } }),
  ),
  'a failure is swallowed': stage(
    'break',
    () => (next) =>
      async function* breakCircuit(call) {
        try {
          return yield* next(call)
        } catch {
          return undefined as never
        }
      },
  ),
  'an error is somebody else’s': stage('observe', (honest) => (next) => {
    const watched = honest(next)
    return async function* observe(call) {
      try {
        return yield* watched(call)
      } catch {
        throw new TypeError('fetch failed')
      }
    }
  }),
  'a hedge that lost goes on': stage(
    'hedge',
    () => (next) =>
      async function* hedge(call) {
        const forgotten = next({ ...call, signal: new AbortController().signal })
        forgotten.next().catch(() => undefined)
        return yield* next(call)
      },
  ),
  'a place is never given back': ({ gates }) => {
    const { of } = gates
    gates.of = (target) => {
      const gate = of(target)
      return { ...gate, enter: async (call) => forgotten(await gate.enter(call)) }
    }
    gates.take = (call, target) => forgotten(of(target).take(call))
  },
  'who is turned away goes in all the same': stage('throttle', (honest) => (next) => {
    const held = honest(next)
    return async function* throttle(call) {
      try {
        return yield* held(call)
      } catch (thrown) {
        if (!isInseamError(thrown) || thrown.code !== 'throttled') throw thrown
        return yield* next(call)
      }
    }
  }),
  'nobody waits for a place': stage('throttle', () => absent),
  'what was rejected is tried again': stage('retry', (honest) => (next) => {
    const once = honest(next)
    return async function* retry(call) {
      const answer = once(call)
      let first: IteratorResult<Delta, Reply>
      try {
        first = await answer.next()
      } catch {
        return yield* once(call)
      }
      return yield* resume(first, answer)
    }
  }),
  'what was rejected goes to the next target': stage('retry', (honest) => (next) => {
    const once = honest(next)
    return async function* retry(call) {
      try {
        return yield* once(call)
      } catch (thrown) {
        if (!isInseamError(thrown) || thrown.advice !== 'stop') throw thrown
        throw new InseamError('server-error', 'no', { fix: 'none' })
      }
    }
  }),
  'an open breaker lets everybody through': stage('break', () => absent),
}
