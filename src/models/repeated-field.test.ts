import fc from 'fast-check'
import { expect, it } from 'vitest'
import { looseName, repeatedField } from './repeated-field.ts'

it.each([
  ['{"max_tokens":10,"max_tokens":100000}', 'max_tokens'],
  ['{"max_tokens":10,"max\\u005ftokens":100000}', 'max_tokens'],
  ['{ "max_tokens" : 10 , "Max_Tokens" : 1 }', 'Max_Tokens'],
  ['{"generationConfig":{"maxOutputTokens":1,"max_output_tokens":2}}', 'max_output_tokens'],
  ['{"generation_config":{},"generationConfig":{}}', 'generationConfig'],
  ['{"tools":[{"max_uses":1,"name":"a","max_uses":9}]}', 'max_uses'],
  ['{"a":{"b":[{"c":1},{"c":{"d":"\\"","d":2}}]}}', 'd'],
])('finds what stands twice: %s', (text, name) => {
  expect(repeatedField(text)).toBe(name)
})

it.each([
  '{}',
  '[]',
  '{"a":{"n":1},"b":{"n":2},"c":[{"n":1},{"n":2}]}',
  '{"a":"max_tokens","b":"{\\"a\\":1,\\"a\\":2}","c":"\\\\"}',
  '{"tools":[{"parameters":{"maxTokens":1,"max_tokens":2}}],"metadata":{"userId":"a","user_id":"b"}}',
])('lets pass what does not: %s', (text) => {
  expect(repeatedField(text)).toBeUndefined()
})

it('finds it wherever it stands, and nothing in what was written from a value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (fields, name, value) => {
      const names = new Set<string>()
      const unique = Object.entries(fields).filter(([key]) => {
        const loose = looseName(key)
        return !names.has(loose) && names.add(loose)
      })
      // A value that has settings of a generation may say the same twice in other words.
      fc.pre(!JSON.stringify(fields).toLowerCase().includes('generation'))
      const text = JSON.stringify(Object.fromEntries(unique))
      expect(repeatedField(text)).toBeUndefined()
      const field = `${JSON.stringify(name)}:${JSON.stringify(value)}`
      expect(repeatedField(`{"list":[{${field},"other":${text},${field}}]}`)).toBeDefined()
    }),
  )
})
