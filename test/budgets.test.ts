import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, it } from 'vitest'
import { accountOf, type Budget } from '../src/core/budget.ts'
import { createSeam } from '../src/create-seam.ts'
import { InseamError } from '../src/errors/index.ts'
import { createMemoryCache, createMemoryEventSink, createMemoryLedger } from '../src/stores/memory/index.ts'
import { openStand } from './stand.ts'

const aBudget = (limitNanoUsd: number): Budget => ({
  id: 'global:month',
  scope: 'global',
  limitNanoUsd,
  per: 'month',
  hard: true,
  warnAt: [],
})

/** A stand whose only budget is so large. */
async function standWith(limitNanoUsd: number) {
  const ledger = createMemoryLedger()
  const budget = aBudget(limitNanoUsd)
  const stand = await openStand({ config: (config) => ({ ...config, budgets: [budget] }), seam: { ledger } })
  const standing = async () => {
    const [state] = await ledger.states([accountOf(budget, '', Date.now())])
    return { settled: state?.settledNanoUsd ?? 0, reserved: state?.reservedNanoUsd ?? 0 }
  }
  return { stand, standing }
}

const messages = [{ role: 'user' as const, content: 'Hi' }]

it('is refused with 402, which the official clients do not try again', async () => {
  const { stand, standing } = await standWith(10)
  await using open = stand
  const openai = new OpenAI({ baseURL: `${open.gateway.url}/v1`, apiKey: 'none', maxRetries: 3 })
  const anthropic = new Anthropic({ baseURL: open.gateway.url, apiKey: 'none', maxRetries: 3 })
  const model = 'simulator/sim-small'
  const asked = await Promise.allSettled([
    openai.chat.completions.create({ model, messages, max_completion_tokens: 50 }),
    openai.chat.completions.create({ model, messages, max_completion_tokens: 50, stream: true }),
    openai.responses.create({ model, input: 'Hi', max_output_tokens: 50 }),
    anthropic.messages.create({ model, messages, max_tokens: 50 }),
  ])
  for (const answer of asked) {
    const error = answer.status === 'rejected' ? answer.reason : undefined
    expect(error).toMatchObject({ status: 402 })
    expect(error?.headers?.get('x-should-retry')).toBe('false')
    expect(error?.headers?.get('x-inseam-error')).toBe('budget-exceeded')
    expect(error?.message).toContain('The global budget has 0.00000001 USD left')
  }
  const gemini = await open.gemini.models
    .generateContent({ model: 'simulator-gemini/sim-small', contents: 'Hi', config: { maxOutputTokens: 50 } })
    .catch((thrown: unknown) => thrown)
  expect(gemini).toMatchObject({ name: 'ApiError', status: 402 })
  expect(gemini).toHaveProperty('message', expect.stringContaining('The global budget has 0.00000001 USD left'))
  const refused = asked[0]?.status === 'rejected' ? asked[0].reason : undefined
  const monthEnd = new Date(accountOf(aBudget(10), '', Date.now()).endsAt).toISOString()
  expect(refused?.message).toMatch(
    new RegExp(
      `The global budget has 0\\.00000001 USD left of 0\\.00000001 USD per month, and this attempt at simulator/sim-small could cost 0\\.\\d+ USD\\. The budget begins anew at ${monthEnd}\\.`,
    ),
  )
  expect(open.simulator.log()).toEqual([])
  expect(open.calls()).toHaveLength(asked.length + 1)
  expect(await standing()).toEqual({ settled: 0, reserved: 0 })
})

it('refuses what is passed through unread', async () => {
  const { stand } = await standWith(1e9)
  await using open = stand
  const answer = await fetch(`${open.gateway.url}/providers/simulator/v1/models`)
  expect(answer.status).toBe(402)
  expect(answer.headers.get('x-inseam-error')).toBe('price-unknown')
  expect(open.simulator.log()).toEqual([])
})

it('lets a hundred calls at the last cent spend no more than the limit, and books what the provider bills', async () => {
  const probe = await standWith(1e12)
  const request = { model: 'simulator/sim-small', messages, max_completion_tokens: 50 }
  await probe.stand.openai.chat.completions.create(request)
  const reserved = probe.stand.calls()[0]?.moments.find(({ type }) => type === 'reserved')
  await probe.stand[Symbol.asyncDispose]()
  if (reserved?.type !== 'reserved') throw new Error('Nothing was set aside.')

  const limit = Math.floor(reserved.nanoUsd * 7.5)
  const { stand, standing } = await standWith(limit)
  await using open = stand
  const highest: number[] = []
  const answers = await Promise.allSettled(
    Array.from({ length: 100 }, async () => {
      const answer = await open.openai.chat.completions.create(request)
      const { settled, reserved } = await standing()
      highest.push(settled + reserved)
      return answer
    }),
  )
  const given = answers.filter(({ status }) => status === 'fulfilled').length
  expect(given).toBeGreaterThanOrEqual(7)
  expect(Math.max(...highest)).toBeLessThanOrEqual(limit)
  for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ status: 402 })
  const { lines, totals } = open.simulator.invoice()
  expect(lines).toHaveLength(given)
  expect(await standing()).toEqual({ settled: totals.costNanoUsd, reserved: 0 })
})

it('a seam closes its record also where the ledger is away', async () => {
  const ledger = createMemoryLedger()
  const away = new InseamError('store-failed', 'The database is away.', { fix: 'Bring it back.' })
  const { stand } = await standWith(1e9)
  await stand[Symbol.asyncDispose]()
  const kept = createMemoryEventSink()
  const closed: string[] = []
  const seam = createSeam({
    config: stand.config,
    cache: createMemoryCache(),
    events: { ...kept, close: async () => void closed.push('record') },
    ledger: {
      reserve: (ask) => ledger.reserve(ask),
      states: (accounts) => ledger.states(accounts),
      current: () => ledger.current(),
      presumed: () => ledger.presumed(),
      flush: () => Promise.reject(away),
      close: async () => void closed.push('ledger'),
    },
  })
  await seam.close()
  expect(closed).toEqual(['ledger', 'record'])
})
