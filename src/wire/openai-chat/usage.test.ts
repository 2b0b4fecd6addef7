import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inputTokens, noUsage, outputTokens } from '../../core/usage.ts'
import { usage } from './arbitraries.suite.ts'
import { decodeUsage, encodeUsage } from './usage.ts'

describe('decodeUsage', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(usage, (parts) => {
        const raw = encodeUsage(parts)
        expect(decodeUsage(raw)).toEqual({ ...parts, raw })
      }),
    )
  })

  it('makes parts that are never negative and sum to the main counts, whatever the details claim', () => {
    const claim = fc.oneof(fc.integer({ min: -10, max: 50 }), fc.double(), fc.constant(null), fc.string())
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), claim, claim, claim, claim, (prompt, completion, a, b, c, d) => {
        const raw = {
          prompt_tokens: prompt,
          completion_tokens: completion,
          prompt_tokens_details: { cached_tokens: a, cache_write_tokens: b, audio_tokens: c },
          completion_tokens_details: { reasoning_tokens: d, audio_tokens: a },
        }
        const { source: _, raw: __, ...parts } = decodeUsage(raw)!
        expect(Object.values(parts).every((count) => Number.isInteger(count) && Number(count) >= 0)).toBe(true)
        expect(inputTokens({ ...noUsage, ...parts })).toBe(prompt)
        expect(outputTokens({ ...noUsage, ...parts })).toBe(completion)
      }),
    )
  })

  it.each([
    undefined,
    {},
    { prompt_tokens: 5 },
    { completion_tokens: 5 },
    { prompt_tokens: -5, completion_tokens: 5 },
    { prompt_tokens: 5, completion_tokens: 1e300 },
  ])('leaves %j to an estimate', (raw) => {
    expect(decodeUsage(raw)).toBeNull()
  })

  it('counts what was written to the cache apart', () => {
    const raw = {
      prompt_tokens: 100,
      completion_tokens: 5,
      total_tokens: 105,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    }
    expect(decodeUsage(raw)).toEqual({
      ...noUsage,
      inputUncached: 10,
      cacheRead: 60,
      cacheWriteOther: 30,
      outputText: 5,
      raw,
    })
  })

  it('counts reasoning that a host puts beside the completion', () => {
    const xai = {
      prompt_tokens: 291,
      completion_tokens: 26,
      total_tokens: 506,
      completion_tokens_details: { reasoning_tokens: 189 },
    }
    expect(decodeUsage(xai)).toMatchObject({ outputText: 26, outputReasoning: 189 })
    const gemini = { prompt_tokens: 8, completion_tokens: 9, total_tokens: 117 }
    expect(decodeUsage(gemini)).toMatchObject({ outputText: 9, outputReasoning: 100 })
  })

  it('reads the cache hits of DeepSeek', () => {
    const raw = { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 }
    expect(decodeUsage(raw)).toMatchObject({ inputUncached: 2, cacheRead: 8 })
  })

  it.each([
    [undefined],
    [null],
    [{}],
    ['12'],
    [{ prompt_tokens: -1, completion_tokens: 5 }],
    [{ prompt_tokens: 1, completion_tokens: 1e300 }],
    [{ prompt_tokens: 1.5 }],
  ])('leaves %j to an estimate', (raw) => {
    expect(decodeUsage(raw)).toBeNull()
  })
})
