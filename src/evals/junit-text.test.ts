import fc from 'fast-check'
import { Parser } from 'htmlparser2'
import { expect, it } from 'vitest'
import { noCost } from '../core/cost.ts'
import type { CaseResult } from '../core/eval-run.ts'
import { junitText } from './junit-text.ts'
import type { SuiteReport } from './report.ts'

const report = (suite: string): SuiteReport => ({
  runId: 'eval_1',
  suite,
  feature: 'f',
  model: 'fast',
  targets: [],
  verdict: 'failed',
  reasons: ['stopped before its end'],
  ending: 'stopped',
  startedAt: 0,
  totalMs: 1_500,
  cases: 1,
  passed: 0,
  failed: 1,
  unclear: 0,
  skipped: 2,
  passRate: 0,
  interval: [0, 1],
  detectableDrop: null,
  cost: noCost,
  p50Ms: 1,
  p95Ms: 1,
  decidedBy: {},
  scorers: [],
  problems: [],
  warnings: [],
})

const failed = (id: string, detail: string): CaseResult => ({
  id,
  outcome: 'failed',
  scores: [{ scorer: 'exact', outcome: 'failed', detail }],
  callId: 'call_1',
  startedAt: 0,
  totalMs: 12,
  cost: noCost,
})

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

function elementsOf(xml: string): Element[] {
  const elements: Element[] = []
  const open: string[] = []
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        elements.push({ name, attributes })
        open.push(name)
      },
      onclosetag: (name, isImplied) => {
        expect({ name: open.pop(), isImplied: isImplied && !xml.includes('/>') }).toEqual({ name, isImplied: false })
      },
    },
    { xmlMode: true },
  )
  parser.end(xml)
  expect(open).toEqual([])
  return elements
}

it('is XML that reads back what a model wrote, but for what XML cannot carry', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text, text, text, (suite, id, detail) => {
      const xml = junitText([{ report: report(suite), cases: [failed(id, detail)] }])
      // The characters that XML 1.0 allows, and none else.
      expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
      const elements = elementsOf(xml)
      const kept = (value: string) =>
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot carry
        value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      expect(elements.map(({ name }) => name)).toEqual([
        'testsuites',
        'testsuite',
        'testcase',
        'failure',
        'testcase',
        'skipped',
      ])
      expect(elements[1]?.attributes).toMatchObject({
        name: kept(suite),
        tests: '2',
        failures: '1',
        errors: '0',
        skipped: '1',
      })
      expect(elements[2]?.attributes).toMatchObject({ name: kept(id), classname: kept(suite), time: '0.012' })
      expect(elements[3]?.attributes.message).toBe(kept(`exact: ${detail}`))
    }),
  )
})
