import { spawnSync } from 'node:child_process'
import { delimiter, resolve } from 'node:path'
import { styleText } from 'node:util'

/** Everything that is not a test, by name: `npm run check` runs all, `npm run check -- types style` those two. */
const checks: Readonly<Record<string, readonly [command: string, ...words: string[]]>> = {
  types: ['tsc', '-p', '.'],
  page: ['tsc', '-p', 'dashboard'],
  style: ['biome', 'check', '--error-on-warnings'],
  imports: ['node', 'scripts/check-imports.ts'],
  unused: ['knip', '--no-progress'],
  examples: ['node', 'scripts/check-docs.ts'],
  generated: ['node', 'scripts/generate.ts', '--check'],
  package: ['node', 'scripts/check-package.ts'],
}

const env = { ...process.env, PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}` }
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks)
const failed = names.filter((name) => !passes(name))
if (failed.length > 0) console.log(`\n${failed.length} of ${names.length} checks failed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0

function passes(name: string): boolean {
  const check = checks[name]
  if (!check) throw new Error(`There is no check "${name}". There are: ${Object.keys(checks).join(', ')}.`)
  const [command, ...words] = check
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command === 'node' ? process.execPath : command, words, {
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 28,
    shell: process.platform === 'win32' && command !== 'node',
  })
  const seconds = `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(7)
  const passed = status === 0
  const closing = passed && command === 'node' ? (stdout.trim().split('\n').at(-1) ?? '') : ''
  const mark = passed ? styleText('green', 'ok  ') : styleText('red', 'FAIL')
  console.log(`${mark} ${name.padEnd(10)}${seconds}  ${closing}`.trimEnd())
  if (!passed) console.log(indent(`${stdout}${stderr}${error?.message ?? ''}`))
  return passed
}

function indent(output: string): string {
  return output.trim().replaceAll(/^/gm, '     ')
}
