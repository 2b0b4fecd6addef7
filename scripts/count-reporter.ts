import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Where the closing lines are kept, for a script that prints them again at its own end. */
export const countsFile = 'node_modules/.cache/inseam/tests.txt'

/** Names the tests that were skipped, by their reason, and closes with those that failed and one line of counts. */
export function countReporter(): Reporter {
  return {
    onInit: () => rmSync(countsFile, { force: true }),
    onTestRunEnd(modules, unhandledErrors) {
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      const inState = (state: string) => tests.filter((test) => test.result().state === state)
      const skipped = inState('skipped')
      const failures = [
        ...inState('failed').map((test) => `${nameOf(test)}\n${firstLines(test.result().errors)}`),
        ...modules
          .filter(failedOutsideItsTests)
          .map((module) => `${module.relativeModuleId}\n${firstLines(module.errors())}`),
        ...unhandledErrors.map((error) => `outside of every test\n${firstLines([error])}`),
      ]
      if (skipped.length > 0) console.log(`\nskipped:\n${describeSkipped(skipped).join('\n')}`)
      const counts = `tests: ${inState('passed').length} passed, ${failures.length} failed, ${skipped.length} skipped`
      const closing = [...failures.map((failure) => `failed: ${failure}`), counts].join('\n')
      mkdirSync(dirname(countsFile), { recursive: true })
      writeFileSync(countsFile, `${closing}\n`)
      console.log(`\n${closing}`)
    },
  }
}

/** A file that could not be loaded, or whose hooks failed, ran no test that would show it. */
function failedOutsideItsTests(module: TestModule): boolean {
  if (module.state() !== 'failed') return false
  return ![...module.children.allTests()].some((test) => test.result().state === 'failed')
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} › ${test.fullName}`
}

function firstLines(errors: readonly { readonly message?: string }[] | undefined): string {
  const lines = (errors ?? []).flatMap((error) => stripVTControlCharacters(error.message ?? '').split('\n'))
  return lines
    .slice(0, linesOfFailure)
    .map((line) => `  ${line}`)
    .join('\n')
}

const linesOfFailure = 12

/** One line a test; a suite that skips many for one reason takes one line for all of them. */
function describeSkipped(tests: readonly TestCase[]): readonly string[] {
  const bySuite = Map.groupBy(tests, (test) => {
    const suite = test.parent.type === 'suite' ? ` › ${test.parent.fullName}` : ''
    return `${test.module.relativeModuleId}${suite}${reasonOf(test)}`
  })
  return [...bySuite].map(([suite, skipped]) => {
    const [first] = skipped
    if (first === undefined || skipped.length > namedBySuite) return `  ${suite}: ${skipped.length} tests`
    return skipped.map((test) => `  ${nameOf(test)}${reasonOf(test)}`).join('\n')
  })
}

const namedBySuite = 5

function reasonOf(test: TestCase): string {
  const result = test.result()
  return result.state === 'skipped' && result.note ? `: ${result.note}` : ''
}
