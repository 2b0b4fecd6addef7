import type { Problem } from '../problem.ts'

const messages = {
  overloaded: 'Overloaded',
  'server-error': 'Internal server error',
  unavailable: 'Service unavailable',
  'rate-limited': 'Number of request tokens has exceeded your rate limit.',
  'quota-exhausted': 'You exceeded your current quota, please check your plan and billing details.',
  'invalid-request': 'The request cannot be served as it is.',
  'content-blocked': 'Output blocked by content filtering policy',
} as const

/** What an error event may be about. */
export const errorEventKinds = Object.keys(messages) as readonly (keyof typeof messages)[]

/** The error that an error event carries. */
export function errorEventProblem(named: string): Problem {
  const kind = errorEventKinds.find((each) => each === named) ?? 'overloaded'
  return { kind, message: messages[kind] }
}

/** What Anthropic says where OpenAI would end with finish_reason content_filter. */
export const filteredProblem: Problem = errorEventProblem('content-blocked')
