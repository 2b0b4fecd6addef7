import type { ProviderPart } from '../core/delta.ts'
import type { ProviderReply } from '../core/provider.ts'
import { unlessAborted } from './interruptible.ts'

/** How an answer is read on. */
export interface ReadOnOptions {
  /** A step that was asked for already. */
  readonly pending: Promise<IteratorResult<ProviderPart, ProviderReply>> | undefined
  /** Ends the reading. */
  readonly signal: AbortSignal
  /** How much more is read, in tokens of four characters. */
  readonly maxTokens: number
  readonly hear: (part: ProviderPart) => void
}

/**
 * Reads an answer to its end though its caller has left: a provider that bills it whole tells the truth in its last frame. Undefined
 * where that was not reached, for whichever reason: what is known by then has to do. Never rejects.
 */
export async function readOn(
  parts: AsyncGenerator<ProviderPart, ProviderReply, void>,
  { pending, signal, maxTokens, hear }: ReadOnOptions,
): Promise<ProviderReply | undefined> {
  let left = maxTokens * charactersPerToken
  try {
    let step = await unlessAborted(pending ?? parts.next(), signal)
    while (!step.done) {
      hear(step.value)
      left -= lengthOf(step.value)
      if (left < 0) return undefined
      step = await unlessAborted(parts.next(), signal)
    }
    return step.value
  } catch {
    return undefined
  }
}

const charactersPerToken = 4

function lengthOf(part: ProviderPart): number {
  switch (part.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'thinking-delta':
      return part.text.length
    case 'tool-input-delta':
      return part.json.length
    case 'frames':
      return part.deltas.reduce((sum, delta) => sum + lengthOf(delta), 0)
    default:
      return 0
  }
}
