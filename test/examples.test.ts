import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startExampleGateway } from './example-gateway.ts'
import { inseam, start } from './process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const examples = join(root, 'examples')
const names = readdirSync(examples).filter((name) => /^\d\d-.*\.ts$/.test(name))

let cwd = ''
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-examples-'))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

/** What each example prints, answered by the simulator. */
const prints: Readonly<Record<string, RegExp>> = {
  '01-completion.ts': /^My parcel was due on Monday and is not here\.\ncompleted, \$0\.0000\d\d\n$/,
  '02-structured-output.ts': /^billing (?:low|medium|high|critical) (?:escalate|routine)\nat the first attempt\n$/,
  '03-rag.ts':
    /^(?<quote>Refunds are paid within 14 days .*) \[1\]\n {2}\[1\] refunds\.md 11-80: \k<quote>\nabstained: no-sources\n$/,
  '04-tool-use.ts': /^get_order_status: done\n.*\bshipped\b.*\n$/,
  '05-cached-completion.ts': /^provider, \$0\.0000\d\d: (?<text>.+)\ncache, \$0\.00: \k<text>\n$/,
  '06-resilient-call.ts': /^.+\nattempt 1: overloaded\nattempt 2: overloaded\nattempt 3: completed\n$/,
  '07-observed-call.ts':
    /feature: 'ask',\n +tenant: 'acme',\n +target: 'simulator\/sim-small',\n +ending: 'completed',\n +input_tokens: \d+,\n +output_tokens: \d+,\n +timed: 1,\n +cost_nano_usd: \d+/,
  '08-run-eval.ts': /^PASSED {2}triage\n +passed +8 of 8/,
  '09-decide.ts':
    /^other +free {2}decided by empty ticket\ndelivery +free {2}decided by decided before\nbilling +paid {2}decided by model\n$/,
  '11-embeddings.ts': /^Tracking a parcel\n14 tokens, then 5\n$/,
  '12-outage.ts':
    /^24 customers, 12 turned away\n18 requests, 6 in vain, at 30,40,50,60,70,80 s\n\$0\.\d{6} in all, \$0 for what failed\n$/,
  '10-feature-as-model.ts': /^\{"category":"billing","priority":"\w+","requires_escalation":(?:true|false)\}\n$/,
}

describe('the examples, each as a process on the simulator', { timeout: 60_000, concurrent: true }, () => {
  it.for(names)('%s prints what it promises', async (name, { expect }) => {
    const script = join(root, 'scripts/run-example.ts')
    const words = ['--disable-warning=ExperimentalWarning', script, name.slice(0, 2), '--simulate']
    const { code, out, err } = await start(process.execPath, words, { cwd }).ended
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/^Answers come from the simulator at \S+\n\n$/),
    })
    expect(out).toMatch(prints[name]!)
  })

  it('names what there is where it is told no example', async ({ expect }) => {
    const { code, err } = await start(process.execPath, [join(root, 'scripts/run-example.ts')], { cwd }).ended
    expect(code).toBe(2)
    for (const name of names) expect(err).toContain(name)
  })
})

describe('examples/README.md', () => {
  const readme = readFileSync(join(examples, 'README.md'), 'utf8')

  it('names every example, and every file that it names is there', () => {
    const inside = readdirSync(examples, { recursive: true, encoding: 'utf8' })
    const named = [...readme.matchAll(/\]\((?!http|\.\.)([^)#]+)\)/g)].map(([, path = '']) => path)
    expect(named).toEqual(expect.arrayContaining(names))
    expect(named.filter((path) => !inside.includes(path))).toEqual([])
  })
})

describe('the features of the examples', { timeout: 120_000 }, () => {
  it('are models of a gateway that was started from a clone, without a build', async () => {
    await using gateway = await startExampleGateway()
    const models = (await (await fetch(`${gateway.url}/v1/models`)).json()) as { data: readonly { id: string }[] }
    expect(models.data.map(({ id }) => id)).toContain('feature/triage-ticket')
  })

  it('are evaluated from a clone by inseam eval', async () => {
    const { code, out, err } = await inseam(['eval', join(examples, 'features'), '--simulate'], {
      cwd: mkdtempSync(join(cwd, 'eval-')),
    })
    expect(code, `${out}${err}`).toBe(0)
    expect(out).toMatch(/PASSED {2}triage\n +passed +8 of 8/)
  })
})
