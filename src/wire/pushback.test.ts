import { describe, expect, it } from 'vitest'
import { adviceOverride, retryAfterMs, statedWaitMs } from './pushback.ts'

const noon = Date.UTC(2026, 10, 6, 12, 0, 0)

describe('retryAfterMs', () => {
  it.each([
    ['whole seconds', { 'retry-after': '7' }, 7000],
    ['fractional seconds', { 'retry-after': '1.25' }, 1250],
    ['milliseconds before seconds', { 'retry-after-ms': '30', 'retry-after': '7' }, 30],
    ["milliseconds before Azure's", { 'retry-after-ms': '30', 'x-ms-retry-after-ms': '40' }, 30],
    ["Azure's before seconds", { 'x-ms-retry-after-ms': '40', 'retry-after': '7' }, 40],
    ['seconds where the milliseconds are garbage', { 'retry-after-ms': 'soon', 'retry-after': '7' }, 7000],
    ['a date', { 'retry-after': 'Fri, 06 Nov 2026 12:00:05 GMT' }, 5000],
    ['a date of RFC 850', { 'retry-after': 'Friday, 06-Nov-26 12:00:05 GMT' }, 5000],
    ['a date of asctime', { 'retry-after': 'Fri Nov  6 12:00:05 2026' }, 5000],
    [
      "a date against the response's own",
      { 'retry-after': 'Fri, 06 Nov 2026 15:00:05 GMT', date: 'Fri, 06 Nov 2026 15:00:00 GMT' },
      5000,
    ],
    ['an hour', { 'retry-after': '3600' }, 3_600_000],
  ])('reads %s', (_, headers, expected) => {
    expect(retryAfterMs(headers, () => noon)).toBe(expected)
  })

  it.each([
    '',
    '0',
    '-1',
    'NaN',
    'Infinity',
    '1e9',
    'soon',
    '5 apples',
    '-5 Nov',
    'Fri, 06 Nov 2026 11:59:59 GMT',
    'Fri, gibberish',
  ])('leaves the wait to the back-off where the header says "%s"', (value) => {
    expect(retryAfterMs({ 'retry-after': value }, () => noon)).toBeUndefined()
    expect(retryAfterMs({ 'retry-after-ms': value }, () => noon)).toBeUndefined()
  })

  it('knows nothing where nothing is said', () => {
    expect(retryAfterMs({})).toBeUndefined()
  })
})

describe('adviceOverride', () => {
  it('falls back at once where the provider says not to retry', () => {
    expect(adviceOverride({ 'x-should-retry': 'false' }, 'overloaded')).toBe('fall-back')
  })

  it('never makes a broken request worth another try', () => {
    expect(adviceOverride({ 'x-should-retry': 'true' }, 'request-rejected')).toBeUndefined()
    expect(adviceOverride({ 'x-should-retry': 'false' }, 'request-rejected')).toBeUndefined()
    expect(adviceOverride({}, 'overloaded')).toBeUndefined()
  })
})

describe('statedWaitMs', () => {
  it.each([
    ['Rate limit reached. Please try again in 6m0s. Visit', 360_000],
    ['Please try again in 1.242s.', 1242],
    ['Please try again in 250ms.', 250],
    ['Please retry after 20s', 20_000],
    ['Please try again in a while.', undefined],
    ['Please try again in 0s.', undefined],
  ])('reads "%s"', (said, expected) => {
    expect(statedWaitMs(said)).toBe(expected)
  })
})
