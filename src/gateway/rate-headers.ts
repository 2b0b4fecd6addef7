import type { ClientDialect } from '../core/dialect.ts'
import type { RateLimit, RateLimits } from '../core/rate-limits.ts'
import type { Headers } from './send.ts'

/**
 * How our own limits stand, in the headers that the clients of a dialect read; never a provider's. OpenAI's `tokens` are the kind of which
 * less is left. Gemini's dialect has no such headers.
 */
export function rateHeaders(rates: RateLimits, dialect: ClientDialect, date = Date.now()): Headers {
  if (dialect === 'gemini') return {}
  return dialect === 'anthropic-messages' ? anthropicHeaders(rates, date) : openaiHeaders(rates)
}

function openaiHeaders({ requests, inputTokens, outputTokens }: RateLimits): Headers {
  const headers: Headers = {}
  const tell = (kind: string, rate: RateLimit | undefined) => {
    if (!rate) return
    headers[`x-ratelimit-limit-${kind}`] = rate.limit ?? 0
    headers[`x-ratelimit-remaining-${kind}`] = rate.remaining
    headers[`x-ratelimit-reset-${kind}`] = spelled(rate.resetMs ?? 0)
  }
  tell('requests', requests)
  tell('tokens', lower(inputTokens, outputTokens))
  return headers
}

function anthropicHeaders({ requests, inputTokens, outputTokens }: RateLimits, date: number): Headers {
  const headers: Headers = {}
  const tell = (kind: string, rate: RateLimit | undefined) => {
    if (!rate) return
    headers[`anthropic-ratelimit-${kind}-limit`] = rate.limit ?? 0
    headers[`anthropic-ratelimit-${kind}-remaining`] = rate.remaining
    headers[`anthropic-ratelimit-${kind}-reset`] = new Date(date + (rate.resetMs ?? 0)).toISOString()
  }
  tell('requests', requests)
  tell('input-tokens', inputTokens)
  tell('output-tokens', outputTokens)
  return headers
}

const lower = (left: RateLimit | undefined, right: RateLimit | undefined): RateLimit | undefined =>
  left && right ? (right.remaining < left.remaining ? right : left) : (left ?? right)

/** As OpenAI spells a time: `1m0.5s`, `1.2s`, `80ms`. */
function spelled(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = `${Math.ceil(ms - minutes * 60_000) / 1_000}s`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
