import type { Frame } from '../dialect.ts'
import { type Fault, type FaultName, numberParam, textParam } from './faults.ts'
import type { FrameStep, StreamStep } from './stream-step.ts'

type Reframe = (steps: Iterable<StreamStep>, fault: Fault) => Iterable<StreamStep>

/** Faults of the bytes: what the events say stays the same. Several are applied in this order. */
const ways: Readonly<Partial<Record<FaultName, Reframe>>> = {
  'multi-line-data': (steps) => eachText(steps, onManyLines),
  'line-endings': (steps, fault) => {
    const lineEnd = lineEnds(textParam(fault, 'style'))
    return eachText(steps, (text) => text.replace(/\r\n|\r|\n/g, lineEnd))
  },
  'no-last-blank-line': withoutLastBlankLine,
  'split-characters': (steps) => eachInPieces(steps, (bytes) => cutAt(bytes, (at) => bytes[at]! >= 0xc0)),
  split: (steps, fault) => {
    const size = Math.max(1, Math.floor(numberParam(fault, 'bytes')))
    return eachInPieces(steps, (bytes) => cutAt(bytes, (at) => (at + 1) % size === 0))
  },
}

const order = Object.keys(ways)

/** Where a fault of the bytes stands among those; -1 for any other fault. */
export function reframingRank({ type }: Fault): number {
  return order.indexOf(type)
}

/** The stream in other bytes; the same one for a fault that is not of the bytes. */
export function reframe(steps: Iterable<StreamStep>, fault: Fault): Iterable<StreamStep> {
  return ways[fault.type]?.(steps, fault) ?? steps
}

/** Each event in other words; frames without lines stay as they are. */
function* eachText(steps: Iterable<StreamStep>, change: (text: string) => string): Generator<StreamStep> {
  for (const step of steps) {
    if (step.type !== 'frame' || typeof step.frame.text !== 'string') yield step
    else yield { ...step, frame: { ...step.frame, text: change(step.frame.text) } }
  }
}

function* eachInPieces(
  steps: Iterable<StreamStep>,
  cut: (bytes: Uint8Array) => readonly Uint8Array[],
): Generator<StreamStep> {
  for (const step of steps) {
    if (step.type !== 'frame') yield step
    else yield* pieces(step.frame, cut(Buffer.from(step.frame.text)))
  }
}

/** The first piece counts what the frame counts, the last one carries what it carries. */
function pieces(frame: Frame, texts: readonly Uint8Array[]): FrameStep[] {
  const rest = { kind: frame.kind === 'ending' ? 'ending' : 'lifecycle', outputTokens: 0, reasoningTokens: 0 } as const
  return texts.map((text, index) => ({
    type: 'frame',
    frame: { ...frame, ...(index > 0 && rest), text, carriesUsage: frame.carriesUsage && index === texts.length - 1 },
    apart: true,
  }))
}

/** The bytes, cut after each place that `ends` says. */
function cutAt(bytes: Uint8Array, ends: (at: number) => boolean): Uint8Array[] {
  const cut: Uint8Array[] = []
  let from = 0
  for (let at = 0; at < bytes.length; at++) {
    if (!ends(at)) continue
    cut.push(bytes.subarray(from, at + 1))
    from = at + 1
  }
  return from < bytes.length || cut.length === 0 ? [...cut, bytes.subarray(from)] : cut
}

/** JSON may break its lines wherever it has a space. */
function onManyLines(text: string): string {
  return text.replace(/^data: (\{.*\})(\r?\n)/gm, (_, json: string, end: string) => {
    const lines = JSON.stringify(JSON.parse(json), null, 1).split('\n')
    return lines.map((line) => `data: ${line}${end}`).join('')
  })
}

/** In this turn no CR stands before an LF that is to be a line end of its own. */
const mixed = ['\r\n', '\n', '\r'] as const

function lineEnds(style: string): () => string {
  let lines = 0
  if (style === 'mixed') return () => mixed[lines++ % mixed.length]!
  const end = style === 'crlf' ? '\r\n' : style === 'cr' ? '\r' : '\n'
  return () => end
}

function* withoutLastBlankLine(steps: Iterable<StreamStep>): Generator<StreamStep> {
  let held: FrameStep | undefined
  for (const step of steps) {
    if (held !== undefined) yield held
    held = step.type === 'frame' ? step : undefined
    if (held === undefined) yield step
  }
  if (held === undefined) return
  const { frame } = held
  const text = typeof frame.text === 'string' ? frame.text.replace(/(\r\n|\r|\n)(\r\n|\r|\n)$/, '$1') : frame.text
  // What reads as the standard says drops it.
  yield { ...held, frame: { ...frame, text, carriesUsage: false } }
}
