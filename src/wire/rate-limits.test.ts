import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRateLimits } from './rate-limits.ts'

const read = (headers: Readonly<Record<string, string>>, now = Date.UTC(2026, 0, 1)) =>
  readRateLimits(
    (name) => headers[name],
    () => now,
  )

const openai = {
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-ratelimit-reset-requests': '6ms',
  'x-ratelimit-limit-tokens': '2000000',
  'x-ratelimit-remaining-tokens': '1500000',
  'x-ratelimit-reset-tokens': '6m0s',
}

describe('readRateLimits', () => {
  it('reads requests and tokens as OpenAI writes them', () => {
    expect(read(openai)).toEqual({
      requests: { limit: 10_000, remaining: 9_999, resetMs: 6 },
      tokens: { limit: 2_000_000, remaining: 1_500_000, resetMs: 360_000 },
    })
  })

  it.each([
    ['12ms', 12],
    ['1s', 1_000],
    ['2m59.56s', 179_560],
    ['1h30m', 5_400_000],
    ['7', 7_000],
    ['0.5', 500],
    ['99d', 86_400_000],
    ['soon', undefined],
    ['-3s', undefined],
    ['', undefined],
  ])('reads a reset of "%s" as %s ms', (stated, resetMs) => {
    expect(read({ ...openai, 'x-ratelimit-reset-tokens': stated })?.tokens?.resetMs).toBe(resetMs)
  })

  it('reads what Anthropic counts apart, against the date of the response', () => {
    const headers = {
      date: 'Thu, 01 Jan 2026 12:00:00 GMT',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-01-01T12:00:01Z',
      'anthropic-ratelimit-input-tokens-limit': '30000',
      'anthropic-ratelimit-input-tokens-remaining': '1000',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-01T12:00:58Z',
      'anthropic-ratelimit-output-tokens-limit': '8000',
      'anthropic-ratelimit-output-tokens-remaining': '8000',
      'anthropic-ratelimit-output-tokens-reset': '2026-01-01T11:59:00Z',
    }
    expect(read(headers)).toEqual({
      requests: { limit: 50, remaining: 49, resetMs: 1_000 },
      inputTokens: { limit: 30_000, remaining: 1_000, resetMs: 58_000 },
      outputTokens: { limit: 8_000, remaining: 8_000, resetMs: 0 },
    })
  })

  it('takes a limit that was overrun for one with nothing left', () => {
    expect(read({ ...openai, 'x-ratelimit-remaining-requests': '-1' })?.requests?.remaining).toBe(0)
  })

  it('says nothing where nothing is said, as at Gemini and Bedrock', () => {
    expect(read({ 'content-type': 'application/json', 'x-amzn-requestid': 'id' })).toBeUndefined()
    expect(read({ 'x-ratelimit-remaining-tokens': 'plenty' })).toBeUndefined()
  })

  it('never throws and gives nothing out of bounds, whatever the headers say', () => {
    const names = [
      ...Object.keys(openai),
      'date',
      ...['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((what) =>
        ['limit', 'remaining', 'reset'].map((field) => `anthropic-ratelimit-${what}-${field}`),
      ),
    ]
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc
        .array(fc.constantFrom('1', '9', '.', 'ms', 's', 'm', 'h', 'd', '-'), { maxLength: 40 })
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
        for (const limit of Object.values(read(headers) ?? {})) {
          if (limit === undefined) continue
          expect(limit.remaining).toBeGreaterThanOrEqual(0)
          expect(Number.isSafeInteger(limit.remaining)).toBe(true)
          if (limit.limit !== undefined) expect(Number.isSafeInteger(limit.limit)).toBe(true)
          if (limit.resetMs !== undefined) expect(limit.resetMs >= 0 && limit.resetMs <= 86_400_000).toBe(true)
        }
      }),
    )
  })
})
