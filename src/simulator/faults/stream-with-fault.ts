import type { Dialect, Frame } from '../dialect.ts'
import { errorEventProblem, filteredProblem } from './error-event.ts'
import { type Fault, numberParam, textParam } from './faults.ts'
import { endlessEvent, hugeEvent } from './oversized-event.ts'
import { reframe, reframingRank } from './reframe.ts'
import { reorderParts } from './reorder-parts.ts'
import { again, asSteps, type FrameStep, last, raw, type StreamStep } from './stream-step.ts'
import { unknownEvent, withUnknownField } from './unknown-event.ts'

/** The stream as the faults make it, one after the other, those of the bytes after those of the events; a fault that does not concern streams leaves it as it is. */
export function streamWithFaults(
  frames: Iterable<Frame>,
  faults: readonly Fault[],
  dialect: Dialect,
  requestId: string,
): Iterable<StreamStep> {
  const inOrder = faults.toSorted((left, right) => reframingRank(left) - reframingRank(right))
  return inOrder.reduce<Iterable<StreamStep>>(
    (steps, fault) => streamWithFault(steps, fault, dialect, requestId),
    asSteps(frames),
  )
}

function* streamWithFault(
  steps: Iterable<StreamStep>,
  fault: Fault,
  dialect: Dialect,
  requestId: string,
): Generator<StreamStep> {
  const after = numberParam(fault, 'after')
  switch (fault.type) {
    case 'stall':
      yield* upTo(steps, after)
      return yield { type: 'hang' }
    case 'cut': {
      const next = yield* upTo(steps, after)
      if (fault.midEvent === true && next !== undefined) {
        const { text } = next.frame
        yield raw(text.slice(0, text.length / 2))
      }
      return yield { type: 'cut', how: fault.reset === true ? 'reset' : 'close' }
    }
    case 'early-end':
      yield* upTo(steps, after)
      return
    case 'malformed-event':
      return yield* withMalformedEvent(steps, after)
    case 'no-terminal-event':
      return yield* withoutEnding(steps, fault.done === true && dialect.name === 'openai-chat')
    case 'left-open':
      return yield* leftOpen(steps, fault.done !== true && dialect.name === 'openai-chat')
    case 'terminal-event-twice':
      return yield* withEndingTwice(steps, fault.whole === true)
    case 'events-after-end':
      yield* withEventsAfterEnd(steps, textParam(fault, 'what') === 'garbage')
      if (fault.open === true) yield { type: 'hang' }
      return
    case 'error-event-first':
      return yield last(dialect.errorFrame(errorEventProblem(textParam(fault, 'kind')), requestId))
    case 'error-event-mid':
      yield* upTo(steps, after)
      return yield last(dialect.errorFrame(errorEventProblem(textParam(fault, 'kind')), requestId))
    case 'content-filter':
      if (dialect.name !== 'anthropic-messages') return yield* steps
      yield* upTo(steps, after)
      return yield last(dialect.errorFrame(filteredProblem, requestId))
    case 'ping-only':
      while (true) {
        yield raw(dialect.keepAlive)
        yield { type: 'pause', ms: numberParam(fault, 'intervalMs') }
      }
    case 'slow-first-token':
      return yield* withLateContent(steps, numberParam(fault, 'ms'), 1)
    case 'slow-tokens':
      return yield* withLateContent(steps, numberParam(fault, 'ms'), Number.POSITIVE_INFINITY)
    case 'unknown-events':
      return yield* withUnknownEvents(steps, dialect)
    case 'huge-event': {
      const bytes = Math.max(0, Math.round(numberParam(fault, 'mebibytes') * 2 ** 20))
      return yield* withOversized(steps, after, () => hugeEvent(dialect.name, bytes))
    }
    case 'endless-event':
      return yield* withOversized(steps, after, () => endlessEvent(dialect.name))
    case 'endless-answer':
      return yield* withoutEnd(steps)
    default:
      return yield* reframe(reorderParts(steps, fault), fault)
  }
}

/** The stream until so many deltas of content were sent, or until it would end; returns what would have come next. */
function* upTo(steps: Iterable<StreamStep>, deltas: number): Generator<StreamStep, FrameStep | undefined> {
  let sent = 0
  for (const step of steps) {
    if (step.type === 'frame') {
      const { kind } = step.frame
      if (kind === 'ending' || (kind === 'content' && sent >= deltas)) return step
      if (kind === 'content') sent++
    }
    yield step
  }
  return undefined
}

/** Puts something in place of the event that comes after so many deltas of content. */
function* inPlaceOf(
  steps: Iterable<StreamStep>,
  after: number,
  other: (step: FrameStep) => Iterable<StreamStep>,
): Generator<StreamStep> {
  let contents = 0
  let struck = false
  for (const step of steps) {
    if (step.type === 'frame') {
      const { kind } = step.frame
      if (!struck && (kind === 'ending' || (kind === 'content' && contents >= after))) {
        struck = true
        yield* other(step)
      } else yield step
      if (kind === 'content') contents++
    } else yield step
  }
}

function withMalformedEvent(steps: Iterable<StreamStep>, after: number): Generator<StreamStep> {
  return inPlaceOf(steps, after, (step) => [
    { ...step, frame: { ...step.frame, text: spoilt(step.frame.text), carriesUsage: false } },
  ])
}

function withOversized(
  steps: Iterable<StreamStep>,
  after: number,
  write: () => Iterable<string | Uint8Array>,
): Generator<StreamStep> {
  return inPlaceOf(steps, after, function* (step) {
    for (const piece of write()) yield raw(piece)
    yield step
  })
}

/** Words that end too soon; bytes whose last one is wrong. */
function spoilt(text: string | Uint8Array): string | Uint8Array {
  if (typeof text === 'string') return `${text.slice(0, text.length * 0.7).trimEnd()}\n\n`
  return text.with(text.length - 1, ~(text.at(-1) ?? 0))
}

/** Sends all that is not the end, and returns the end. */
function* takeEnding(steps: Iterable<StreamStep>): Generator<StreamStep, FrameStep[]> {
  const ending: FrameStep[] = []
  for (const step of steps) {
    if (step.type === 'frame' && step.frame.kind === 'ending') ending.push(step)
    else yield step
  }
  return ending
}

function* withoutEnding(steps: Iterable<StreamStep>, withLast: boolean): Generator<StreamStep> {
  const ending = yield* takeEnding(steps)
  if (withLast) yield* ending.slice(-1)
}

function* leftOpen(steps: Iterable<StreamStep>, withoutLast: boolean): Generator<StreamStep> {
  const ending = yield* takeEnding(steps)
  yield* withoutLast ? ending.slice(0, -1) : ending
  yield { type: 'hang' }
}

function* withEndingTwice(steps: Iterable<StreamStep>, whole: boolean): Generator<StreamStep> {
  const ending = yield* takeEnding(steps)
  yield* ending
  for (const step of whole ? ending : ending.slice(-1)) yield again(step)
}

function* withEventsAfterEnd(steps: Iterable<StreamStep>, garbage: boolean): Generator<StreamStep> {
  const contents: FrameStep[] = []
  for (const step of steps) {
    if (step.type === 'frame' && step.frame.kind === 'content') contents.push(step)
    yield step
  }
  for (const step of garbage ? contents.slice(-1) : contents.slice(-3)) {
    const { frame } = again(step, 'ending')
    yield { type: 'frame', frame: garbage ? { ...frame, text: spoilt(frame.text) } : frame }
  }
}

function* withLateContent(steps: Iterable<StreamStep>, ms: number, times: number): Generator<StreamStep> {
  let waited = 0
  for (const step of steps) {
    const kind = step.type === 'frame' ? step.frame.kind : 'lifecycle'
    if (waited < times && (kind === 'content' || (kind === 'ending' && waited === 0))) {
      waited++
      yield { type: 'pause', ms }
    }
    yield step
  }
}

function* withUnknownEvents(steps: Iterable<StreamStep>, dialect: Dialect): Generator<StreamStep> {
  let ending = false
  for (const step of steps) {
    if (step.type === 'frame' && step.frame.kind !== 'lifecycle' && !ending) {
      ending = step.frame.kind === 'ending'
      yield raw(unknownEvent(dialect.name))
    }
    yield step.type === 'frame' ? { ...step, frame: { ...step.frame, text: withUnknownField(step.frame.text) } } : step
  }
}

/** What was said last comes again, from where the answer would have gone on to its end. */
function* withoutEnd(steps: Iterable<StreamStep>): Generator<StreamStep> {
  const said: FrameStep[] = []
  for (const step of steps) {
    if (step.type === 'frame' && step.frame.kind === 'content') said.push(step)
    else if (said.length > 0) break
    yield step
  }
  while (said.length > 0) yield* said
}
