import { expect, it } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import { doubtUsage } from './doubt-usage.ts'

function doubts(usage: JsonValue | undefined): string[] {
  const told: string[] = []
  doubtUsage({ target: 'lab/m', quirks: {}, doubt: (what) => told.push(what) }, usage)
  return told
}

it.each<[JsonValue, string]>([
  [{ prompt_tokens: -1, completion_tokens: 5 }, 'its usage, with prompt_tokens -1'],
  [{ input_tokens: 7, output_tokens: 1e9 }, 'its usage, with output_tokens 1000000000'],
  [{ promptTokenCount: 7.5 }, 'its usage, with promptTokenCount 7.5'],
  [{ input_tokens: 7, input_tokens_details: { cached_tokens: 'NaN' } }, 'its usage, with cached_tokens "NaN"'],
  [{ promptTokensDetails: [{ modality: 'AUDIO', tokenCount: -2 }] }, 'its usage, with tokenCount -2'],
  [{ inputTokens: Number.POSITIVE_INFINITY }, 'its usage, with inputTokens null'],
  ['much', 'its usage, which is no object'],
])('doubts %j', (usage, doubt) => {
  expect(doubts(usage)).toEqual([doubt])
})

it.each<JsonValue | undefined>([
  undefined,
  null,
  { prompt_tokens: 7, completion_tokens: 0, prompt_tokens_details: null, total_tokens: 16_777_216 },
  { prompt_tokens: 7, cost: 0.00012, tokens_per_second: 41.7, completion_time: 0.3 },
])('believes %j', (usage) => {
  expect(doubts(usage)).toEqual([])
})
