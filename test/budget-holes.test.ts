import { expect, it } from 'vitest'
import { accountOf, type Budget } from '../src/core/budget.ts'
import { createMemoryLedger } from '../src/stores/memory/index.ts'
import { send } from './raw-client.ts'
import { alias, openStand, type StandOptions } from './stand.ts'

/** A stand with a hard budget, and what it has booked. */
async function standUnderBudget(options: StandOptions = {}) {
  const ledger = createMemoryLedger()
  const budget: Budget = { id: 'all', scope: 'global', limitNanoUsd: 1e12, per: 'month', hard: true, warnAt: [] }
  const stand = await openStand({
    ...options,
    config: (config) => ({ ...config, budgets: [budget] }),
    seam: { ledger },
  })
  const settled = async () => {
    const [state] = await ledger.states([accountOf(budget, '', Date.now())])
    expect(state?.reservedNanoUsd).toBe(0)
    return state?.settledNanoUsd
  }
  return { stand, settled }
}

const chat = (more: string) => `{"model":"simulator/sim-small","messages":[{"role":"user","content":"Hi"}],${more}}`
const responses = (more: string) => `{"model":"simulator-responses/sim-small","input":"Hi",${more}}`
const messages = (more: string) =>
  `{"model":"simulator-anthropic/sim-small","messages":[{"role":"user","content":"Hi"}],${more}}`
const gemini = (more: string) => `{"contents":[{"parts":[{"text":"Hi"}]}],${more}}`
const at = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  gemini: '/v1beta/models/simulator-gemini%2Fsim-small:generateContent',
}

it.each([
  ['one limit twice', at.chat, chat('"max_tokens":10,"max_tokens":100000')],
  ['one limit twice, otherwise spelt', at.chat, chat('"max_tokens":10,"maxTokens":100000')],
  ['the limit twice at Anthropic', at.messages, messages('"max_tokens":100000,"max_tokens":10')],
  ['the limit twice at the Responses', at.responses, responses('"max_output_tokens":100000,"max_output_tokens":16')],
  ['settings twice', at.gemini, gemini('"generationConfig":{"candidateCount":8},"generation_config":{}')],
  [
    'the limit twice in settings',
    at.gemini,
    gemini('"generationConfig":{"maxOutputTokens":9,"max_output_tokens":99999}'),
  ],
  ['answers that are no number', at.chat, chat('"max_tokens":10,"n":{"$gt":1}')],
  ['a search of the host', at.chat, chat('"max_tokens":10,"search_parameters":{"mode":"on"}')],
  ['a limit that is none', at.chat, chat('"max_tokens":10,"n_predict":-1')],
  ['several ways of reasoning', at.responses, responses('"max_output_tokens":16,"reasoning":{"mode":"pro"}')],
  ['another model', at.gemini, gemini('"generationConfig":{"maxOutputTokens":9,"routingConfig":{"autoMode":{}}}')],
  ['a summary of its own', at.messages, messages('"max_tokens":10,"compaction":{"type":"enabled"}')],
])('refuses what nobody can bound: %s', async (_, path, body) => {
  const { stand, settled } = await standUnderBudget()
  await using open = stand
  const answer = await send(open.gateway, { path, body })
  expect([answer.status, answer.headers['x-inseam-error']]).toEqual([402, 'price-unknown'])
  expect(answer.headers['x-should-retry']).toBe('false')
  expect(open.simulator.invoice().lines).toEqual([])
  expect(await settled()).toBe(0)
})

it.each([
  ['one limit', at.chat, chat('"max_tokens":40')],
  ['both limits, the obeyed one smaller', at.chat, chat('"max_tokens":400,"max_completion_tokens":20')],
  ['both limits, the obeyed one larger', at.chat, chat('"max_tokens":20,"max_completion_tokens":400')],
  ['several answers', at.chat, chat('"max_tokens":40,"n":8')],
  ['several answers in a stream', at.chat, chat('"max_tokens":40,"n":8,"stream":true')],
  ['a limit of its own below', at.chat, chat('"max_tokens":40,"reasoning":{"max_tokens":30}')],
  ['no limit', at.chat, chat('"temperature":1')],
  ['an unknown usage', at.chat, chat('"max_tokens":40,"stream_options":{"include_usage":false},"stream":true')],
  ['kept for later', at.responses, responses('"max_output_tokens":40,"store":true')],
  ['messages', at.messages, messages('"max_tokens":40')],
  ['messages in a stream', at.messages, messages('"max_tokens":40,"stream":true')],
  ['several candidates', at.gemini, gemini('"generationConfig":{"maxOutputTokens":40,"candidateCount":4}')],
])('sets aside at least what the provider bills, and books it to the nano-dollar: %s', async (_, path, body) => {
  const { stand, settled } = await standUnderBudget()
  await using open = stand
  expect((await send(open.gateway, { path, body })).status).toBe(200)
  const { moments } = await open.callEnded()
  const reserved = moments.find(({ type }) => type === 'reserved')
  const { totals } = open.simulator.invoice()
  expect(totals.costNanoUsd).toBeGreaterThan(0)
  expect(reserved?.type === 'reserved' && reserved.nanoUsd).toBeGreaterThanOrEqual(totals.costNanoUsd)
  expect(await settled()).toBe(totals.costNanoUsd)
})

it.each([
  ['no usage', 'usage-missing', {}],
  ['no usage in a stream', 'usage-missing', { stream: true }],
  ['a stream that breaks', 'cut', { stream: true }],
  ['an answer that breaks', 'cut', {}],
  ['an answer that was lost', 'truncated-json', {}],
  ['no body', 'empty-body', {}],
  ['no end', 'no-terminal-event', { stream: true }],
])('books no less than the provider bills where its usage never came: %s', async (_, fault, more) => {
  const { stand, settled } = await standUnderBudget()
  await using open = stand
  const body = JSON.stringify({
    model: `simulator/sim-small+${fault}`,
    messages: [{ role: 'user', content: '12345 !? 67890 '.repeat(300) }],
    max_tokens: 200,
    ...more,
  })
  await send(open.gateway, { path: at.chat, body })
  await open.callEnded()
  const { lines, totals } = open.simulator.invoice()
  expect(lines.some((line) => line.fault === fault && (line.costNanoUsd ?? 0) > 0)).toBe(true)
  expect(open.attempts().some(({ usage }) => usage.source === 'estimated')).toBe(true)
  expect(await settled()).toBeGreaterThanOrEqual(totals.costNanoUsd)
})

it('sends nothing twice within one attempt: each exchange has a reservation of its own', async () => {
  const { stand, settled } = await standUnderBudget({ aliases: [alias('again', ['simulator/sim-small'])] })
  await using open = stand
  const body = chat('"max_tokens":40').replace('simulator/sim-small', 'again')
  expect((await send(open.gateway, { path: at.chat, body })).status).toBe(200)
  open.simulator.setScenario({
    rules: [{ when: { request: { from: 1, to: 1 } }, fault: { type: 'closed-before-headers' } }],
  })
  expect((await send(open.gateway, { path: at.chat, body })).status).toBe(200)
  expect(open.simulator.log().map(({ fault }) => fault)).toEqual([null, 'closed-before-headers', null])
  await expect.poll(() => open.calls().length, { timeout: 60_000 }).toBe(2)
  expect(open.attempts().map(({ outcome }) => outcome.errorCode)).toEqual([undefined, 'connection-failed', undefined])
  expect(await settled()).toBeGreaterThanOrEqual(open.simulator.invoice().totals.costNanoUsd)
})

it.each([504, 524, 503])('counts the worst case where somebody on the way stopped waiting: %i', async (status) => {
  const { stand, settled } = await standUnderBudget()
  await using open = stand
  const body = chat('"max_tokens":40').replace('sim-small', `sim-small+status:code=${status}`)
  await send(open.gateway, { path: at.chat, body })
  const { moments } = await open.callEnded()
  const reserved = moments.flatMap((moment) => (moment.type === 'reserved' ? [moment.nanoUsd] : []))
  expect(reserved.length).toBeGreaterThan(0)
  const all = reserved.reduce((sum, each) => sum + each, 0)
  expect(await settled()).toBe(status === 503 ? 0 : all)
})

it('of two limits takes the larger one for the worst case', async () => {
  const worst: (number | false | undefined)[] = []
  for (const limits of [
    '"max_completion_tokens":400',
    '"max_tokens":400,"max_completion_tokens":20',
    '"max_completion_tokens":400,"max_tokens":20',
  ]) {
    const { stand } = await standUnderBudget()
    await using open = stand
    expect((await send(open.gateway, { path: at.chat, body: chat(limits) })).status).toBe(200)
    const reserved = (await open.callEnded()).moments.find(({ type }) => type === 'reserved')
    worst.push(reserved?.type === 'reserved' && reserved.nanoUsd)
  }
  expect(worst[1]).toBeGreaterThanOrEqual(Number(worst[0]))
  expect(worst[2]).toBeGreaterThanOrEqual(Number(worst[0]))
})

it("sends the alias's limit where the caller set none, in the client's own bytes too", async () => {
  const limited = ['simulator', 'simulator-responses', 'simulator-gemini'].map((provider) =>
    alias(`of-${provider}`, [`${provider}/sim-small`], { maxOutputTokens: 21 }),
  )
  const { stand, settled } = await standUnderBudget({ aliases: limited })
  await using open = stand
  const ask = 'Write a long story about the sea, in as many words as you can.'
  const [first, second, third] = await Promise.all([
    open.openai.chat.completions.create({ model: 'of-simulator', messages: [{ role: 'user', content: ask }] }),
    open.openai.responses.create({ model: 'of-simulator-responses', input: ask }),
    open.gemini.models.generateContent({ model: 'of-simulator-gemini', contents: ask }),
  ])
  expect([first.usage?.completion_tokens, second.usage?.output_tokens]).toEqual([21, 21])
  expect(third.usageMetadata?.candidatesTokenCount).toBe(21)
  const { lines, totals } = open.simulator.invoice()
  expect(lines.map(({ usage }) => usage.output)).toEqual([21, 21, 21])
  expect(await settled()).toBe(totals.costNanoUsd)
})
