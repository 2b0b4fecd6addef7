import { expect, it } from 'vitest'
import { noUsage } from '../core/usage.ts'
import { tellPromptCache } from './story-cache.ts'

it.each([
  [{ usage: noUsage }, ''],
  [
    { usage: { ...noUsage, inputUncached: 600, cacheRead: 12_400 } },
    'Read 12,400 of 13,000 input tokens from the prompt cache.',
  ],
  [
    { usage: noUsage, cacheMiss: { reason: 'tools_changed', missedTokens: 12_000 } },
    'Missed 12,000 tokens of the prompt cache: the tools changed.',
  ],
  [{ usage: noUsage, cacheMiss: { reason: 'unavailable' } }, 'Missed the prompt cache: the provider cannot say why.'],
  [{ usage: noUsage, cacheMiss: { reason: 'x_new' } }, 'Missed the prompt cache: x_new.'],
])('tells what the prompt cache gave, and why it did not: %j', (attempt, told) => {
  expect(tellPromptCache(attempt)).toBe(told)
})
