import type { CaseResult } from '../core/eval-run.ts'
import type { SuiteReport } from './report.ts'
import { problemOf } from './report-text.ts'

/** A run and its cases, as JUnit wants them. */
export interface JunitSuite {
  readonly report: SuiteReport
  readonly cases: readonly CaseResult[]
}

/**
 * The runs as JUnit XML, which CI systems show: a failed case is a `failure`, an unclear one an `error`; cases that never began
 * are one that was `skipped`.
 */
export function junitText(suites: readonly JunitSuite[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map(suiteXml).join('')}</testsuites>\n`
}

function suiteXml({ report, cases }: JunitSuite): string {
  const { suite, failed, unclear, skipped = 0, startedAt, totalMs } = report
  const isCut = report.ending !== 'finished'
  const facts = attributes({
    name: suite,
    tests: cases.length + Number(isCut),
    failures: failed,
    errors: unclear,
    skipped: Number(isCut),
    time: seconds(totalMs),
    timestamp: new Date(startedAt).toISOString().slice(0, 19),
  })
  const rest = isCut
    ? `    <testcase${attributes({ name: 'cases that never began', classname: suite, time: 0 })}><skipped${attributes({ message: `${skipped} cases: ${report.reasons.join('; ')}` })}/></testcase>\n`
    : ''
  return `  <testsuite${facts}>\n${cases.map((each) => caseXml(suite, each)).join('')}${rest}  </testsuite>\n`
}

function caseXml(suite: string, result: CaseResult): string {
  const facts = attributes({ name: result.id, classname: suite, time: seconds(result.totalMs) })
  if (result.outcome === 'passed') return `    <testcase${facts}/>\n`
  const element = result.outcome === 'failed' ? 'failure' : 'error'
  const said = attributes({ message: problemOf(result), type: result.error?.code ?? result.flip ?? result.outcome })
  return `    <testcase${facts}><${element}${said}>${escaped(`inseam explain ${result.callId}`)}</${element}></testcase>\n`
}

const seconds = (ms: number) => (ms / 1000).toFixed(3)

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('')
}

/** What XML 1.0 cannot carry at all, be it escaped, becomes the replacement character: a model may write anything. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not pass
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  )
}
