import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Where the closing line is kept, for a script that prints it again at its own end. */
export const countsFile = 'node_modules/.cache/inseam/tests.txt'

/** Names the tests that were skipped, with their reason where they gave one, and closes with one line of counts. */
export function countReporter(): Reporter {
  return {
    onInit: () => rmSync(countsFile, { force: true }),
    onTestRunEnd(modules, unhandledErrors) {
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      const inState = (state: string) => tests.filter((test) => test.result().state === state)
      const failed = inState('failed').length + modules.filter(failedOutsideItsTests).length + unhandledErrors.length
      const skipped = inState('skipped')
      if (skipped.length > 0) console.log(`\nskipped:\n${skipped.map(describeSkipped).join('\n')}`)
      const counts = `tests: ${inState('passed').length} passed, ${failed} failed, ${skipped.length} skipped`
      mkdirSync(dirname(countsFile), { recursive: true })
      writeFileSync(countsFile, `${counts}\n`)
      console.log(`\n${counts}`)
    },
  }
}

/** A file that could not be loaded, or whose hooks failed, ran no test that would show it. */
function failedOutsideItsTests(module: TestModule): boolean {
  if (module.state() !== 'failed') return false
  return ![...module.children.allTests()].some((test) => test.result().state === 'failed')
}

function describeSkipped(test: TestCase): string {
  const result = test.result()
  const why = result.state === 'skipped' && result.note ? `: ${result.note}` : ''
  return `  ${test.module.relativeModuleId} › ${test.fullName}${why}`
}
