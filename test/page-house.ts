import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { breakSimulator } from '../src/cli/break-simulator.ts'
import { type Feature, feature, prompt, rule, tool } from '../src/index.ts'
import { openEvalStore } from '../src/stores/sqlite/index.ts'
import { type House, openHouse } from './house.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds the page into a folder of the suite's own, because other tests build it at the same time; gives the folder. */
export function buildPage(suite: string): string {
  const folder = fileURLToPath(new URL(`../node_modules/.cache/inseam/${suite}/`, import.meta.url))
  const words = ['build', 'dashboard', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn']
  const { status, stderr, stdout } = spawnSync(`${root}node_modules/.bin/vite`, words, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The page could not be built:\n${stdout}${stderr}`)
  return folder
}

/** A house with the page of a folder, and something to break. */
export const openPageHouse = (folder: string): Promise<House> =>
  openHouse({ admin: ({ simulator }) => ({ folder, simulator: breakSimulator(simulator) }) })

/** What a model is made to say, which must stay text. */
export const markup = '<img src=x onerror="document.title = 1">'

/** What the house lived through: the ids to look it up by. */
export interface Past {
  readonly markupCall: string
  readonly fallenBackCall: string
  readonly run: string
  readonly evalRun: string
}

const agent: Feature<{ readonly message: string }> = feature({
  name: 'card-agent',
  model: 'smart',
  tools: [
    tool({
      name: 'block_card',
      description: 'Block a lost or stolen card, by card id.',
      input: z.object({ card_id: z.string() }),
      timeoutMs: 1_000,
      run: ({ card_id }) => ({ card_id, status: 'blocked' }),
    }),
  ],
  limits: { steps: 3, totalMs: 20_000 },
  prompt: ({ message }) => prompt`${message}`,
})

const triage: Feature<{ readonly ticket: string }> = feature({
  name: 'triage-ticket',
  model: 'fast',
  decide: [rule('empty ticket', ({ ticket }: { readonly ticket: string }) => ticket.trim() === '', 'other')],
  prompt: ({ ticket }) => prompt`Which queue does the ticket belong in?\n\n${ticket}`,
})

/** Real calls of every kind: answered, by rule, failed, broken off and rescued by another target; a run with a tool; an eval. */
export async function liveThrough(house: House): Promise<Past> {
  const { stand } = house
  const { seam, simulator } = stand
  for (const ticket of ['I was charged twice.', 'My parcel is late.', ' ']) await seam.complete(triage, { ticket })
  const asked = await ask(house, `Say exactly: ${markup}`)
  await ask(house, 'Say hello.', 'no-such-model')
  const breaking = breakSimulator(simulator)
  breaking.set(['overloaded'])
  const rescued = await ask(house, 'Where is my refund?')
  breaking.set([])
  const run = await seam.act(agent, { message: 'Please block card C-2002, it was stolen.' })
  const evalRun = keepEvalRun(house, asked)
  await seam.flush()
  return { markupCall: asked, fallenBackCall: rescued, run: run.runId, evalRun }
}

/** One call through the gateway, streamed; gives its id. */
export async function ask({ stand }: House, content: string, model = 'fast'): Promise<string> {
  const response = await fetch(`${stand.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-inseam-feature': 'helpdesk-answer' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
  })
  await response.text()
  return response.headers.get('x-inseam-call') ?? ''
}

function keepEvalRun({ eventsPath, stand }: House, callId: string): string {
  using store = openEvalStore({ path: eventsPath })
  const runId = stand.seam.newId('eval')
  const startedAt = Date.now()
  const cost = { nanoUsd: 240_000, status: 'priced' } as const
  const kept = { callId, startedAt, totalMs: 12, cost }
  store.begin({ runId, suite: 'triage-suite', feature: 'triage-ticket', model: 'fast', startedAt })
  for (const id of ['charged-twice', 'parcel-late', 'where-is-it'])
    store.add(
      runId,
      { id, outcome: 'passed', scores: [{ scorer: 'exact', outcome: 'passed' }], ...kept },
      { input: '{"ticket":"Late."}', expected: '"delivery"', output: '"delivery"' },
    )
  store.add(
    runId,
    {
      id: 'card-stolen',
      outcome: 'failed',
      flip: 'broken',
      scores: [{ scorer: 'exact', outcome: 'failed', detail: 'expected "account"' }],
      ...kept,
    },
    { input: JSON.stringify({ ticket: markup }), expected: '"account"', output: '"other"' },
  )
  store.end(runId, { ending: 'finished', verdict: 'regressed', totalMs: 60, p50Ms: 11, p95Ms: 14 })
  return runId
}
