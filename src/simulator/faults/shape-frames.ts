import type { Dialect, Frame } from '../dialect.ts'
import { asList, asObject, asText } from '../json.ts'
import { brokenText } from './broken-text.ts'
import { type ChangeJson, changeJson, lastFirst, strikesOnce } from './change-json.ts'
import { withEventJson } from './event-json.ts'
import { type Fault, numberParam } from './faults.ts'
import { usageSoFar, withoutUsage } from './shape-usage.ts'

/** The events of an answer as a fault of its body leaves them; what they bill stays the same. */
export function shapeFrames(frames: Iterable<Frame>, fault: Fault | undefined, dialect: Dialect): Iterable<Frame> {
  if (fault === undefined) return frames
  switch (fault.type) {
    case 'invalid-utf8':
      return eachFrame(frames, (frame) => ({ ...frame, text: brokenText(frame.text) }))
    case 'bom':
      return withMark(frames)
    case 'corrupt-encoding':
      return eachFrame(frames, (frame) => ({ ...frame, carriesUsage: false }))
    case 'choices-out-of-order':
      return lastChoiceFirst(changedAll(frames, lastFirst, fault))
    case 'usage-late':
      return dialect.name === 'anthropic-messages' || dialect.name === 'gemini' ? usageApart(frames) : frames
    case 'usage-repeated':
      return usageAgain(frames, numberParam(fault, 'times'))
    default: {
      const change = changeJson(fault)
      if (change === undefined) return frames
      return strikesOnce(fault) ? changedOnce(frames, change) : changedAll(frames, change, fault)
    }
  }
}

function* eachFrame(frames: Iterable<Frame>, change: (frame: Frame) => Frame): Generator<Frame> {
  for (const frame of frames) yield change(frame)
}

function changedAll(frames: Iterable<Frame>, change: ChangeJson, fault: Fault): Iterable<Frame> {
  const lies = fault.type === 'usage-wrong'
  return eachFrame(frames, (frame) => {
    const changed = withEventJson(frame, change)
    return lies ? { ...changed, carriesUsage: false } : changed
  })
}

function* changedOnce(frames: Iterable<Frame>, change: ChangeJson): Generator<Frame> {
  let struck = false
  for (const frame of frames) {
    const strikes: boolean = !struck && frame.kind !== 'lifecycle'
    struck ||= strikes
    yield strikes ? withEventJson(frame, change) : frame
  }
}

/** Bytes before a binary message would only break it: there the mark stands before its JSON. */
function* withMark(frames: Iterable<Frame>): Generator<Frame> {
  let marked = false
  for (const frame of frames) {
    if (marked || frame.text.length === 0) yield frame
    else if (typeof frame.text === 'string') yield { ...frame, text: `\u{feff}${frame.text}` }
    else yield withEventJson(frame, (json) => `\u{feff}${json}`)
    marked ||= frame.text.length > 0
  }
}

/** All of the last choice, then of the one before it. Only what a choice says and how it ends is moved. */
function* lastChoiceFirst(frames: Iterable<Frame>): Generator<Frame> {
  const held: { readonly frame: Frame; readonly index: number }[] = []
  for (const frame of frames) {
    const index = choiceOf(frame)
    if (index !== undefined) held.push({ frame, index })
    else {
      yield* inOrder(held.splice(0))
      yield frame
    }
  }
  yield* inOrder(held)
}

function inOrder(held: readonly { readonly frame: Frame; readonly index: number }[]): Frame[] {
  return held.toSorted((left, right) => right.index - left.index).map(({ frame }) => frame)
}

function choiceOf(frame: Frame): number | undefined {
  let index: number | undefined
  withEventJson(frame, (json) => {
    const { choices, candidates } = asObject(JSON.parse(json))
    const [choice, ...others] = [...asList(choices), ...asList(candidates)]
    if (choice !== undefined && others.length === 0) index = Number(asObject(choice).index ?? 0)
    return json
  })
  return index
}

function* usageApart(frames: Iterable<Frame>): Generator<Frame> {
  for (const frame of frames) {
    if (!frame.carriesUsage) yield frame
    else {
      yield { ...withEventJson(frame, withoutUsage), carriesUsage: false }
      yield { ...withEventJson(frame, onlyUsage), outputTokens: 0, reasoningTokens: 0 }
    }
  }
}

/** Gemini's responses need say nothing else; Anthropic's event says again why the answer ended. */
function onlyUsage(json: string): string {
  const { candidates: _, ...rest } = asObject(JSON.parse(json))
  return JSON.stringify(rest)
}

/** The sums so far come before anything says that the answer ended. */
function* usageAgain(frames: Iterable<Frame>, times: number): Generator<Frame> {
  const endings: Frame[] = []
  for (const frame of frames) {
    if (frame.kind === 'ending') endings.push(frame)
    else yield frame
  }
  const told = endings.find(({ carriesUsage }) => carriesUsage)
  for (let time = 1; told !== undefined && time < times; time++) {
    const early = withEventJson(told, (json) => beforeTheEnd(usageSoFar(json, time / times), time - 1))
    const text = typeof early.text === 'string' ? early.text.replace(/^event: response\.\w+/, inProgress) : early.text
    yield { ...early, text, kind: 'lifecycle', carriesUsage: false }
  }
  yield* eachFrame(endings, (frame) =>
    withEventJson(frame, (json) => numbered(json, told === undefined ? 0 : times - 1)),
  )
}

const inProgress = 'event: response.in_progress'

/** An event with usage that does not say that the answer ended. */
function beforeTheEnd(json: string, later: number): string {
  const { candidates: _, ...body } = asObject(JSON.parse(numbered(json, later)))
  if (body.type === 'message_delta') {
    return JSON.stringify({ ...body, delta: { ...asObject(body.delta), stop_reason: null, stop_sequence: null } })
  }
  if (!asText(body.type).startsWith('response.')) return JSON.stringify(body)
  const response = { ...asObject(body.response), status: 'in_progress' }
  return JSON.stringify({ ...body, type: 'response.in_progress', response })
}

/** Where events are numbered, those after an inserted one are later by one. */
function numbered(json: string, later: number): string {
  return json.replace(/"sequence_number":(\d+)/, (_, number) => `"sequence_number":${Number(number) + later}`)
}
