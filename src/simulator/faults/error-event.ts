import type { Problem } from '../problem.ts'

/** The error that an error event carries: `overloaded`, `server-error` or `rate-limited`. */
export function errorEventProblem(kind: string): Problem {
  if (kind === 'server-error') return { kind, message: 'Internal server error' }
  if (kind === 'rate-limited') return { kind, message: 'Number of request tokens has exceeded your rate limit.' }
  return { kind: 'overloaded', message: 'Overloaded' }
}

/** What Anthropic says where OpenAI would end with finish_reason content_filter. */
export const filteredProblem: Problem = {
  kind: 'content-blocked',
  message: 'Output blocked by content filtering policy',
}
