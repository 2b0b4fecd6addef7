import type { Frame } from '../dialect.ts'

/** What a stream does next. */
export type StreamStep = FrameStep | Halt | { readonly type: 'pause'; readonly ms: number }

export interface FrameStep {
  readonly type: 'frame'
  readonly frame: Frame
  /** Whether it goes out in a write of its own, even at the end. */
  readonly apart?: true
}

/** Nothing comes after it. */
export type Halt = { readonly type: 'hang' } | { readonly type: 'cut'; readonly how: 'close' | 'reset' }

export function* asSteps(frames: Iterable<Frame>): Generator<StreamStep, void> {
  for (const frame of frames) yield { type: 'frame', frame }
}

/** Bytes that say nothing and cost nothing. */
export function raw(text: string | Uint8Array): FrameStep {
  return { type: 'frame', frame: { text, kind: 'lifecycle', ...silent } }
}

/** The end of a stream that costs nothing. */
export function last(text: string | Uint8Array): FrameStep {
  return { type: 'frame', frame: { text, kind: 'ending', ...silent } }
}

/** The same bytes once more, which cost and report nothing. */
export function again({ frame }: FrameStep, kind: Frame['kind'] = frame.kind): FrameStep {
  return { type: 'frame', frame: { ...frame, ...silent, kind } }
}

const silent = { outputTokens: 0, reasoningTokens: 0, carriesUsage: false } as const
