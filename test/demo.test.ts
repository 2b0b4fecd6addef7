import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ownQuestions } from '../src/cli/demo/own-questions.ts'
import { topics } from '../src/cli/demo/question.ts'
import { readQuestions } from '../src/cli/demo/read-questions.ts'
import { statusLine } from '../src/cli/demo/status-line.ts'
import { triageFeature } from '../src/cli/demo/triage.ts'
import { openEventReader } from '../src/stores/sqlite/index.ts'
import { inseam, startInseam } from './process.ts'
import { openStand } from './stand.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'inseam-demo-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const quick = ['--rate', '20', '--admin-port', '0']
const json = (line: string) => JSON.parse(line)

describe('inseam demo', { timeout: 120_000 }, () => {
  it('runs so many calls on the simulator alone, into a record of its own, whatever keys there are', async () => {
    const keys = { ANTHROPIC_API_KEY: 'sk-ant-real', OPENAI_API_KEY: 'sk-real' }
    const { code, out, err } = await inseam(['demo', '--calls', '12', '--json', ...quick], { cwd, env: keys })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [begun = '', ended = ''] = out.trim().split('\n')
    expect(json(begun)).toMatchObject({ questions: `${ownQuestions.length} questions of its own` })
    expect(json(ended).calls).toBeGreaterThanOrEqual(12)
    expect(readdirSync(join(cwd, '.inseam'))).toEqual(['demo'])
    using record = openEventReader({ path: join(cwd, '.inseam/demo/events.db') })
    const { rows } = record.query('select distinct provider from v_attempts order by 1')
    expect(rows.map(({ provider }) => String(provider)).filter((name) => !name.startsWith('simulator'))).toEqual([])
    const features = record.query('select distinct feature from v_calls order by 1').rows.map(({ feature }) => feature)
    expect(features).toEqual(['card-agent', 'draft-reply', 'helpdesk', 'triage-question'])
  })

  it('serves the page, whose API shows the calls, and its features as models, until Ctrl-C ends it in order', async () => {
    await using demo = startInseam(['demo', '--json', ...quick], { cwd })
    const { url, page } = json(await demo.line(/^\{/))
    const { origin, hash } = new URL(page)
    const authorization = `Bearer ${hash.replace('#token=', '')}`
    const ask = (path: string) => fetch(`${origin}/api/${path}`, { headers: { authorization } })
    expect(await (await ask('state')).json()).toMatchObject({ isSimulated: true, gatewayUrl: url, hasRecord: true })
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'feature/triage-question',
        messages: [{ role: 'user', content: 'Somebody has stolen my wallet with my card in it!' }],
      }),
    })
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] }
    expect(json(choices[0]?.message.content ?? '')).toEqual({ topic: 'card', priority: 'high', needs_person: true })
    // A call is in the list as soon as it is on the disk.
    await vi.waitFor(async () => {
      const { calls } = (await (await ask('calls?source=rule&limit=50')).json()) as { calls: readonly unknown[] }
      expect(calls).toContainEqual(expect.objectContaining({ feature: 'triage-question', door: 'gateway' }))
    }, 60_000)
    const broken = await fetch(`${origin}/api/simulator`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ faults: ['overloaded'] }),
    })
    expect(broken.status).toBe(200)
    expect(await (await ask('simulator')).json()).toMatchObject({ inForce: ['overloaded'] })
    demo.kill('SIGINT')
    const { code, out } = await demo.ended
    expect(code).toBe(0)
    expect(json(out.trim().split('\n').at(-1) ?? '')).toMatchObject({ calls: expect.any(Number) })
    expect(existsSync(join(cwd, '.inseam/events.db'))).toBe(false)
  })

  it('says to people what is simulated and where to look, and sums up in one line', async () => {
    const { code, out } = await inseam(['demo', '--calls', '2', ...quick], { cwd })
    expect(code).toBe(0)
    expect(out).toContain('nothing is billed, and no key of yours is used')
    expect(out).toMatch(/Watch the page: +http:\/\/127\.0\.0\.1:\d+\/#token=/)
    expect(out).toMatch(
      /[23] calls · \$\S+ · p95 .* · \d+ failed, \d+ retried · rule \d+%, look-up \d+%, model \d+%, cache \d+%/,
    )
  })

  it.each([
    ['--rate', '0'],
    ['--rate', '21'],
    ['--calls', '0'],
    ['--calls', '1.5'],
  ])('refuses %s %s', async (...words) => {
    expect(await inseam(['demo', ...words], { cwd })).toMatchObject({ code: 2, out: '' })
  })
})

describe('the triage cascade of the demo', () => {
  it('asks a model only where no rule and no look-up decides', async () => {
    await using stand = await openStand()
    const triage = triageFeature([{ text: 'Where is my card?', topic: 'card' }])
    const decidedBy = async (question: string) => (await stand.seam.extract(triage, { question })).decidedBy
    expect(await decidedBy('Hello?')).toBe('too short to be a question')
    expect(await decidedBy('My wallet was stolen on the train.')).toBe('lost or stolen')
    expect(await decidedBy('How do I change my PIN?')).toBe('PIN or passcode')
    expect(await decidedBy('where is MY card')).toBe('decided before')
    expect(stand.attempts()).toEqual([])
    expect(await decidedBy('How long does a transfer to Spain take?')).toBe('model')
    expect(stand.attempts()).toHaveLength(1)
  })
})

describe('the questions of the demo', () => {
  it('are its own where no others are at hand: about forty, on every topic, none twice', async () => {
    const { questions } = await readQuestions(join(cwd, 'absent.csv'))
    expect(questions.length).toBeGreaterThanOrEqual(40)
    expect(new Set(questions.map(({ text }) => text)).size).toBe(questions.length)
    expect(new Set(questions.map(({ topic }) => topic))).toEqual(new Set(topics))
  })

  it('are the real ones of Banking77 where they are at hand, under its licence', async ({ skip }) => {
    const path = fileURLToPath(new URL('../../shared/data/banking77/train.csv', import.meta.url))
    if (!existsSync(path)) skip('Banking77 is not beside the project, at ../shared/data/banking77.')
    const { origin, questions } = await readQuestions(path)
    expect(origin).toBe('10,003 real questions to a bank (Banking77 by PolyAI, CC BY 4.0)')
    expect(questions[0]).toEqual({ text: 'I am still waiting on my card?', topic: 'card' })
    expect(questions.filter(({ topic }) => topic === 'other')).toEqual([])
  })
})

it('the status line names shares, failures, cost and p95', () => {
  const counts = { calls: 4, answeredBy: { rule: 1, lookup: 1, provider: 2 }, errors: 0, retries: 2, fallbacks: 1 }
  expect(statusLine({ ...counts, corrections: 1, runs: 0, costNanoUsd: 1_500_000, p95Ms: 1234.5 })).toBe(
    '4 calls · $0.001500 · p95 1,235 ms · 0 failed, 2 retried · rule 25%, look-up 25%, model 50%, cache 0% · 1 fell back, 1 corrected',
  )
})
