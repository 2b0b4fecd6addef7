import { createHash } from 'node:crypto'
import type { Ask, PromptSegment } from '../ask.ts'
import { endOfToken } from './count-tokens.ts'
import type { InputUsage } from './usage.ts'

const minuteMs = 60_000
const automaticStartTokens = 1024
const automaticStepTokens = 128
const maxEntries = 100_000

/** Remembers prompt prefixes as a provider does, and says how a request's input is billed because of it. */
export interface PromptCache {
  /** Caching that the request marks: first sight of a prefix is a write, again is a read, for as long as it is kept. */
  explicit(model: string, prompt: Ask['prompt'], nowMs: number): InputUsage
  /** Caching that happens by itself, from 1,024 tokens and in steps of 128. `billWrites` reports first sight as a write. */
  automatic(model: string, prompt: Ask['prompt'], nowMs: number, billWrites: boolean): InputUsage
  clear(): void
}

export function promptCache(): PromptCache {
  const expiries = new Map<string, number>()

  function known(key: string, nowMs: number): boolean {
    return (expiries.get(key) ?? 0) > nowMs
  }
  function remember(key: string, expiresAtMs: number): void {
    expiries.delete(key)
    expiries.set(key, expiresAtMs)
    if (expiries.size > maxEntries) expiries.delete(expiries.keys().next().value!)
  }

  return {
    explicit(model, prompt, nowMs) {
      const last = prompt.findLastIndex((segment) => segment.breakpoint !== undefined)
      const total = tokensIn(prompt)
      if (last < 0) return { ...nothingCached, uncachedInput: total }
      const keys = prefixKeys(model, prompt.slice(0, last + 1))
      const readUpTo = keys.findLastIndex((key) => known(key, nowMs))
      const cacheRead = tokensIn(prompt.slice(0, readUpTo + 1))
      const written = { '5m': 0, '1h': 0 }
      let from = readUpTo + 1
      for (let at = 0; at <= last; at++) {
        const lifetime = prompt[at]!.breakpoint
        if (lifetime === undefined) continue
        if (at >= from) {
          written[lifetime] += tokensIn(prompt.slice(from, at + 1))
          from = at + 1
        }
        remember(keys[at]!, nowMs + (lifetime === '1h' ? 60 : 5) * minuteMs)
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
      if (total < automaticStartTokens) return { ...nothingCached, uncachedInput: total }
      const steps = stepKeys(model, prompt)
      const readSteps = steps.findLastIndex((key) => known(key, nowMs)) + 1
      for (const key of steps) remember(key, nowMs + 30 * minuteMs)
      const cacheRead = lengthOf(readSteps)
      const cacheWriteOther = billWrites ? lengthOf(steps.length) - cacheRead : 0
      return { ...nothingCached, uncachedInput: total - cacheRead - cacheWriteOther, cacheRead, cacheWriteOther }
    },

    clear() {
      expiries.clear()
    },
  }
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
