import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costText } from '../dashboard/src/text/cost-text.ts'
import { countText, shareText } from '../dashboard/src/text/count-text.ts'
import { durationText } from '../dashboard/src/text/duration-text.ts'

describe('figures on the page', () => {
  it.each([
    [null, 'unpriced'],
    [0, '$0'],
    [1, '$0.000000001'],
    [1_234, '$0.0000012'],
    [1_234_000, '$0.0012'],
    [99_990_000, '$0.10'],
    [999_900_000, '$1.00'],
    [123_400_000, '$0.12'],
    [3_200_000_000, '$3.20'],
    [1_204_400_000_000, '$1,204'],
  ])('writes %s nano-dollars as %s', (nanoUsd, text) => expect(costText(nanoUsd)).toBe(text))

  it.each([
    [null, '–'],
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [9.96, '10 ms'],
    [182.4, '182 ms'],
    [999.6, '1.00 s'],
    [1_240, '1.24 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_900_000, '1 h 05 min'],
  ])('writes %s milliseconds as %s', (ms, text) => expect(durationText(ms)).toBe(text))

  it.each([
    [9_204, '9,204'],
    [12_340, '12.3K'],
    [2_800_000, '2.8M'],
  ])('writes the count %s as %s', (count, text) => expect(countText(count)).toBe(text))

  it.each([
    [0, '0%'],
    [0.0004, '<0.1%'],
    [0.034, '3.4%'],
    [0.97, '97%'],
    [0.9996, '100%'],
    [1, '100%'],
    [1.25, '125%'],
    [12.5, '1,250%'],
  ])('writes the share %s as %s', (share, text) => expect(shareText(share)).toBe(text))

  it('never writes a cost in powers of ten, nor one that is not nothing as nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (nanoUsd) => {
        const text = costText(nanoUsd)
        expect(text).toMatch(/^\$[\d,]+(\.\d+)?$/)
        expect(Number(text.replaceAll(/[$,]/g, ''))).toBeGreaterThan(0)
      }),
    )
  })
})
