import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type DocExample, examplesOfPage, examplesOfSource } from './doc-examples.ts'
import { publicEntries } from './entries.ts'
import { isTest } from './rooms.ts'

const run = promisify(execFile)
const folder = '.inseam/doc-examples'
const secondsToRun = 30

const pages = globSync(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/**/*.md'])
const sources = globSync('src/**/*.ts').filter((file) => !isTest(file))
const examples = [
  ...pages.flatMap((file) => examplesOfPage(file, readFileSync(file, 'utf8'))),
  ...sources.flatMap((file) => examplesOfSource(file, readFileSync(file, 'utf8'))),
]
const written = new Map(examples.map((example) => [fileNameOf(example), example]))

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
try {
  writeExamples()
  const problems = [...(await typeErrors()), ...(await runErrors())]
  for (const problem of problems) console.log(problem)
  const ran = examples.filter(({ runs }) => runs).length
  console.log(problems.length === 0 ? `${examples.length} type-checked, ${ran} run` : `${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Each example keeps the lines that it has in its document, so that errors name the true place. */
function writeExamples(): void {
  for (const [name, { code, line }] of written) {
    writeFileSync(join(folder, name), `${'\n'.repeat(line - 1)}${code}\nexport {}\n`)
  }
  const existing = [...publicEntries()].filter(([, source]) => existsSync(source))
  const paths = Object.fromEntries(existing.map(([entry, source]) => [entry, [resolve(source)]]))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: resolve('tsconfig.json'), compilerOptions: { paths }, include: ['*.ts'] }),
  )
}

async function typeErrors(): Promise<string[]> {
  if (examples.length === 0) return []
  const output = await outputOnFailure('tsc', ['-p', folder, '--pretty', 'false'])
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${folder}/`))
    .map(inItsDocument)
}

async function runErrors(): Promise<string[]> {
  const waiting = [...written].filter(([, { runs }]) => runs)
  const problems: string[] = []
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [name, { file, line }] = next
      const output = await outputOnFailure(process.execPath, ['--import', resolve('scripts/example-runtime.ts'), name])
      if (output) problems.push(`${file}:${line} the example does not run:\n${inItsDocument(withoutStack(output))}`)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return problems
}

/** What a command printed where it failed; nothing where it did not. Examples get no keys: they must not cost money. */
async function outputOnFailure(command: string, words: readonly string[]): Promise<string> {
  const isTsc = command === 'tsc'
  const keyless = Object.entries(process.env).filter(([name]) => !/_(KEY|TOKEN)$/.test(name))
  try {
    await run(command, words, {
      cwd: isTsc ? undefined : folder,
      env: Object.fromEntries(keyless),
      timeout: isTsc ? 0 : secondsToRun * 1000,
      shell: isTsc && process.platform === 'win32',
    })
    return ''
  } catch (error) {
    const { stdout, stderr, killed } = error as { stdout: string; stderr: string; killed: boolean }
    return killed ? `it did not end within ${secondsToRun} s` : `${stdout}${stderr}`.trim() || String(error)
  }
}

function withoutStack(output: string): string {
  return output.replaceAll(/^ {4}at .*\n?/gm, '').trim()
}

function fileNameOf({ file, line }: DocExample): string {
  return `${file.replaceAll(/[/.]/g, '-')}-${line}.ts`
}

function inItsDocument(text: string): string {
  let result = text
  for (const [name, { file }] of written) result = result.replaceAll(`${folder}/${name}`, file)
  return result
}
