import type { Dialect, RateLimits } from '../dialect.ts'
import { checkChatRequest } from './check.ts'
import { chatErrorBody, chatErrorFrame } from './error.ts'
import { chatFrames } from './frames.ts'
import { readChatRequest } from './read.ts'
import { chatReply } from './reply.ts'

/** OpenAI Chat Completions, as `openai` 7 reads it. */
export const openaiChat: Dialect = {
  name: 'openai-chat',
  check: checkChatRequest,
  read: readChatRequest,
  reply: chatReply,
  frames: chatFrames,
  errorBody: chatErrorBody,
  errorFrame: chatErrorFrame,
  keepAlive: ': keep-alive\n\n',
  headers(requestId, limits) {
    return {
      'x-request-id': requestId,
      'openai-organization': 'org-simulator',
      'openai-version': '2020-10-01',
      'openai-processing-ms': '1',
      ...rateLimitHeaders(limits),
    }
  },
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
