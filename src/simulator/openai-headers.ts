import type { RateLimits } from './dialect.ts'

/** The headers of every reply of OpenAI's. */
export function openaiHeaders(requestId: string, limits: RateLimits): Record<string, string> {
  return {
    'x-request-id': requestId,
    'openai-organization': 'org-simulator',
    'openai-version': '2020-10-01',
    'openai-processing-ms': '1',
    ...rateLimitHeaders(limits),
  }
}

function rateLimitHeaders(limits: RateLimits): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': String(limits.requests),
    'x-ratelimit-remaining-requests': String(limits.remainingRequests),
    'x-ratelimit-reset-requests': limits.remainingRequests > 0 ? '6ms' : '1s',
    'x-ratelimit-limit-tokens': String(limits.tokens),
    'x-ratelimit-remaining-tokens': String(limits.remainingTokens),
    'x-ratelimit-reset-tokens': limits.remainingTokens > 0 ? '12ms' : '1s',
  }
}
