import { createHash } from 'node:crypto'
import type { Ask, PromptSegment } from '../ask.ts'
import { endOfToken } from './count-tokens.ts'
import { leastKeptTokens } from './least-kept.ts'
import type { InputUsage } from './usage.ts'

const minuteMs = 60_000
const automaticStartTokens = 1024
const automaticStepTokens = 128
const maxEntries = 100_000
/** How many segments a mark is looked back from, itself among them. */
const lookBack = 20
const lifetimesMs = { '5m': 5 * minuteMs, '1h': 60 * minuteMs } as const

interface Looked {
  readonly keys: readonly string[]
  readonly marks: readonly number[]
  readonly readUpTo: number
}

/** Remembers prompt prefixes as a provider does, and says how a request's input is billed because of it. */
export interface PromptCache {
  /**
   * Caching that the request marks: first sight of a prefix is a write, again is a read, for as long as it is kept. A mark on less than
   * the model keeps does neither, and what was written more than 20 segments before a mark is not found from it.
   */
  explicit(model: string, prompt: Ask['prompt'], nowMs: number): InputUsage
  /** Caching that happens by itself, from 1,024 tokens and in steps of 128. `billWrites` reports first sight as a write. */
  automatic(model: string, prompt: Ask['prompt'], nowMs: number, billWrites: boolean): InputUsage
  clear(): void
}

export function promptCache(): PromptCache {
  const kept = new Map<string, { readonly lifetimeMs: number; readonly expiresAtMs: number }>()

  function known(key: string, nowMs: number): boolean {
    return (kept.get(key)?.expiresAtMs ?? 0) > nowMs
  }
  function remember(key: string, nowMs: number, lifetimeMs: number): void {
    kept.delete(key)
    kept.set(key, { lifetimeMs, expiresAtMs: nowMs + lifetimeMs })
    if (kept.size > maxEntries) kept.delete(kept.keys().next().value!)
  }
  /** The marks that are long enough to count, and the last segment that is read because of one; -1 where none is. */
  function look(model: string, prompt: Ask['prompt'], nowMs: number): Looked {
    const least = leastKeptTokens(model)
    const keys = prefixKeys(model, prompt)
    const marks: number[] = []
    let readUpTo = -1
    let tokens = 0
    for (const [at, segment] of prompt.entries()) {
      tokens += segment.tokens
      if (segment.breakpoint === undefined || tokens < least) continue
      marks.push(at)
      for (let back = at; back > Math.max(readUpTo, at - lookBack); back--) {
        if (known(keys[back]!, nowMs)) readUpTo = back
      }
    }
    // What is read is kept for as long again.
    if (readUpTo >= 0) remember(keys[readUpTo]!, nowMs, kept.get(keys[readUpTo]!)!.lifetimeMs)
    return { keys, marks, readUpTo }
  }

  return {
    explicit(model, prompt, nowMs) {
      const { keys, marks, readUpTo } = look(model, prompt, nowMs)
      const total = tokensIn(prompt)
      const cacheRead = tokensIn(prompt.slice(0, readUpTo + 1))
      const written = { '5m': 0, '1h': 0 }
      let from = readUpTo + 1
      for (const at of marks) {
        const lifetime = prompt[at]!.breakpoint === '1h' ? '1h' : '5m'
        if (at >= from) {
          written[lifetime] += tokensIn(prompt.slice(from, at + 1))
          from = at + 1
        }
        remember(keys[at]!, nowMs, lifetimesMs[lifetime])
      }
      return {
        uncachedInput: total - cacheRead - written['5m'] - written['1h'],
        cacheRead,
        cacheWrite5m: written['5m'],
        cacheWrite1h: written['1h'],
        cacheWriteOther: 0,
      }
    },

    automatic(model, prompt, nowMs, billWrites) {
      const total = tokensIn(prompt)
      if (automaticallyKept(total) === 0) return { ...nothingCached, uncachedInput: total }
      const steps = stepKeys(model, prompt)
      const readSteps = steps.findLastIndex((key) => known(key, nowMs)) + 1
      for (const key of steps) remember(key, nowMs, 30 * minuteMs)
      const cacheRead = lengthOf(readSteps)
      const cacheWriteOther = billWrites ? lengthOf(steps.length) - cacheRead : 0
      return { ...nothingCached, uncachedInput: total - cacheRead - cacheWriteOther, cacheRead, cacheWriteOther }
    },

    clear() {
      kept.clear()
    },
  }
}

/** How many tokens of a prompt are kept where caching happens by itself. */
export function automaticallyKept(tokens: number): number {
  if (tokens < automaticStartTokens) return 0
  return tokens - ((tokens - automaticStartTokens) % automaticStepTokens)
}

const nothingCached: InputUsage = {
  uncachedInput: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWriteOther: 0,
}

function tokensIn(prompt: readonly PromptSegment[]): number {
  return prompt.reduce((sum, segment) => sum + segment.tokens, 0)
}

function lengthOf(steps: number): number {
  return steps === 0 ? 0 : automaticStartTokens + (steps - 1) * automaticStepTokens
}

function prefixKeys(model: string, prompt: readonly PromptSegment[]): string[] {
  const hash = createHash('sha256').update(`explicit\u0000${model}`)
  return prompt.map((segment) => hash.update(`\u0000${segment.text}`).copy().digest('base64'))
}

/** A key for each length that automatic caching may keep of this prompt. */
function stepKeys(model: string, prompt: readonly PromptSegment[]): string[] {
  const hash = createHash('sha256').update(`automatic\u0000${model}`)
  const keys: string[] = []
  let tokens = 0
  for (const segment of prompt) {
    hash.update('\u0000')
    let start = 0
    let counted = 0
    for (let at = 0; at < segment.text.length && counted < segment.tokens; counted++) {
      at = endOfToken(segment.text, at)
      tokens++
      if (tokens !== lengthOf(keys.length + 1)) continue
      hash.update(segment.text.slice(start, at))
      start = at
      keys.push(hash.copy().digest('base64'))
    }
    hash.update(segment.text.slice(start))
    for (; counted < segment.tokens; counted++) {
      tokens++
      if (tokens === lengthOf(keys.length + 1)) keys.push(hash.copy().digest('base64'))
    }
  }
  return keys
}
