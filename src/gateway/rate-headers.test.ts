import { expect, it } from 'vitest'
import { rateHeaders } from './rate-headers.ts'

const rates = {
  requests: { limit: 600, remaining: 599, resetMs: 60_500 },
  inputTokens: { limit: 10_000, remaining: 9_000, resetMs: 1_200 },
  outputTokens: { limit: 2_000, remaining: 80, resetMs: 7.5 },
}

it('spells limits as OpenAI does, its tokens being those of which less is left', () => {
  expect(rateHeaders(rates, 'openai-chat')).toEqual({
    'x-ratelimit-limit-requests': 600,
    'x-ratelimit-remaining-requests': 599,
    'x-ratelimit-reset-requests': '1m0.5s',
    'x-ratelimit-limit-tokens': 2_000,
    'x-ratelimit-remaining-tokens': 80,
    'x-ratelimit-reset-tokens': '8ms',
  })
  expect(rateHeaders({ inputTokens: rates.inputTokens }, 'openai-responses')).toEqual({
    'x-ratelimit-limit-tokens': 10_000,
    'x-ratelimit-remaining-tokens': 9_000,
    'x-ratelimit-reset-tokens': '1.2s',
  })
})

it('spells them as Anthropic does, with the time of day', () => {
  expect(rateHeaders(rates, 'anthropic-messages', Date.UTC(2026, 0, 1))).toEqual({
    'anthropic-ratelimit-requests-limit': 600,
    'anthropic-ratelimit-requests-remaining': 599,
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:01:00.500Z',
    'anthropic-ratelimit-input-tokens-limit': 10_000,
    'anthropic-ratelimit-input-tokens-remaining': 9_000,
    'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:01.200Z',
    'anthropic-ratelimit-output-tokens-limit': 2_000,
    'anthropic-ratelimit-output-tokens-remaining': 80,
    'anthropic-ratelimit-output-tokens-reset': '2026-01-01T00:00:00.007Z',
  })
})

it('says nothing of limits that there are not, nor in a dialect that has no word for them', () => {
  expect(rateHeaders({}, 'openai-chat')).toEqual({})
  expect(rateHeaders(rates, 'gemini')).toEqual({})
})
