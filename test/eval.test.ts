import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { CaseContent } from '../src/core/eval-run.ts'
import {
  type Case,
  type CaseResult,
  contains,
  custom,
  exact,
  field,
  judge,
  numeric,
  type RunSuiteOptions,
  regex,
  reportText,
  runSuite,
  type Scorer,
  type Suite,
  type SuiteReport,
  schema,
  suite,
} from '../src/evals/index.ts'
import { documents, feature, lookup, prompt, tool } from '../src/index.ts'
import type { Scenario } from '../src/simulator/index.ts'
import { openStand, type Stand, type StandOptions } from './stand.ts'

interface Said {
  readonly say: string
}

/** Says what its input says, by the pipeline and without a model. */
const echo = feature<Said>({
  name: 'echo',
  model: 'fast',
  decide: [lookup('echo', ({ say }: Said) => say)],
  prompt: ({ say }) => prompt`Repeat it.\n\n${say}`,
})

const priced = feature<Said>({ name: 'ask', model: 'fast', prompt: ({ say }) => prompt`Answer.\n\n${say}` })
const failing = (fault: string) =>
  feature<Said>({ name: 'ask', model: `simulator/sim-small+${fault}`, prompt: ({ say }) => prompt`${say}` })

async function run(stand: Stand, suite: Suite, options: RunSuiteOptions = {}) {
  const results: CaseResult[] = []
  const { report, baseline } = await runSuite(stand.seam, suite, {
    ...options,
    onCase: (result) => {
      results.push(result)
      options.onCase?.(result)
    },
  })
  return { report, baseline, results }
}

/** What one scorer says of what was said. */
async function scoreOf(scorer: Scorer, say: string, expected?: unknown) {
  await using stand = await openStand()
  const cases: Case<Said>[] = [{ input: { say }, expected }]
  const { results } = await run(stand, suite({ name: 'one', feature: echo, cases, scorers: [scorer] }))
  return results[0]!
}

describe('scorers', () => {
  it.each<[string, Scorer, string, unknown, string]>([
    ['exact', exact(), 'yes', ' yes\n', 'passed'],
    ['exact', exact(), 'yes', 'no', 'failed'],
    ['contains', contains(), 'It is a Parcel.', 'parcel', 'passed'],
    ['contains', contains({ isCaseSensitive: true }), 'It is a Parcel.', 'parcel', 'failed'],
    ['contains', contains(), 'one two', ['one', 'three'], 'failed'],
    ['regex', regex(/^\d{4}$/g), '2026', undefined, 'passed'],
    ['regex', regex(/^\d{4}$/), '20 26', undefined, 'failed'],
    ['numeric', numeric({ tolerance: 0.1 }), '1,204.55', 1204.5, 'passed'],
    ['numeric', numeric(), '0.3', 0.1 + 0.2, 'passed'],
    ['numeric', numeric({ tolerance: 1 }), '12', '14', 'failed'],
    ['numeric', numeric(), 'a dozen', 12, 'failed'],
    ['schema', schema(z.object({ a: z.number() })), '{"a":1}', undefined, 'passed'],
    ['schema', schema(z.object({ a: z.number() })), '{"a":"1"}', undefined, 'failed'],
    ['schema', schema(z.object({})), 'prose', undefined, 'failed'],
    ['field', field('ending.type'), 'anything', 'completed', 'passed'],
    ['custom', custom('short', ({ text }) => text.length < 5), 'long text', undefined, 'failed'],
    ['custom', custom('half', () => ({ outcome: 'passed', value: 0.5, detail: 'so so' })), 'x', undefined, 'passed'],
    ['custom', custom('broken', () => 'perhaps' as never), 'x', undefined, 'unclear'],
  ])('%s', async (_name, scorer, say, expected, outcome) => {
    const result = await scoreOf(scorer, say, expected)
    expect(result.outcome).toBe(outcome)
    expect(result.scores).toMatchObject([{ scorer: scorer.name, outcome }])
    if (outcome !== 'passed' && scorer.name !== 'short') expect(result.scores[0]?.detail).toBeTruthy()
  })

  it('that throw are unclear, whatever they throw, and the rest of the run goes on', async () => {
    await using stand = await openStand()
    const throwing = custom('throwing', async ({ text }) => {
      if (text === 'b') throw new RangeError('too far')
      return true
    })
    const cases = ['a', 'b', 'c'].map((say) => ({ id: say, input: { say } }))
    const { report, results } = await run(stand, suite({ name: 's', feature: echo, cases, scorers: [throwing] }))
    expect(report).toMatchObject({ passed: 2, failed: 0, unclear: 1, verdict: 'inconclusive' })
    expect(results.find(({ id }) => id === 'b')?.scores[0]?.detail).toBe('the scorer threw: too far')
  })

  it('compare fields of what a feature with an output schema gave', async () => {
    const triage = feature({
      name: 'triage',
      model: 'fast',
      output: z.object({ category: z.string(), items: z.array(z.object({ price: z.number() })) }),
      decide: [lookup('table', () => ({ category: 'billing', items: [{ price: 12 }] }))],
      prompt: ({ say }: Said) => prompt`${say}`,
    })
    const made = (expected: unknown) =>
      suite({
        name: 'triage',
        feature: triage,
        cases: [{ input: { say: 'x' }, expected }],
        scorers: [
          field('category'),
          field('items.0.price'),
          custom<Said, { category: string }>('typed', ({ output }) => output.category.startsWith('b')),
        ],
      })
    await using stand = await openStand()
    const right = await run(stand, made({ category: 'billing', items: [{ price: '12' }] }))
    expect(right.report).toMatchObject({ passed: 1, decidedBy: { table: 1 } })
    const wrong = await run(stand, made({ category: 'other', items: [{ price: 13 }] }))
    expect(wrong.results[0]?.scores.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'passed'])
    expect(wrong.results[0]?.scores[0]?.detail).toBe('category: expected "other", got "billing"')
  })
})

describe('a judge', () => {
  const judged =
    (scenario: Scenario, options: Partial<Parameters<typeof judge>[0]> = {}, stand: StandOptions = {}) =>
    async () => {
      await using at = await openStand({ simulator: { scenario }, ...stand })
      const scorer = judge({ model: 'simulator/sim-judge', rubric: 'It is polite.', ...options })
      const cases = [{ id: 'a', input: { say: 'Dear Ada' }, expected: 'Dear Ada,' }]
      const made = await run(at, suite({ name: 's', feature: echo, cases, scorers: [scorer] }))
      return { ...made, calls: at.calls() }
    }
  const says = (reply: object): Scenario => ({ rules: [{ when: { model: 'sim-judge' }, reply }] })

  it.each<[string, Scenario, object, string, RegExp]>([
    ['passes', says({ json: { reason: 'It greets.', verdict: 'pass' } }), {}, 'passed', /It greets\./],
    ['fails', says({ json: { reason: 'It is curt.', verdict: 'fail' } }), {}, 'failed', /It is curt\./],
    ['cannot tell', says({ json: { reason: 'Who knows.', verdict: 'cannot-tell' } }), {}, 'unclear', /Who knows\./],
    [
      'gives enough points',
      says({ json: { reason: 'Good.', verdict: 4 } }),
      { scale: { min: 1, max: 5, passAt: 4 } },
      'passed',
      /Good\./,
    ],
    [
      'gives too few points',
      says({ json: { reason: 'Fair.', verdict: 3 } }),
      { scale: { min: 1, max: 5, passAt: 4 } },
      'failed',
      /Fair\./,
    ],
    ['answers prose', says({ text: 'I would say that it is quite polite.' }), {}, 'unclear', /output-invalid/],
    [
      'gives points off the scale',
      says({ json: { reason: 'Ten!', verdict: 10 } }),
      { scale: { min: 1, max: 5, passAt: 4 } },
      'unclear',
      /output-invalid/,
    ],
    ['refuses', says({ refusal: 'I do not judge.' }), {}, 'unclear', /reply-incomplete/],
    [
      'fails as a provider',
      { rules: [] },
      { model: 'simulator/sim-judge+unavailable' },
      'unclear',
      /overloaded|server-error/,
    ],
  ])('%s', async (_what, scenario, options, outcome, detail) => {
    const { report, results, calls } = await judged(scenario, options)()
    expect(results[0]).toMatchObject({ outcome, scores: [{ scorer: 'judge', outcome }] })
    expect(results[0]?.scores[0]?.detail).toMatch(detail)
    expect(report.failed).toBe(outcome === 'failed' ? 1 : 0)
    const judgements = calls.filter((call) => call.feature === 'judge')
    expect(judgements.length).toBeGreaterThan(0)
    expect(judgements.every(({ door, tags }) => door === 'eval' && tags?.includes('case:a'))).toBe(true)
  })

  it('costs what it costs, and its points are in the result', async () => {
    const scenario = says({ json: { reason: 'Good.', verdict: 4 } })
    const { report, results } = await judged(scenario, {
      model: 'smart',
      scale: { min: 1, max: 5, passAt: 4 },
    })()
    expect(report.cost.nanoUsd).toBe(results[0]?.cost.nanoUsd)
  })

  it('of the same family as the candidate is warned of', async () => {
    const same = await judged(says({ json: { reason: '', verdict: 'pass' } }))()
    expect(same.report.warnings).toEqual(
      expect.arrayContaining([expect.stringMatching(/judge and candidate are both sim/)]),
    )
    const alike = await judged(says({}), { model: 'fast' })()
    expect(alike.report.warnings).toEqual([expect.stringMatching(/both "fast"/)])
  })
})

describe('a feature that fails', () => {
  it.each([
    ['is unclear where the provider failed', failing('server-error'), 'unclear', 'server-error'],
    ['has failed where its answer was cut', failing('refusal'), 'failed', 'reply-incomplete'],
    [
      'has failed where a rule of it throws',
      feature<Said>({
        ...echo,
        decide: [
          lookup('throws', () => {
            throw new Error('no table')
          }),
        ],
      }),
      'failed',
      'decision-failed',
    ],
  ])('%s', async (_what, candidate, outcome, code) => {
    await using stand = await openStand()
    const cases = [{ input: { say: 'x' } }]
    const made = suite({ name: 's', feature: candidate, cases, scorers: [custom('always', () => true)] })
    const { results, report } = await run(stand, made)
    expect(results[0]).toMatchObject({ outcome, scores: [], error: { code } })
    expect(report.verdict).toBe(outcome === 'failed' ? 'failed' : 'inconclusive')
    expect(stand.calls().map(({ callId }) => callId)).toContain(results[0]?.callId)
  })
})

describe('features of other patterns', () => {
  it('answer from documents: whether one abstained is a field of the answer, and its text is the output', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'inseam-eval-answer-'))
    const helpdesk = feature({
      name: 'helpdesk',
      model: 'fast',
      documents: documents([{ id: 'refunds.md', text: 'A refund is paid within 14 days.' }], {
        index: join(folder.path, 'index.db'),
      }),
      prompt: ({ question }: { question: string }) => prompt`${question}`,
    })
    await using stand = await openStand()
    const made = suite({
      name: 'helpdesk',
      feature: helpdesk,
      cases: [
        { id: 'unknown', input: { question: 'zyzzyva quokka' }, expected: { type: 'abstained', reason: 'no-sources' } },
      ],
      scorers: [field('type'), field('reason'), custom('silent', ({ output }) => output === '')],
    })
    const { results } = await run(stand, made)
    expect(results[0]?.scores.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed'])
  })

  it('runs of tools: one that finished is scored, one that was stopped has failed', async () => {
    const look = tool({
      name: 'look_up',
      description: 'Looks up an order.',
      input: z.object({ order: z.string() }),
      run: async () => ({ state: 'sent' }),
    })
    const agent = feature({
      name: 'agent',
      model: 'simulator/sim-small',
      tools: [look],
      limits: { steps: 2 },
      prompt: ({ say }: Said) => prompt`${say}`,
    })
    const made = suite({
      name: 'agent',
      feature: agent,
      cases: [{ input: { say: 'x' } }],
      scorers: [contains({ text: 'sent' })],
    })
    const asks = { toolCalls: [{ name: 'look_up', input: { order: '1' } }] }
    await using stand = await openStand({
      simulator: {
        scenario: { rules: [{ when: { request: { to: 1 } }, reply: asks }, { reply: { text: 'It was sent.' } }] },
      },
    })
    const { results } = await run(stand, made)
    expect(results[0]).toMatchObject({ outcome: 'passed', callId: expect.stringMatching(/^run_/) })
    stand.simulator.setScenario({ rules: [{ reply: asks }] })
    const stopped = await run(stand, made)
    expect(stopped.results[0]).toMatchObject({ outcome: 'failed', error: { code: 'reply-incomplete' } })
    expect(stopped.results[0]?.error?.message).toMatch(/^The run was stopped \(/)
  })
})

describe('a run', () => {
  const sayings = (count: number): Case<Said>[] =>
    Array.from({ length: count }, (_, index) => ({ input: { say: `${index + 1}` }, expected: `${index + 1}` }))

  it('goes through the door of evals, with its suite, case and run as tags', async () => {
    await using stand = await openStand()
    const { report } = await run(
      stand,
      suite({ name: 'numbers', feature: echo, cases: sayings(3), scorers: [exact()] }),
    )
    const tags = stand.calls().map((call) => ({ door: call.door, feature: call.feature, tags: call.tags }))
    expect(tags).toContainEqual({
      door: 'eval',
      feature: 'echo',
      tags: ['suite:numbers', 'case:2', `eval:${report.runId}`],
    })
    expect(report).toMatchObject({
      suite: 'numbers',
      verdict: 'passed',
      reasons: [],
      cases: 3,
      passed: 3,
      skipped: 0,
      passRate: 1,
      detectableDrop: null,
      decidedBy: { echo: 3 },
      scorers: [{ name: 'exact', passed: 3, failed: 0, unclear: 0 }],
    } satisfies Partial<SuiteReport>)
    expect(report.promptHash).toMatch(/^[0-9a-f]{16}$/)
  })

  it('has no more cases under way than it may', async () => {
    await using stand = await openStand()
    let now = 0
    let most = 0
    const counting = custom('counting', async () => {
      most = Math.max(most, ++now)
      await new Promise<void>((resolve) => setImmediate(resolve))
      now--
      return true
    })
    const made = suite({ name: 's', feature: echo, cases: sayings(40), scorers: [counting] })
    await run(stand, made, { concurrency: 5 })
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(5)
  })

  it('begins no case once its money is spent: the rest is skipped, and it has not passed', async () => {
    await using stand = await openStand()
    const free = suite({ name: 's', feature: priced, cases: sayings(1), scorers: [regex(/./)] })
    const { report: one } = await run(stand, free)
    const each = one.cost.nanoUsd! / 1e9
    expect(each).toBeGreaterThan(0)
    const made = suite({ name: 's', feature: priced, cases: sayings(50), scorers: [regex(/./)] })
    const { report } = await run(stand, made, { maxCostUsd: each * 10, concurrency: 2 })
    expect(report).toMatchObject({ ending: 'money', verdict: 'inconclusive' })
    expect(report.cases).toBeGreaterThan(2)
    expect(report.cases).toBeLessThan(50)
    expect(report.skipped).toBe(50 - report.cases)
    const limited = suite({ ...made, cases: sayings(50), limits: { costUsd: 0 } } as never)
    expect((await run(stand, limited)).report).toMatchObject({ ending: 'money', cases: 0, skipped: 50 })
  })

  it('counts what scorers of your own ask for, whether they say so, fail or throw', async () => {
    await using stand = await openStand()
    const broken = failing('unavailable')
    const costOf = async (score: Parameters<typeof custom<Said>>[1]) => {
      const scorers = [custom<Said>('asks', score)]
      const { results } = await run(stand, suite({ name: 's', feature: echo, cases: sayings(1), scorers }))
      return results[0]!.cost.nanoUsd
    }
    const once = await costOf(async ({ ask }) => (await ask(priced, { say: 'x' })).pattern === 'complete')
    expect(once).toBeGreaterThan(0)
    const thrice = await costOf(async ({ ask }) => {
      for (let times = 0; times < 3; times++) await ask(priced, { say: 'x' })
      throw new Error('after all')
    })
    expect(thrice).toBe(once! * 3)
    expect(await costOf(async ({ ask }) => Boolean(await ask(broken, { say: 'x' })))).toBe(0)
  })

  it('stops where a cost is not known and money is limited', async () => {
    const unpriced = feature<Said>({ ...priced, model: 'simulator/no-such-price' })
    await using stand = await openStand()
    const made = suite({ name: 's', feature: unpriced, cases: sayings(5), scorers: [regex(/./)] })
    const { report } = await run(stand, made, { maxCostUsd: 1, concurrency: 1 })
    expect(report).toMatchObject({ ending: 'money', cases: 1, skipped: 4 })
    expect(report.warnings.join()).toMatch(/`prices:`/)
  })

  it('stops with its signal: what is under way is given up, and the report is made of what there is', async () => {
    await using stand = await openStand()
    const controller = new AbortController()
    const hanging = custom('hanging', ({ text }) => (Number(text) <= 3 ? true : new Promise<boolean>(() => undefined)))
    const made = suite({ name: 's', feature: echo, cases: sayings(20), scorers: [hanging] })
    const { report } = await run(stand, made, {
      signal: controller.signal,
      concurrency: 2,
      onProgress: ({ done }) => {
        if (done === 3) setImmediate(() => controller.abort())
      },
    })
    expect(report).toMatchObject({ ending: 'stopped', verdict: 'inconclusive', passed: 3, unclear: 0, skipped: 17 })
  })

  it('compares with its baseline case by case', async () => {
    await using stand = await openStand()
    const expectedOf = (wrong: readonly number[]) =>
      sayings(10).map((each, index) => ({ ...each, expected: wrong.includes(index + 1) ? 'no' : `${index + 1}` }))
    const before = await run(stand, suite({ name: 's', feature: echo, cases: expectedOf([1]), scorers: [exact()] }))
    const after = suite({ name: 's', feature: echo, cases: expectedOf([2, 3]), scorers: [exact()] })
    const { report, results } = await run(stand, after, { baseline: before.baseline })
    expect(report.comparison).toMatchObject({
      paired: 10,
      broken: ['2', '3'],
      fixed: ['1'],
      p: 1,
      isPromptChanged: false,
    })
    expect(report).toMatchObject({ verdict: 'inconclusive' })
    expect(results.find(({ id }) => id === '2')?.flip).toBe('broken')
    expect(report.problems[0]?.flip).toBe('broken')
    const strict = await run(stand, after, { baseline: before.baseline, isStrict: true })
    expect(strict.report.verdict).toBe('regressed')
  })

  it('says how many cases of its baseline were not run', async () => {
    await using stand = await openStand()
    const of = (count: number) => suite({ name: 's', feature: echo, cases: sayings(count), scorers: [exact()] })
    const { baseline } = await run(stand, of(10))
    const { report } = await run(stand, of(4), { baseline })
    expect(report.comparison).toMatchObject({ paired: 4, added: 0, missing: 6 })
    expect(reportText(report)).toContain('4 cases compared, p = 1, 6 of it not run')
  })

  it('fails where a case that must pass fails, whatever the rest does', async () => {
    await using stand = await openStand()
    const cases = [...sayings(99), { id: 'vip', input: { say: 'x' }, expected: 'y', mustPass: true }]
    const { report } = await run(stand, suite({ name: 's', feature: echo, cases, scorers: [exact()] }), {
      minPass: 0.9,
    })
    expect(report).toMatchObject({ verdict: 'failed', reasons: ['must pass, and fails: vip'] })
  })

  it('takes cases from what yields them, and says where they stop to be cases', async () => {
    await using stand = await openStand()
    async function* some() {
      yield* sayings(3)
    }
    const { report } = await run(stand, suite({ name: 's', feature: echo, cases: some(), scorers: [exact()] }))
    expect(report).toMatchObject({ passed: 3, verdict: 'passed' })
    expect(report).not.toHaveProperty('skipped')
    async function* bad() {
      yield* sayings(3)
      yield {} as never
    }
    const broken = run(stand, suite({ name: 's', feature: echo, cases: bad(), scorers: [exact()] }))
    await expect(broken).rejects.toMatchObject({ code: 'suite-invalid', message: expect.stringMatching(/^Case 4/) })
  })

  it('spends nothing on a suite that cannot be used', async () => {
    await using stand = await openStand()
    const cases = [...sayings(3), { id: '1', input: { say: 'again' }, expected: '1' }]
    const broken = run(stand, suite({ name: 's', feature: echo, cases, scorers: [exact()] }))
    await expect(broken).rejects.toMatchObject({ code: 'suite-invalid' })
    expect(stand.calls()).toEqual([])
  })

  it('adds up, whatever the outcomes are', async () => {
    await using stand = await openStand()
    const outcomes = fc.array(fc.constantFrom('passed' as const, 'failed' as const, 'unclear' as const), {
      minLength: 1,
    })
    await fc.assert(
      fc.asyncProperty(outcomes, async (wanted) => {
        const byId = custom('by id', ({ case: { id } }) => ({ outcome: wanted[Number(id) - 1]! }))
        const made = suite({ name: 's', feature: echo, cases: sayings(wanted.length), scorers: [byId] })
        const { report, baseline } = await run(stand, made)
        const count = (outcome: string) => wanted.filter((each) => each === outcome).length
        expect(report).toMatchObject({ passed: count('passed'), failed: count('failed'), unclear: count('unclear') })
        expect(wanted.map((_, index) => baseline.outcomes.get(String(index + 1)))).toEqual(wanted)
      }),
      { numRuns: 20 },
    )
  })
})

describe('what the record keeps of a case', () => {
  const kept = async (keepContent: boolean) => {
    const key = 'a-client-secret-of-acme'
    await using stand = await openStand({
      config: (config) => ({
        ...config,
        events: { ...config.events, keepContent },
        gateway: { ...config.gateway, keys: [{ name: 'acme', key }] },
      }),
    })
    const contents: (CaseContent | undefined)[] = []
    const record = {
      begin: () => undefined,
      add: (_runId: string, _result: CaseResult, content?: CaseContent) => void contents.push(content),
      end: () => undefined,
    }
    const say = `The key is ${key}. ${'x'.repeat(100_000)}`
    await run(
      stand,
      suite({ name: 'one', feature: echo, cases: [{ input: { say }, expected: 'key' }], scorers: [contains()] }),
      {
        record,
      },
    )
    return contents
  }

  it('is what went in and came out without any secret, and no more than it has room for', async () => {
    const [content] = await kept(true)
    for (const json of [content?.input, content?.output]) {
      expect(JSON.parse(json!)).toContain('The key is [redacted].')
      expect(json!.length).toBeLessThan(25_000)
    }
  })

  it('is nothing where the configuration keeps no content', async () => {
    expect(await kept(false)).toEqual([undefined])
  })
})
