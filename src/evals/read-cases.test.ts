import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { feature } from '../patterns/feature.ts'
import { prompt } from '../patterns/prompt.ts'
import type { Cases, KnownCase } from './case.ts'
import { csv } from './csv.ts'
import { jsonl } from './jsonl.ts'
import { readCases } from './read-cases.ts'
import type { Scorer } from './scorer.ts'
import { custom } from './scorers/custom.ts'
import { exact } from './scorers/exact.ts'
import { field } from './scorers/field.ts'
import { numeric } from './scorers/numeric.ts'
import { type Suite, suite } from './suite.ts'

const anything = feature<unknown>({ name: 'anything', model: 'fast', prompt: () => prompt`Say something.` })
const always = custom('always', () => true)

const suiteOf = (cases: Cases, scorers: readonly Scorer[] = [always]): Suite =>
  suite({ name: 'some', feature: anything, cases, scorers })

async function casesOf(suite: Suite, filter?: string): Promise<KnownCase[]> {
  const { open } = await readCases(suite, filter)
  return Array.fromAsync(open())
}

/** A file that is there for as long as the test. */
function fileOf(name: string, content: string | Uint8Array) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'inseam-cases-'))
  const path = join(folder.path, name)
  writeFileSync(path, content)
  return { path, [Symbol.dispose]: () => folder.remove() }
}

const problemOf = async (suite: Suite): Promise<{ code: string; message: string; fix: string }> =>
  readCases(suite).then(
    () => expect.fail('it was read'),
    ({ code, message, fix }) => ({ code, message, fix }),
  )

it('calls cases without an id by their numbers', async () => {
  const cases = await casesOf(suiteOf([{ input: 'a' }, { id: 'named', input: 'b' }, { input: 'c' }]))
  expect(cases.map(({ id }) => id)).toEqual(['1', 'named', '3'])
})

it.each<[string, Cases, readonly Scorer[] | undefined, RegExp]>([
  [
    'an id that is there twice',
    [
      { id: 'a', input: 1 },
      { id: 'a', input: 2 },
    ],
    undefined,
    /^Case 2 .*"a", which Case 1/,
  ],
  [
    'an id that is the number of another',
    [{ input: 1 }, { id: '1', input: 2 }],
    undefined,
    /^Case 2 .*"1", which Case 1/,
  ],
  ['no input', [{ input: 1 }, {} as never], undefined, /^Case 2 .* has no `input`/],
  ['a field that none reads', [{ input: 1, expect: 2 } as never], undefined, /unknown field "expect"/],
  ['what is no case', ['text' as never], undefined, /is no case/],
  ['an empty id', [{ id: '', input: 1 }], undefined, /an id that is no text/],
  [
    'no expected value for a scorer that compares',
    [{ input: 1 }],
    [exact()],
    /cannot be scored by "exact": it has no `expected`/,
  ],
  ['another field expected', [{ input: 1, expected: { a: 1 } }], [field('b')], /`expected` has no "b"/],
  ['no number expected', [{ input: 1, expected: 'many' }], [numeric()], /`expected` is no number/],
])('says before anything is spent that a case has %s', async (_what, cases, scorers, said) => {
  const problem = await problemOf(suiteOf(cases, scorers))
  expect(problem.code).toBe('suite-invalid')
  expect(problem.message).toMatch(said)
  expect(problem.fix).not.toBe('')
})

it('says before anything is spent that an input does not fit the feature', async () => {
  const typed = feature({
    name: 'typed',
    model: 'fast',
    input: z.object({ ticket: z.string() }),
    prompt: ({ ticket }) => prompt`${ticket}`,
  })
  const cases = [{ input: { ticket: 'a' } }, { input: { ticket: 1 as never } }]
  const problem = await problemOf(suite({ name: 'some', feature: typed, cases, scorers: [always] }))
  expect(problem.message).toMatch(/^Case 2 of the suite "some": The input of "typed" .*ticket: /)
})

it('says that there are no cases', async () => {
  expect(() => suiteOf([])).toThrow('The suite "some" has no cases.')
  using empty = fileOf('empty.jsonl', '\n\n')
  expect((await problemOf(suiteOf(jsonl(empty.path)))).message).toMatch(/empty\.jsonl has no cases\.$/)
  using headers = fileOf('headers.csv', 'ticket,expected\n')
  expect((await problemOf(suiteOf(csv(headers.path)))).message).toMatch(/headers\.csv has no cases\.$/)
})

it('keeps the cases that the filter matches: a part of an id, or a whole tag', async () => {
  const cases = suiteOf([
    { id: 'late parcel', input: 1 },
    { id: 'refund', input: 2, tags: ['late'] },
    { id: 'other', input: 3, tags: ['later'] },
  ])
  expect((await casesOf(cases, 'late')).map(({ id }) => id)).toEqual(['late parcel', 'refund'])
  await expect(readCases(cases, 'never')).rejects.toMatchObject({ code: 'not-found' })
})

it('checks what yields cases once as they come', async () => {
  async function* twice() {
    yield { id: 'a', input: 1 }
    yield { id: 'a', input: 2 }
  }
  const { total, open } = await readCases(suiteOf(twice()))
  expect(total).toBeUndefined()
  const cases = open()
  expect((await cases.next()).value).toMatchObject({ id: 'a' })
  await expect(cases.next()).rejects.toThrow('Case 2 of the suite "some" has the id "a"')
})

it('reads CSV: quotes, line breaks and commas in cells, a byte order mark, nested fields, empty cells', async () => {
  const text = `\ufeffid,ticket,customer.name,expected.category,expected.note,tags,mustPass\r
a,"He said ""no"",\r\nand left.",Ada,billing,,real money,true\r
b,,Bob,other,x,,\r
`
  using file = fileOf('cases.csv', text)
  expect(await casesOf(suiteOf(csv(pathToFileURL(file.path))))).toEqual([
    {
      id: 'a',
      input: { ticket: 'He said "no",\r\nand left.', customer: { name: 'Ada' } },
      expected: { category: 'billing' },
      tags: ['real', 'money'],
      mustPass: true,
    },
    {
      id: 'b',
      input: { ticket: '', customer: { name: 'Bob' } },
      expected: { category: 'other', note: 'x' },
      mustPass: false,
    },
  ])
})

it('reads a column `input` as the input itself', async () => {
  using file = fileOf('cases.csv', 'input,expected\nhello,greeting\n')
  expect(await casesOf(suiteOf(csv(file.path)))).toMatchObject([{ id: '1', input: 'hello', expected: 'greeting' }])
})

it('reads any cells that CSV can say', async () => {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const cells = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(cells, async (inputs) => {
      using file = fileOf('cases.csv', `ticket\n${inputs.map((cell) => `${quoted(cell)}\n`).join('')}`)
      const cases = await casesOf(suiteOf(csv(file.path)))
      expect(cases.map(({ input }) => (input as { ticket: string }).ticket)).toEqual(inputs)
    }),
    { numRuns: 40 },
  )
})

it.each([
  ['a row with too many cells', 'a,b\n"1\n2",2\n1,2,3\n', /cases\.csv:4 /],
  ['an open quote', 'a,b\n1,"2\n', /cases\.csv:\d+ cannot be read as CSV/],
  ['a header twice', 'a,a\n1,2\n', /cases\.csv:1 has the header "a" twice/],
  ['a column without a name', 'a,\n1,2\n', /cases\.csv:1 has the header "", which is no name/],
  ['a column that is a part of another', 'a,a.b\n1,2\n', /"input\.a" and "input\.a\.b"/],
  ['a duplicate id', 'id,a\nx,"1\n2"\nx,2\n', /cases\.csv:4 has the id "x", which .*cases\.csv:2/],
  ['a mustPass that is neither', 'a,mustPass\n1,maybe\n', /cases\.csv:2 has a `mustPass`/],
])('names the line of a CSV file with %s', async (_what, text, said) => {
  using file = fileOf('cases.csv', text)
  const problem = await problemOf(suiteOf(csv(file.path)))
  expect(problem.code).toBe('suite-invalid')
  expect(problem.message).toMatch(said)
})

it('reads JSONL, with blank lines, carriage returns, a byte order mark and no line break at the end', async () => {
  using file = fileOf('cases.jsonl', '\ufeff{"id":7,"input":{"a":"\u2028"}}\r\n\n{"input":"x","expected":null}')
  expect(await casesOf(suiteOf(jsonl(file.path)))).toMatchObject([
    { id: '7', input: { a: '\u2028' } },
    { id: '2', input: 'x', expected: null },
  ])
})

it('says that what yields the cases has thrown, and after which', async () => {
  async function* dying() {
    yield { input: 1 }
    throw new Error('no connection, password=secret123')
  }
  const cases = (await readCases(suiteOf(dying()))).open()
  await cases.next()
  await expect(cases.next()).rejects.toMatchObject({
    code: 'suite-invalid',
    message: 'What yields the cases of the suite "some" threw after case 1: Error: no connection, password=[redacted].',
  })
})

it('keeps headers that name what every object has within the case', async () => {
  using file = fileOf('cases.csv', 'constructor.prototype.polluted,toString.x,hasOwnProperty\nyes,1,2\n')
  const [known] = await casesOf(suiteOf(csv(file.path)))
  expect(JSON.stringify(known?.input)).toBe(
    '{"constructor":{"prototype":{"polluted":"yes"}},"toString":{"x":"1"},"hasOwnProperty":"2"}',
  )
  expect('polluted' in {}).toBe(false)
})

it.each([
  ['no JSON', '{"input":1}\n\n{"input":\n', /cases\.jsonl:3 is no JSON: /],
  ['no case', '{"input":1}\n[1]\n', /cases\.jsonl:2 is no case/],
  ['no input', '{"input":1}\n{"ticket":"a"}\n', /cases\.jsonl:2 has no `input`/],
  [
    'an id of another line',
    '{"id":"a","input":1}\n{"id":"a","input":1}',
    /cases\.jsonl:2 has the id "a", which .*:1 has/,
  ],
])('names the line of a JSONL file that has %s', async (_what, text, said) => {
  using file = fileOf('cases.jsonl', text)
  const problem = await problemOf(suiteOf(jsonl(file.path)))
  expect(problem.code).toBe('suite-invalid')
  expect(problem.message).toMatch(said)
})

it('names a file that is not UTF-8, is a folder, or is not there', async () => {
  using latin = fileOf('latin.csv', Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a))
  expect((await problemOf(suiteOf(csv(latin.path)))).message).toMatch(/latin\.csv is not UTF-8/)
  expect((await problemOf(suiteOf(jsonl(latin.path)))).message).toMatch(/latin\.csv is not UTF-8/)
  expect((await problemOf(suiteOf(csv(tmpdir())))).message).toMatch(/cannot be read: /)
  expect(await problemOf(suiteOf(jsonl('nowhere.jsonl')))).toMatchObject({
    message: 'nowhere.jsonl is not there.',
    fix: expect.stringContaining('import.meta.url'),
  })
})

it.each<[string, object, RegExp]>([
  ['no name', { name: ' ' }, /A suite has no name/],
  ['no feature', { feature: undefined }, /"s" has no feature/],
  ['no scorers', { scorers: [] }, /"s" has no scorers/],
  ['a scorer that was not called', { scorers: [exact] }, /"s" has a scorer that is none/],
  ['two scorers of one name', { scorers: [exact(), exact()] }, /two scorers with the name "exact"/],
  ['cases that are none', { cases: 'cases.jsonl' }, /"s" has no cases that can be read/],
  ['a concurrency of none', { limits: { concurrency: 0 } }, /`concurrency` of 0/],
  ['a limit that is no number', { limits: { costUsd: Number.NaN } }, /`costUsd` of NaN/],
  ['no time', { limits: { caseMs: 0 } }, /`caseMs` of 0/],
])('refuses a suite with %s as it is declared', (_what, change, said) => {
  const definition = { name: 's', feature: anything, cases: [{ input: 1 }], scorers: [always], ...change }
  expect(() => suite(definition as never)).toThrow(said)
})
