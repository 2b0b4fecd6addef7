import type { RateLimit, RateLimits } from '../core/rate-limits.ts'

/** The first value of a response header, named in lower case. */
export type ReadHeader = (name: string) => string | undefined

/** The headers that say one limit. */
interface Names {
  readonly limit: string
  readonly remaining: string
  readonly reset: string
}

/** How a family of providers names its limits, and how it writes when they are whole again. */
interface Family extends Readonly<Record<keyof RateLimits, Names | undefined>> {
  /** `now`: milliseconds since the Unix epoch, by the provider's clock where it tells. */
  readonly resetMs: (stated: string, now: number) => number | undefined
}

const openaiNames = (what: string): Names => ({
  limit: `x-ratelimit-limit-${what}`,
  remaining: `x-ratelimit-remaining-${what}`,
  reset: `x-ratelimit-reset-${what}`,
})

const openai: Family = {
  requests: openaiNames('requests'),
  tokens: openaiNames('tokens'),
  inputTokens: undefined,
  outputTokens: undefined,
  resetMs: durationMs,
}

const anthropicNames = (what: string): Names => ({
  limit: `anthropic-ratelimit-${what}-limit`,
  remaining: `anthropic-ratelimit-${what}-remaining`,
  reset: `anthropic-ratelimit-${what}-reset`,
})

const anthropic: Family = {
  requests: anthropicNames('requests'),
  tokens: anthropicNames('tokens'),
  inputTokens: anthropicNames('input-tokens'),
  outputTokens: anthropicNames('output-tokens'),
  resetMs: (stated, now) => {
    const at = dateTime(stated)
    return at === undefined ? undefined : Math.max(0, at - now)
  },
}

/**
 * What a response's headers say of the provider's limits: `x-ratelimit-…` as OpenAI, Azure, Groq and others that speak its dialect
 * write them (`6m0s`, `12ms`, or seconds alone), `anthropic-ratelimit-…` as Anthropic does (RFC 3339, against the response's own
 * `date` where there is one, so that clocks that disagree do no harm). Gemini and Bedrock say nothing. Undefined where nothing is
 * said; a figure that is none is left out, and no reset is further away than a day. Never throws.
 */
export function readRateLimits(header: ReadHeader, epochMs: () => number = Date.now): RateLimits | undefined {
  const isAnthropic =
    header('anthropic-ratelimit-requests-remaining') !== undefined ||
    header('anthropic-ratelimit-tokens-remaining') !== undefined ||
    header('anthropic-ratelimit-input-tokens-remaining') !== undefined
  return isAnthropic
    ? readFamily(anthropic, header, httpDate(header('date')) ?? epochMs())
    : readFamily(openai, header, 0)
}

function readFamily(family: Family, header: ReadHeader, now: number): RateLimits | undefined {
  const requests = readLimit(family, family.requests, header, now)
  const tokens = readLimit(family, family.tokens, header, now)
  const inputTokens = readLimit(family, family.inputTokens, header, now)
  const outputTokens = readLimit(family, family.outputTokens, header, now)
  return requests || tokens || inputTokens || outputTokens ? { requests, tokens, inputTokens, outputTokens } : undefined
}

function readLimit(
  { resetMs }: Family,
  names: Names | undefined,
  header: ReadHeader,
  now: number,
): RateLimit | undefined {
  const remaining = names && count(header(names.remaining))
  if (names === undefined || remaining === undefined) return undefined
  const reset = header(names.reset)
  return {
    limit: count(header(names.limit)),
    remaining,
    resetMs: reset === undefined ? undefined : bounded(resetMs(reset.trim(), now)),
  }
}

/** Of a limit by the day, the reset may be a day away; what says more is wrong. */
const longestResetMs = 86_400_000

const bounded = (ms: number | undefined) => (ms === undefined ? undefined : Math.min(Math.ceil(ms), longestResetMs))

// Every answer is read: what follows is written by hand, for a regular expression costs more than the rest of throttling.
const zero = 48
const isDigit = (code: number) => code >= zero && code <= 57
const isSpace = (code: number) => code === 32 || code === 9

/** Digits, and a fraction that is left out. Below zero there is nothing: hosts say -1 for a limit that was overrun. */
function count(stated: string | undefined): number | undefined {
  if (stated === undefined) return undefined
  let at = 0
  let end = stated.length
  while (at < end && isSpace(stated.charCodeAt(at))) at++
  while (end > at && isSpace(stated.charCodeAt(end - 1))) end--
  const isNegative = stated.charCodeAt(at) === 45
  if (isNegative) at++
  const from = at
  let sum = 0
  for (; at < end && isDigit(stated.charCodeAt(at)); at++) sum = sum * 10 + stated.charCodeAt(at) - zero
  if (at === from || at - from > 15) return undefined
  if (at < end) {
    if (stated.charCodeAt(at) !== 46) return undefined
    const point = at++
    while (at < end && isDigit(stated.charCodeAt(at))) at++
    if (at < end || at - point === 1) return undefined
  }
  return isNegative ? 0 : sum
}

/** `1h30m`, `6m0s`, `59.5s`, `12ms`; a number alone is seconds. */
function durationMs(stated: string): number | undefined {
  const { length } = stated
  let sum = 0
  let at = 0
  while (at < length) {
    const from = at
    let amount = 0
    for (; at < length && isDigit(stated.charCodeAt(at)); at++) amount = amount * 10 + stated.charCodeAt(at) - zero
    if (at === from || at - from > 12) return undefined
    if (stated.charCodeAt(at) === 46) {
      const point = at++
      let scale = 0.1
      for (; at < length && isDigit(stated.charCodeAt(at)); at++, scale /= 10)
        amount += (stated.charCodeAt(at) - zero) * scale
      if (at - point === 1) return undefined
    }
    if (at === length) return from === 0 ? amount * 1_000 : undefined
    const isMilliseconds = stated.charCodeAt(at) === 109 && stated.charCodeAt(at + 1) === 115
    const unit = isMilliseconds ? 1 : unitMs(stated.charCodeAt(at))
    if (unit === undefined) return undefined
    sum += amount * unit
    at += isMilliseconds ? 2 : 1
  }
  // What a sum of binary fractions is too much by is no millisecond.
  return length === 0 ? undefined : Math.round(sum * 1_000) / 1_000
}

function unitMs(code: number): number | undefined {
  switch (code) {
    case 115:
      return 1_000
    case 109:
      return 60_000
    case 104:
      return 3_600_000
    case 100:
      return 86_400_000
    default:
      return undefined
  }
}

function dateTime(stated: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/.test(stated)) return undefined
  const at = Date.parse(stated)
  return Number.isNaN(at) ? undefined : at
}

let lastDate: string | undefined
let lastDateAt: number | undefined

/** All answers of a second carry the same. */
function httpDate(stated: string | undefined): number | undefined {
  if (stated === undefined || !stated.endsWith('GMT')) return undefined
  if (stated === lastDate) return lastDateAt
  const at = Date.parse(stated)
  lastDate = stated
  lastDateAt = Number.isNaN(at) ? undefined : at
  return lastDateAt
}
