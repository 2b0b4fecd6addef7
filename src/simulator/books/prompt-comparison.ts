import type { JsonObject } from '../json.ts'
import { digest } from '../seeded-random.ts'
import { type InputUsage, totalInput } from './usage.ts'

const maxRemembered = 10_000

/** What of a request decides whether its prompt is read from the cache, in the words that its dialect has for a change of it. */
export interface ComparedPrompt {
  /** By the name of its change, in the order in which they are looked at; null where the provider has no name for it. */
  readonly fixed: readonly (readonly [change: string | null, value: unknown])[]
  /** What the next request may only add to. */
  readonly growing: { readonly change: string; readonly pieces: readonly string[] }
}

/** How a dialect asks what changed between two requests, and what it looks at. */
export interface Comparing {
  /** The id of the earlier answer; null where the request is to be remembered only; nothing where it is not. */
  readonly wanted: (body: JsonObject) => string | null | undefined
  readonly answerId: (requestId: string) => string
  readonly compared: (body: JsonObject) => ComparedPrompt
  /** How many tokens of a prompt so billed the provider keeps. */
  readonly keptTokens: (input: InputUsage) => number
}

/** What came of a comparison. `keptTokens` is what the cache held of the earlier prompt, `missedTokens` what of it was not read. */
export type Comparison =
  | { readonly type: 'same' | 'not-found' | 'unnamed' }
  | {
      readonly type: 'changed'
      readonly change: string
      readonly keptTokens: number
      readonly missedTokens: number
    }

/** Remembers the prompts of answered requests by their answers' ids, and says what changed since. */
export interface PromptComparisons {
  /** Remembers the prompt, where the dialect does; compares it, where the request names an earlier answer. */
  compare(comparing: Comparing, body: JsonObject, requestId: string, input: InputUsage): Comparison | undefined
  clear(): void
}

interface Remembered extends ComparedPrompt {
  readonly keptTokens: number
}

export function promptComparisons(): PromptComparisons {
  const remembered = new Map<string, Remembered>()
  return {
    compare(comparing, body, requestId, input) {
      const id = comparing.wanted(body)
      if (id === undefined) return undefined
      const now = fingerprint(comparing.compared(body))
      const before = id === null ? undefined : remembered.get(id)
      remembered.set(comparing.answerId(requestId), { ...now, keptTokens: comparing.keptTokens(input) })
      if (remembered.size > maxRemembered) remembered.delete(remembered.keys().next().value!)
      if (id === null) return undefined
      return before === undefined ? { type: 'not-found' } : difference(before, now, input)
    },
    clear() {
      remembered.clear()
    },
  }
}

/** No words are kept, only what tells them apart. */
function fingerprint({ fixed, growing }: ComparedPrompt): ComparedPrompt {
  return {
    fixed: fixed.map(([change, value]) => [change, digest(JSON.stringify(value) ?? '')]),
    growing: { ...growing, pieces: growing.pieces.map((piece) => digest(piece)) },
  }
}

function difference(before: Remembered, now: ComparedPrompt, input: InputUsage): Comparison {
  const { keptTokens } = before
  const changed = (change: string): Comparison => ({
    type: 'changed',
    change,
    keptTokens,
    missedTokens: Math.max(0, Math.min(keptTokens, totalInput(input)) - input.cacheRead),
  })
  const at = now.fixed.findIndex(([, value], index) => value !== before.fixed[index]?.[1])
  if (at >= 0) {
    const [change] = now.fixed[at]!
    return change === null ? { type: 'unnamed' } : changed(change)
  }
  const { change, pieces } = now.growing
  const isGrown = before.growing.pieces.every((piece, index) => piece === pieces[index])
  return isGrown ? { type: 'same' } : changed(change)
}
