import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { type Collector, collect } from '../core/collect.ts'
import { addCost, noCost } from '../core/cost.ts'
import { type CallContent, type CallEvent, eventSchemaVersion, type PassedExchange, targetName } from '../core/event.ts'
import { close, type Handler, type Stage } from '../core/handler.ts'
import type { Moment } from '../core/moment.ts'
import type { Passage } from '../core/passage.ts'
import type { EventSink } from '../core/ports.ts'
import type { Reply } from '../core/reply.ts'
import { addUsage, noUsage } from '../core/usage.ts'
import { asInseamError, CallAborted, type InseamError } from '../errors/index.ts'
import { callContent } from './call-content.ts'
import { createLateReadings, type LateReadings } from './late-readings.ts'
import { failureOf, outcomeOf } from './outcome.ts'
import { recordEvent } from './record-event.ts'

/** What the record of calls needs. */
export interface ObserveOptions {
  readonly clock: Clock
  readonly events: EventSink
  /** Where calls wait whose answers are read on after their callers have left. Default: a place that nobody else knows of. */
  readonly late?: LateReadings
  /** Takes the known secrets out of a text, where events are to carry what was asked and answered. Default: they are not. */
  readonly keepContent?: () => ((text: string) => string) | undefined
}

/**
 * Writes one event per call, always: on success, on an error, when the reader stops early, and when something below throws
 * what it must not. Outermost, so that nothing escapes it; nothing but an `InseamError` leaves it. The reply that it passes
 * on carries the cost of all attempts.
 */
export function observe(options: ObserveOptions): Stage {
  const { clock, events, keepContent = keepNone, late = createLateReadings(clock) } = options
  return (next) =>
    async function* observe(call) {
      const redact = withoutKeys(keepContent(), call)
      const collector = redact && collect()
      let ended: Ended | undefined
      try {
        const reply = {
          ...(yield* collector ? collecting(next(call), collector) : next(call)),
          callId: call.id,
          cost: totalCost(call),
          losses: [...call.story.losses],
        }
        ended = { reply }
        return reply
      } catch (thrown) {
        const error = withTotals(asInseamError(thrown), call)
        ended = { error }
        throw error
      } finally {
        const end = ended ?? { error: new CallAborted() }
        const content = redact && collector ? contentOf(call, end, collector, redact) : undefined
        const times = timesOf(call, clock)
        const write = () => recordEvent(events, describe(call, times, end, content))
        if (call.story.late.length === 0) write()
        else late.add(call.story.late, write)
      }
    }
}

const keepNone = () => undefined

async function* collecting(answer: ReturnType<Handler>, collector: Collector): ReturnType<Handler> {
  try {
    for (;;) {
      const step = await answer.next()
      if (step.done) return step.value
      collector.add(step.value)
      yield step.value
    }
  } finally {
    await close(answer)
  }
}

/** Of an answer that did not end, what had arrived: passed on, or at the last attempt. */
function contentOf(
  { request: { messages } }: Call,
  ended: Ended,
  collector: Collector,
  redact: (text: string) => string,
): CallContent | undefined {
  const passedOn = collector.content()
  const arrived = 'reply' in ended ? ended.reply.content : passedOn.length > 0 ? passedOn : ended.error.arrived?.content
  const answer = arrived && arrived.length > 0 ? arrived : undefined
  return messages.length > 0 || answer ? callContent({ messages, answer, redact }) : undefined
}

type Ended = { readonly reply: Reply } | { readonly error: InseamError }

const totalCost = ({ story }: Call) =>
  story.attempts.length === 1 && story.attempts[0]
    ? story.attempts[0].cost
    : story.attempts.reduce((sum, { cost }) => addCost(sum, cost), noCost)
const totalUsage = ({ story }: Call) => story.attempts.reduce((sum, { usage }) => addUsage(sum, usage), noUsage)

function promptCacheSaved({ story }: Call): number | undefined {
  let sum: number | undefined
  for (const { promptCacheSavedNanoUsd: saved } of story.attempts) if (saved !== undefined) sum = (sum ?? 0) + saved
  return sum
}

/** The error that leaves the call carries what all of its attempts used and cost, and the content of the last. */
function withTotals(error: InseamError, call: Call): InseamError {
  if (call.story.attempts.length > 0) {
    error.arrived = { content: error.arrived?.content ?? [], usage: totalUsage(call), cost: totalCost(call) }
  }
  return error
}

interface Times {
  readonly startedAt: number
  readonly totalMs: number
}

function timesOf({ story }: Call, clock: Clock): Times {
  const totalMs = clock.now() - story.startedAt
  return { startedAt: Math.round(clock.date() - totalMs), totalMs }
}

function describe(
  call: Call,
  { startedAt, totalMs }: Times,
  ended: Ended,
  content: CallContent | undefined,
): CallEvent {
  const { story, caller, request, passage } = call
  const last = story.attempts.at(-1)
  const reply = 'reply' in ended ? ended.reply : undefined
  return {
    ...caller,
    type: 'call',
    schemaVersion: eventSchemaVersion,
    callId: call.id,
    parentId: call.parentId,
    runId: call.runId,
    traceId: call.traceId,
    door: call.door,
    promptHash: call.promptHash,
    model: call.model,
    target: reply?.target ?? (last && targetName(last)),
    dialectIn: call.wire?.dialect,
    dialectOut: last?.dialect,
    operation: passage ? 'pass-through' : request.operation,
    passed: passage && passedOf(passage),
    streamed: request.stream,
    source: reply?.source ?? 'provider',
    startedAt,
    firstTokenMs: story.moments.find(({ type }) => type === 'committed')?.atMs,
    totalMs,
    overheadMs: Math.max(0, totalMs - timeElsewhere(call)),
    outcome: 'reply' in ended ? outcomeOf(ended.reply) : failureOf(ended.error),
    usage: totalUsage(call),
    cost: totalCost(call),
    sparedCost: reply?.sparedCost,
    promptCacheSavedNanoUsd: promptCacheSaved(call),
    attempts: Math.max(story.begun, story.attempts.length),
    fallbacks: count(call, 'fell-back'),
    cache: count(call, 'cache-hit') > 0 ? 'hit' : count(call, 'cache-miss') > 0 ? 'miss' : 'off',
    losses: story.losses,
    moments: story.moments,
    content,
  }
}

/** Longer paths are cut: none of the official APIs has one. */
const maxPathLength = 200

function passedOf({ method, path, bytes }: Passage): PassedExchange {
  return { method, path: path.slice(0, maxPathLength), bytesIn: bytes.in, bytesOut: bytes.out }
}

function count({ story }: Call, type: CallEvent['moments'][number]['type']): number {
  return story.moments.reduce((sum, moment) => sum + Number(moment.type === type), 0)
}

function timeElsewhere({ story }: Call): number {
  const waited = story.moments.reduce((sum, moment) => sum + waitOf(moment), 0)
  return story.attempts.reduce((sum, { totalMs }) => sum + totalMs, waited)
}

function waitOf(moment: Moment): number {
  switch (moment.type) {
    case 'waited':
    case 'let-through':
    case 'left-queue':
    case 'shed':
      return moment.ms
    default:
      return 0
  }
}

/** What a provider echoes of a key that the caller brought is not kept either. */
function withoutKeys(redact: ((text: string) => string) | undefined, { ownKeys }: Call): typeof redact {
  if (!redact || !ownKeys) return redact
  const secrets = [...ownKeys.values()].map(({ reveal }) => reveal())
  return (text) => secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), redact(text))
}
