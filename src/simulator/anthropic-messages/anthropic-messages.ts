import type { Dialect, RateLimits } from '../dialect.ts'
import { checkMessagesRequest } from './check.ts'
import { messagesComparing } from './comparing.ts'
import { messagesCount } from './count.ts'
import { messagesErrorBody, messagesErrorFrame } from './error.ts'
import { messagesFrames, pingFrame } from './frames.ts'
import { readMessagesRequest } from './read.ts'
import { messagesReply } from './reply.ts'

/** Anthropic Messages, as `@anthropic-ai/sdk` 1 reads it. */
export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  check: checkMessagesRequest,
  read: readMessagesRequest,
  counting: messagesCount,
  comparing: messagesComparing,
  reply: messagesReply,
  frames: messagesFrames,
  errorBody: messagesErrorBody,
  errorFrame: messagesErrorFrame,
  keepAlive: pingFrame,
  headers(requestId, limits) {
    return { 'request-id': requestId, 'anthropic-organization-id': 'org-simulator', ...rateLimitHeaders(limits) }
  },
}

function rateLimitHeaders(limits: RateLimits): Record<string, string> {
  const reset = new Date(limits.resetsAtMs).toISOString().replace(/\.\d+Z$/, 'Z')
  const headers: Record<string, string> = {
    'anthropic-ratelimit-requests-limit': String(limits.requests),
    'anthropic-ratelimit-requests-remaining': String(limits.remainingRequests),
    'anthropic-ratelimit-requests-reset': reset,
  }
  for (const kind of ['tokens', 'input-tokens', 'output-tokens']) {
    headers[`anthropic-ratelimit-${kind}-limit`] = String(limits.tokens)
    headers[`anthropic-ratelimit-${kind}-remaining`] = String(Math.round(limits.remainingTokens / 1000) * 1000)
    headers[`anthropic-ratelimit-${kind}-reset`] = reset
  }
  return headers
}
