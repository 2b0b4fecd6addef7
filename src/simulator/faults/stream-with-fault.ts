import type { Dialect, Frame } from '../dialect.ts'
import { errorEventProblem, filteredProblem } from './error-event.ts'
import { type Fault, numberParam, textParam } from './faults.ts'

/** What a stream does next. */
export type StreamStep =
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'pause'; readonly ms: number }
  | { readonly type: 'hang' }
  | { readonly type: 'cut'; readonly how: 'close' | 'reset' }

/** The stream as the fault makes it; a fault that does not concern streams leaves it as it is. */
export function* streamWithFault(
  frames: Iterable<Frame>,
  fault: Fault | undefined,
  dialect: Dialect,
  requestId: string,
): Generator<StreamStep> {
  switch (fault?.type) {
    case 'stall':
      yield* upTo(frames, numberParam(fault, 'after'))
      return yield { type: 'hang' }
    case 'cut': {
      const next = yield* upTo(frames, numberParam(fault, 'after'))
      if (fault.midEvent === true && next !== undefined) yield raw(next.text.slice(0, next.text.length / 2))
      return yield { type: 'cut', how: fault.reset === true ? 'reset' : 'close' }
    }
    case 'malformed-event':
      return yield* withMalformedEvent(frames, numberParam(fault, 'after'))
    case 'no-terminal-event':
      return yield* withoutEnding(frames, fault.done === true && dialect.name === 'openai-chat')
    case 'error-event-first':
      return yield last(dialect.errorFrame(errorEventProblem(textParam(fault, 'kind')), requestId))
    case 'error-event-mid':
      yield* upTo(frames, numberParam(fault, 'after'))
      return yield last(dialect.errorFrame(errorEventProblem(textParam(fault, 'kind')), requestId))
    case 'content-filter':
      if (dialect.name !== 'anthropic-messages') return yield* asSteps(frames)
      yield* upTo(frames, numberParam(fault, 'after'))
      return yield last(dialect.errorFrame(filteredProblem, requestId))
    case 'ping-only':
      while (true) {
        yield raw(dialect.keepAlive)
        yield { type: 'pause', ms: numberParam(fault, 'intervalMs') }
      }
    case 'slow-first-token':
      return yield* withLateContent(frames, numberParam(fault, 'ms'))
    default:
      return yield* asSteps(frames)
  }
}

function* asSteps(frames: Iterable<Frame>): Generator<StreamStep, void> {
  for (const frame of frames) yield { type: 'frame', frame }
}

/** The stream until so many deltas of content were sent, or until it would end; returns what would have come next. */
function* upTo(frames: Iterable<Frame>, deltas: number): Generator<StreamStep, Frame | undefined> {
  let sent = 0
  for (const frame of frames) {
    if (frame.kind === 'ending' || (frame.kind === 'content' && sent >= deltas)) return frame
    if (frame.kind === 'content') sent++
    yield { type: 'frame', frame }
  }
  return undefined
}

function* withMalformedEvent(frames: Iterable<Frame>, after: number): Generator<StreamStep, void> {
  let contents = 0
  let spoiled = false
  for (const frame of frames) {
    const strikes = !spoiled && (frame.kind === 'ending' || (frame.kind === 'content' && contents >= after))
    if (frame.kind === 'content') contents++
    if (!strikes) {
      yield { type: 'frame', frame }
      continue
    }
    spoiled = true
    yield { type: 'frame', frame: { ...frame, text: spoilt(frame.text), carriesUsage: false } }
  }
}

/** Words that end too soon; bytes whose last one is wrong. */
function spoilt(text: string | Uint8Array): string | Uint8Array {
  if (typeof text === 'string') return `${text.slice(0, text.length * 0.7).trimEnd()}\n\n`
  return text.with(text.length - 1, ~(text.at(-1) ?? 0))
}

function* withoutEnding(frames: Iterable<Frame>, withLast: boolean): Generator<StreamStep, void> {
  let end: Frame | undefined
  for (const frame of frames) {
    if (frame.kind === 'ending') end = frame
    else yield { type: 'frame', frame }
  }
  if (withLast && end !== undefined) yield { type: 'frame', frame: end }
}

function* withLateContent(frames: Iterable<Frame>, ms: number): Generator<StreamStep, void> {
  let waited = false
  for (const frame of frames) {
    if (!waited && frame.kind !== 'lifecycle') {
      waited = true
      yield { type: 'pause', ms }
    }
    yield { type: 'frame', frame }
  }
}

function raw(text: string | Uint8Array): StreamStep {
  return { type: 'frame', frame: { text, kind: 'lifecycle', outputTokens: 0, reasoningTokens: 0, carriesUsage: false } }
}

function last(text: string | Uint8Array): StreamStep {
  return { type: 'frame', frame: { text, kind: 'ending', outputTokens: 0, reasoningTokens: 0, carriesUsage: false } }
}
