import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resultText } from './result-text.ts'

const all = Number.POSITIVE_INFINITY

describe('the text of a result', () => {
  it('is a string as it is, and JSON of everything else that JSON can carry', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(resultText(text, all)).toBe(text)
      }),
    )
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (typeof value === 'string') return
        expect(resultText(value, all)).toBe(JSON.stringify(value).toWellFormed())
      }),
    )
  })

  it('says what JSON has no word for by another', () => {
    const itself: Record<string, unknown> = { name: 'order' }
    itself.items = [{ order: itself }]
    expect(
      [undefined, () => 1, Symbol('s'), 12n, { n: 2n ** 64n }, itself].map((value) => resultText(value, all)),
    ).toEqual([
      'null',
      'null',
      'null',
      '"12"',
      '{"n":"18446744073709551616"}',
      '{"name":"order","items":[{"order":"[circular]"}]}',
    ])
  })

  it('takes what is merely used twice for what it is', () => {
    const shared = { id: 1 }
    const value = { first: shared, list: [shared, [shared]], last: { inner: shared } }
    expect(resultText(value, all)).toBe(JSON.stringify(value))
  })

  it('is cut at the limit, well formed, and says so', () => {
    expect(resultText('a'.repeat(10), 10)).toBe('a'.repeat(10))
    expect(resultText('a'.repeat(11), 10)).toBe(`${'a'.repeat(10)}\n[cut: 10 of 11 characters]`)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const cut = resultText(text, limit)
        expect(cut.isWellFormed()).toBe(true)
        expect(cut.length).toBeLessThanOrEqual(limit + 60)
        expect(cut.includes('[cut: ')).toBe(text.length > limit)
      }),
    )
  })

  it('throws what the value throws: its tool has failed', () => {
    const bad = {
      toJSON() {
        throw new Error('not today')
      },
    }
    expect(() => resultText(bad, all)).toThrow('not today')
  })
})
