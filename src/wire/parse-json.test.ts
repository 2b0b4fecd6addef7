import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from './parse-json.ts'

const nested = (depth: number, inner = '') => '['.repeat(depth) + inner + ']'.repeat(depth)

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses what is no JSON', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', 'a', ' '), maxLength: 200 }),
        (text) => {
          const attempt = (read: (text: string) => unknown): unknown => {
            try {
              return { read: read(text) }
            } catch (thrown) {
              return thrown instanceof SyntaxError
            }
          }
          expect(attempt(parseJson)).toEqual(attempt(JSON.parse))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('refuses what is nested too deep, brackets within strings not counted', () => {
    expect(parseJson(nested(64))).toEqual(JSON.parse(nested(64)))
    expect(() => parseJson(nested(65))).toThrow('JSON nested more than 64 deep')
    expect(() => parseJson(`{"a":"\\\\","b":${nested(100_000)}}`)).toThrow(SyntaxError)
    expect(parseJson(JSON.stringify({ a: '[{"\\'.repeat(100) }))).toEqual({ a: '[{"\\'.repeat(100) })
  })
})
