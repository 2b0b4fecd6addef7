import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonReader } from './json-reader.ts'

const readAll = (chunks: readonly string[], look?: (value: unknown) => void): JsonReader => {
  const reader = new JsonReader()
  for (const chunk of chunks) {
    reader.push(chunk)
    look?.(reader.value)
  }
  reader.end()
  return reader
}

/** The text cut at the given places. */
const cutAt = (text: string, places: readonly number[]): string[] => {
  const sorted = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...sorted].map((from, index) => text.slice(from, sorted[index] ?? text.length))
}

/** Whether a value is a beginning of another: texts by characters, lists by items, objects by keys in their order. */
const begins = (early: unknown, late: unknown): boolean => {
  if (typeof early === 'string') return typeof late === 'string' && late.startsWith(early)
  if (Array.isArray(early)) {
    return Array.isArray(late) && early.every((item, index) => index < late.length && begins(item, late[index]))
  }
  if (typeof early !== 'object' || early === null) return Object.is(early, late) || early === late
  if (typeof late !== 'object' || late === null || Array.isArray(late)) return false
  return Object.entries(early).every(
    ([key, value]) => Object.hasOwn(late, key) && begins(value, (late as Record<string, unknown>)[key]),
  )
}

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant('😀"\\\n\u2028'))
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      anyText,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(anyText, fc.constant('__proto__')), tie('json'), { maxKeys: 4 }),
  ),
}))
/** The same JSON with every character of its texts escaped, or laid out with white space. */
const written = fc.tuple(json, fc.constantFrom('plain', 'escaped', 'spaced')).map(([value, how]) => {
  if (how === 'spaced') return JSON.stringify(value, null, '\t')
  const text = JSON.stringify(value)
  if (how === 'plain') return text
  return text.replace(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
})

describe('JsonReader', () => {
  it('reads what JSON.parse reads, wherever the text is cut, and shows nothing but beginnings of it', () => {
    fc.assert(
      fc.property(written, fc.array(fc.nat()), (text, places) => {
        const whole: unknown = JSON.parse(text)
        const reader = readAll(cutAt(text, places), (value) => {
          if (value !== undefined) expect(begins(value, whole)).toBe(true)
        })
        expect(reader.problem).toBeUndefined()
        expect(reader.isWhole).toBe(true)
        expect(reader.value).toEqual(whole)
        expect(JSON.stringify(reader.value)).toBe(JSON.stringify(whole))
      }),
      { numRuns: 2_000 },
    )
  })

  it('agrees with JSON.parse on what is no JSON', () => {
    const almost = fc
      .tuple(
        written,
        fc.nat(),
        fc.oneof(fc.constantFrom(...'{}[]",:\\-+.eE01tfn \t\n\u0001u'), fc.string({ maxLength: 2 })),
      )
      .chain(([text, place, instead]) => {
        const at = place % (text.length + 1)
        return fc.constantFrom(text.slice(0, at) + instead + text.slice(at + 1), text.slice(0, at), text + instead)
      })
    fc.assert(
      fc.property(almost, fc.array(fc.nat(), { maxLength: 5 }), (text, places) => {
        const reader = readAll(cutAt(text, places))
        const parsed = parse(text)
        expect(reader.problem === undefined).toBe(parsed !== undefined)
        if (parsed) expect(reader.value).toEqual(parsed.value)
      }),
      { numRuns: 3_000 },
    )
  })

  it('lets a value grow in place', () => {
    const reader = new JsonReader()
    reader.push('{"items":[{"name":"Ad')
    const value = reader.value as { items: { name: string }[] }
    expect(value).toEqual({ items: [{ name: 'Ad' }] })
    const [item] = value.items
    reader.push('a"},12')
    expect(item).toEqual({ name: 'Ada' })
    expect(value.items).toHaveLength(1)
    reader.push('3]}')
    expect(reader.value).toBe(value)
    expect(value.items).toEqual([{ name: 'Ada' }, 123])
  })

  it('shows no half of a surrogate pair, and keeps one that stays alone', () => {
    const reader = new JsonReader()
    reader.push('"a\ud83d')
    expect(reader.value).toBe('a')
    reader.push('\ude00')
    expect(reader.value).toBe('a😀')
    reader.push('\\ud83d')
    expect(reader.value).toBe('a😀')
    reader.push('"')
    expect(reader.value).toBe('a😀\ud83d')
  })

  it('counts each change, and nothing else', () => {
    const reader = new JsonReader()
    reader.push('{"a"')
    const { version } = reader
    reader.push(': ')
    expect(reader.version).toBe(version)
    reader.push('1}')
    expect(reader.version).toBe(version + 1)
  })

  it.each([
    ['', 'it is empty, at character 1'],
    ['{"a":1', 'it ends before the value does, at character 7'],
    ['{"a":1}x', 'something follows the value, at character 8'],
    ['{"a":01}', '"01" is no number, at character 8'],
    ["{'a':1}", '"\'" begins no key, at character 2'],
    ['[1,]', '"]" begins no value, at character 4'],
    ['{"a":1,}', '"}" begins no key, at character 8'],
    ['"a\nb"', 'a control character stands within a text, at character 3'],
    ['"\\x"', '"\\x" is no escape, at character 3'],
    ['Sure! {}', '"S" begins no value, at character 1'],
    [`${'['.repeat(100_000)}`, 'it is nested deeper than 512 levels, at character 513'],
  ])('says what is wrong with %.20j', (text, problem) => {
    expect(readAll([text]).problem).toBe(problem)
    expect(readAll([...text]).problem).toBe(problem)
  })

  it('keeps a key that objects inherit as a key of the value', () => {
    const { value } = readAll(['{"__pro', 'to__":{"isAdmin":true},"constructor":1}'])
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })
})

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}
