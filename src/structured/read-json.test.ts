import { describe, expect, it } from 'vitest'
import { readJson } from './read-json.ts'

describe('readJson', () => {
  it.each([
    ['{"a":1}', 'exact'],
    [' \n{"a":1}\n', 'exact'],
    ['\ufeff{"a":1}', 'lossless-syntax'],
    ['\u00a0{"a":1}', 'lossless-syntax'],
    ['```json\n{"a":1}\n```', 'lossless-syntax'],
    ['\n```\n{\n "a": 1\n}```\n\n', 'lossless-syntax'],
    ['```JSON \r\n{"a":1}\r\n```', 'lossless-syntax'],
  ])('reads %j', (text, repair) => {
    expect(readJson(text)).toEqual({ type: 'read', value: { a: 1 }, repair })
  })

  it('leaves a fence within a text alone', () => {
    expect(readJson('```json\n{"a":"```"}\n```')).toMatchObject({ value: { a: '```' } })
  })

  it.each([
    ['words before it', 'Sure! {"a":1}'],
    ['words after it', '{"a":1} I hope that helps.'],
    ['words around a fence', 'Here it is:\n```json\n{"a":1}\n```'],
    ['two values', '{"a":1}\n{"a":2}'],
    ['two fences', '```json\n{"a":1}\n```\n```json\n{"a":2}\n```'],
    ['a trailing comma', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['a comment', '{"a":1 /* one */}'],
    ['an end too early', '{"a":1'],
    ['a fence that never ends', '```json\n{"a":1}'],
    ['a fence of nothing', '``````'],
  ])('does not guess past %s', (_, text) => {
    expect(readJson(text)).toEqual({ type: 'unreadable', problem: expect.stringMatching(/^The answer is no JSON: /) })
  })

  it('reads nothing that is nested too deeply to be walked through', () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}[]${'}'.repeat(levels)}`
    expect(readJson(nested(511))).toMatchObject({ type: 'read', repair: 'exact' })
    const problem = expect.stringContaining('nested deeper than 512 levels')
    expect(readJson(nested(512))).toEqual({ type: 'unreadable', problem })
    expect(readJson(nested(1_000_000))).toEqual({ type: 'unreadable', problem })
  })

  it('says that there is nothing', () => {
    expect(readJson(' ')).toEqual({ type: 'unreadable', problem: 'The answer is empty.' })
  })
})
