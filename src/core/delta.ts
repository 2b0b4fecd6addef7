import type { Tongue } from './dialect.ts'
import type { JsonValue } from './json.ts'
import type { Block } from './message.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Usage } from './usage.ts'

/**
 * A piece of an answer as it arrives. Blocks are numbered from 0 in the order in which they start; `block-start` carries
 * the block without the text that its deltas bring.
 */
export type Delta =
  | { readonly type: 'block-start'; readonly index: number; readonly block: Block }
  | { readonly type: 'text-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'refusal-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'thinking-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'signature-delta'; readonly index: number; readonly signature: string }
  | { readonly type: 'tool-input-delta'; readonly index: number; readonly json: string }
  /** Something that one dialect adds to a block (a citation): kept beside it. */
  | {
      readonly type: 'extra-delta'
      readonly index: number
      readonly dialect: Tongue
      readonly key: string
      readonly value: JsonValue
    }
  | { readonly type: 'block-end'; readonly index: number }
  /** Frames of the caller's own dialect, byte for byte, where the target speaks it too; `deltas` is what they spell. */
  | { readonly type: 'frames'; readonly bytes: Uint8Array; readonly deltas: readonly Delta[] }
  /** What came so far is void: the answer starts again. */
  | { readonly type: 'restart'; readonly reason: string }

/** What a provider yields beside deltas, so that the clocks can be told apart. It never leaves the attempt. */
export type Lifecycle =
  | { readonly type: 'connected' }
  | {
      readonly type: 'answered'
      readonly status: number
      readonly requestId?: string
      /** What the provider says of its own limits. */
      readonly limits?: RateLimits
    }
  /** Usage as far as the provider has told it. */
  | { readonly type: 'usage'; readonly usage: Usage }

/** One thing that a provider yields. */
export type ProviderPart = Delta | Lifecycle

/** Whether a part is content: the first such part is the commit, and each one resets the idle clock. */
export function isContent(part: ProviderPart): part is Delta {
  switch (part.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'thinking-delta':
      return part.text !== ''
    case 'tool-input-delta':
      return part.json !== ''
    case 'block-start':
      return part.block.type !== 'text' && part.block.type !== 'refusal'
    case 'extra-delta':
      return true
    case 'frames':
      return part.deltas.some(isContent)
    default:
      return false
  }
}

/**
 * Adds a delta to those that arrived with it. Text that goes on where the last one ended becomes one delta with it: what came
 * together is passed on together, and every step of the pipeline is paid once.
 */
export function addDelta(deltas: Delta[], delta: Delta): void {
  const last = deltas.at(-1)
  if (last?.type === 'text-delta' && delta.type === 'text-delta' && last.index === delta.index) {
    deltas[deltas.length - 1] = { ...last, text: last.text + delta.text }
  } else if (last?.type === 'thinking-delta' && delta.type === 'thinking-delta' && last.index === delta.index) {
    deltas[deltas.length - 1] = { ...last, text: last.text + delta.text }
  } else if (last?.type === 'tool-input-delta' && delta.type === 'tool-input-delta' && last.index === delta.index) {
    deltas[deltas.length - 1] = { ...last, json: last.json + delta.json }
  } else deltas.push(delta)
}
