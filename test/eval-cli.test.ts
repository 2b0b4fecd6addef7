import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../src/simulator/index.ts'
import { inseam, startInseam } from './process.ts'

const source = fileURLToPath(new URL('../src', import.meta.url))
const fixtures = fileURLToPath(new URL('fixtures/evals', import.meta.url))

let root = ''
let cwd = ''
let simulator: Simulator
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'inseam-eval-'))
  simulator = await startSimulator()
})
afterAll(async () => {
  await simulator.close()
  rmSync(root, { recursive: true, force: true })
})
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'at-'))
  write(
    'inseam.yaml',
    `providers:
  lab: { dialect: openai-chat, url: "${simulator.url}/v1", key: none, models: [sim-small] }
models:
  fast: { targets: [lab/sim-small] }
prices:
  lab/sim-small: { input: 1, output: 2 }
events: { store: sqlite, path: events.db, content: on }
`,
  )
})

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text)
const evaluate = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  inseam(['eval', ...words], { cwd, env })

/** The suite of the fixtures, where imports of the package lead to its source. */
function useFixtures(): void {
  cpSync(fixtures, cwd, { recursive: true })
  const text = readFileSync(join(cwd, 'triage.eval.ts'), 'utf8')
  write('triage.eval.ts', text.replaceAll('../../../src', source))
}

const suiteText = (body: string) => `
import { custom, exact, regex, suite } from '${source}/evals/index.ts'
import { feature, lookup, prompt } from '${source}/index.ts'
const echo = feature({ name: 'echo', model: 'fast', decide: [lookup('echo', ({ say }) => say)], prompt: () => prompt\`.\` })
const asks = feature({ name: 'ask', model: 'fast', prompt: ({ say }) => prompt\`Answer.\${say}\` })
${body}
`

/** Nothing that a user can do wrong shows where in our code it was found. */
const stackTrace = /\n\s+at .*:\d+:\d+/

describe('inseam eval', () => {
  it('passes, and accepts what it gave as a baseline', async () => {
    useFixtures()
    const [first, accepted] = await Promise.all([evaluate([]), evaluate(['triage.eval.ts', '--update-baseline'])])
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/^PASSED {2}category\n {2}passed +5 of 5: 100 % \(95 % interval 56\.6 % to 100 %\)\n/)
    expect(accepted.code).toBe(0)
    expect(accepted.out).toContain('accepted: ')
    const { suites } = JSON.parse(readFileSync(join(cwd, 'triage.eval.ts.baseline.json'), 'utf8'))
    expect(suites.category.totals).toEqual({ cases: 5, passed: 5, failed: 0, unclear: 0 })
  })

  it('sees what broke against its baseline, and fails where that is no chance or none may', async () => {
    useFixtures()
    const outcomes = { late: 'passed', charged: 'passed', refund: 'passed', hello: 'failed', lost: 'passed' }
    const category = { feature: 'category-of-ticket', model: 'fast', targets: [], outcomes }
    write('triage.eval.ts.baseline.json', JSON.stringify({ version: 1, suites: { category } }))
    const wrong = { BILLING_IS: 'money' }
    const [broken, strict, alone] = await Promise.all([
      evaluate(['--junit', 'junit.xml'], wrong),
      evaluate(['--strict', '--json'], wrong),
      evaluate(['--no-baseline', '--min-pass', '60%', '--quiet'], wrong),
    ])
    expect(broken.code).toBe(3)
    expect(broken.out).toMatch(/^NOT ENOUGH EVIDENCE {2}category: 2 broken, 1 fixed/)
    expect(broken.out).toMatch(/\n {2}broken +charged {2}exact: expected "billing", got "money" {2}call_\w+\n/)
    expect(broken.out).toContain('the prompt is another one')
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toMatch(/<testsuite name="category" tests="5" failures="2"/)

    expect(strict.code).toBe(1)
    const { version, exitCode, suites } = JSON.parse(strict.out)
    expect({ version, exitCode }).toEqual({ version: 1, exitCode: 1 })
    expect(suites[0]).toMatchObject({
      suite: 'category',
      verdict: 'regressed',
      passed: 3,
      comparison: { broken: ['charged', 'refund'], fixed: ['hello'] },
    })
    expect(suites[0].results).toHaveLength(5)

    expect(alone).toMatchObject({ code: 0, out: '' })
  })

  it('keeps runs on the record, with content where the configuration says so', async () => {
    useFixtures()
    await evaluate([])
    const asked =
      "select suite, verdict, cases, input from v_eval_runs join v_eval_cases using (run_id) where case_id = 'lost'"
    const { out } = await inseam(['events', 'sql', asked, '--json'], { cwd })
    expect(JSON.parse(out)).toEqual([
      { suite: 'category', verdict: 'passed', cases: 5, input: '{"ticket":"Is my parcel lost?"}' },
    ])
  })

  it.each([
    ['throws on import', "throw new Error('no table')", /bad\.eval\.ts cannot be imported: Error: no table/],
    ['exports no suite', 'export default 1', /bad\.eval\.ts exports no suite/],
    [
      'has a case that is there twice',
      "export default suite({ name: 's', feature: echo, cases: [{ id: 'a', input: { say: 'a' } }, { id: 'a', input: { say: 'b' } }], scorers: [regex(/./)] })",
      /Case 2 of the suite "s" has the id "a"/,
    ],
    [
      'has no cases',
      "export default suite({ name: 's', feature: echo, cases: [], scorers: [exact()] })",
      /"s" has no cases/,
    ],
    [
      'has two suites of one name',
      "const of = () => suite({ name: 's', feature: echo, cases: [{ input: { say: 'a' } }], scorers: [regex(/./)] })\nexport const a = of()\nexport const b = of()",
      /two suites with the name "s"/,
    ],
  ])('cannot run a file that %s: it says which and how to mend it', async (_what, body, said) => {
    useFixtures()
    write('bad.eval.ts', suiteText(body))
    const { code, out, err } = await evaluate([])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(said)
    expect(err).toContain('Fix: ')
    expect(err).not.toMatch(stackTrace)
  })

  it.each([
    [['nowhere'], /nowhere is not there/],
    [['.'], /There are no suites in /],
    [['--update-baseline', '--filter', 'x'], /do not go together/],
    [['--min-pass', '1.1'], /a share from 0 to 1/],
    [['--junit', 'no/such/folder.xml'], /no\/such\/folder\.xml cannot be written/],
    [['--concurrency', '0'], /whole number from 1 to 1000/],
    [['--max-cost', 'much'], /a number of 0 or more/],
  ])('says what is wrong with %j', async (words, said) => {
    const { code, out, err } = await evaluate(words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(said)
    expect(err).not.toMatch(stackTrace)
  })

  it('says that no case matches the filter, and names a baseline that cannot be read', async () => {
    useFixtures()
    expect(await evaluate(['--filter', 'nothing'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('matches the filter'),
    })
    write('triage.eval.ts.baseline.json', '{')
    expect(await evaluate([])).toMatchObject({
      code: 2,
      err: expect.stringContaining('triage.eval.ts.baseline.json is no JSON'),
    })
  })

  it('ends with 3 where money or a provider cut it short, and leaves the baseline alone', async () => {
    write(
      'money.eval.ts',
      suiteText(`
const cases = Array.from({ length: 20 }, (_, index) => ({ input: { say: String(index) } }))
export const paid = suite({ name: 'paid', feature: asks, cases, scorers: [regex(/./)] })
export const unavailable = suite({ name: 'unavailable', feature: { ...asks, model: 'lab/sim-small+server-error' }, cases: cases.slice(0, 2), scorers: [regex(/./)] })`),
    )
    const { code, out } = await evaluate(['--max-cost', '0.0001', '--concurrency', '1', '--update-baseline'])
    expect(code).toBe(3)
    expect(out).toMatch(/NOT ENOUGH EVIDENCE {2}paid: cut short by the money limit\n/)
    expect(out).toMatch(/NOT ENOUGH EVIDENCE {2}unavailable: cut short by the money limit; no case was judged\n/)
    expect(out).toContain('The baseline is as it was')
    const down = await evaluate(['--json', '--max-unclear', '5'])
    const suites = JSON.parse(down.out).suites
    expect(suites.map(({ suite, unclear }: { suite: string; unclear: number }) => ({ suite, unclear }))).toEqual([
      { suite: 'paid', unclear: 0 },
      { suite: 'unavailable', unclear: 2 },
    ])
    expect(suites[1].results[0].error.code).toBe('server-error')
    expect(down.code).toBe(3)
  })

  it('stops with Ctrl-C, reports what there is, and ends with 3', async () => {
    write(
      'slow.eval.ts',
      suiteText(`
const hangs = custom('hangs', ({ text }) => {
  if (text === '3') console.error('it hangs')
  return text < '3' || new Promise(() => undefined)
})
const cases = ['1', '2', '3', '4'].map((say) => ({ input: { say } }))
export default suite({ name: 'slow', feature: echo, cases, scorers: [hangs] })`),
    )
    await using running = startInseam(['eval', '--concurrency', '1'], { cwd })
    await running.line(/it hangs/)
    running.kill('SIGINT')
    const { code, out } = await running.ended
    expect(code).toBe(3)
    expect(out).toMatch(/^NOT ENOUGH EVIDENCE {2}slow: stopped before its end\n {2}passed +2 of 2/)
    expect(out).toMatch(/\n {2}skipped +2\n/)
    const { out: rows } = await inseam(['events', 'sql', 'select ending, skipped from v_eval_runs', '--json'], { cwd })
    expect(JSON.parse(rows)).toEqual([{ ending: 'stopped', skipped: 2 }])
  })

  it('finds suites beside the features that the configuration names', async () => {
    mkdirSync(join(cwd, 'product', 'triage'), { recursive: true })
    write('product/triage/category.eval.ts', suiteText(oneSuite('beside')))
    write('other.eval.ts', suiteText(oneSuite('elsewhere')))
    write('product/triage/category.feature.ts', '')
    write(
      'features.yaml',
      `${readFileSync(join(cwd, 'inseam.yaml'), 'utf8')}features: ./product/triage/category.feature.ts\n`,
    )
    const { code, out } = await evaluate(['--config', 'features.yaml', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out).suites.map(({ suite }: { suite: string }) => suite)).toEqual(['beside'])
  })

  it('says in its help what its exit codes mean', async () => {
    expect((await evaluate(['--help'])).out).toMatch(/Exit codes:\n {2}0 +passed/)
  })
})

const oneSuite = (name: string) =>
  `export default suite({ name: '${name}', feature: echo, cases: [{ input: { say: 'a' } }], scorers: [regex(/a/)] })`
