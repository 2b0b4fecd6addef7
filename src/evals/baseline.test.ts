import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CaseOutcome } from '../core/eval-run.ts'
import { type Baselines, baselinesText, readBaselines, writeBaselines } from './baseline.ts'

const folder = () => mkdtempDisposableSync(join(tmpdir(), 'inseam-baseline-'))

const outcome = fc.constantFrom<CaseOutcome>('passed', 'failed', 'unclear')
const baselines: fc.Arbitrary<Baselines> = fc
  .array(
    fc.tuple(
      fc.string({ unit: 'binary' }),
      fc.record({
        feature: fc.string(),
        model: fc.string(),
        targets: fc.uniqueArray(fc.string()).map((targets) => targets.sort()),
        outcomes: fc.array(fc.tuple(fc.string({ unit: 'binary' }), outcome)).map((cases) => new Map(cases)),
      }),
    ),
  )
  .map((suites) => new Map(suites))

it('reads back what it wrote, whatever the cases are called', async () => {
  using at = folder()
  const path = join(at.path, 'a.baseline.json')
  await fc.assert(
    fc.asyncProperty(baselines, async (written) => {
      await writeBaselines(path, written)
      expect(await readBaselines(path)).toEqual(written)
    }),
    { numRuns: 50 },
  )
  expect(readdirSync(at.path)).toEqual(['a.baseline.json'])
})

it('writes the same text whatever the order in which cases ended, numbers in their order', () => {
  const of = (...ids: string[]): Baselines =>
    new Map([['s', { feature: 'f', model: 'm', targets: [], outcomes: new Map(ids.map((id) => [id, 'passed'])) }]])
  expect(baselinesText(of('10', 'b', '9', 'a'))).toBe(baselinesText(of('a', '9', 'b', '10')))
  expect(baselinesText(of('10', 'b', '9', 'a')).match(/"(9|10|a|b)"/g)).toEqual(['"9"', '"10"', '"a"', '"b"'])
})

it('has no baselines where there is no file', async () => {
  expect(await readBaselines('/nowhere/at/all.json')).toEqual(new Map())
})

it.each([
  ['is no JSON', '{', /is no JSON/],
  ['is of another version', '{"version":2,"suites":{}}', /no baseline of version 1/],
  ['is a list', '[]', /no baseline of version 1/],
  [
    'has an outcome that is none',
    '{"version":1,"suites":{"s":{"feature":"f","model":"m","targets":[],"outcomes":{"1":"ok"}}}}',
    /suite "s"/,
  ],
])('names the file that %s, and the fix', async (_what, text, said) => {
  using at = folder()
  const path = join(at.path, 'a.baseline.json')
  writeFileSync(path, text)
  const failure = readBaselines(path)
  await expect(failure).rejects.toMatchObject({
    code: 'suite-invalid',
    fix: expect.stringContaining('--update-baseline'),
  })
  await expect(failure).rejects.toThrow(said)
  await expect(failure).rejects.toThrow('a.baseline.json')
})
