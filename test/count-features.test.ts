import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { documents, feature, prompt, rule, tool } from '../src/index.ts'
import type { AnyFeature } from '../src/patterns/feature.ts'
import { alias, openStand, type Stand } from './stand.ts'

const folder = mkdtempSync(join(tmpdir(), 'inseam-count-'))
const index = join(folder, 'documents.db')
const input = z.object({ question: z.string() })
const model = 'counting'
const ask = feature({ name: 'ask', model, input, prompt: ({ question }) => prompt`Answer shortly.\n\n${question}` })
const sort = feature({
  name: 'sort',
  model,
  input,
  output: z.object({ kind: z.enum(['a', 'b']), because: z.string() }),
  prompt: ask.prompt,
})
const ruled = feature({
  ...ask,
  name: 'ruled',
  decide: [rule('nothing', ({ question }: { question: string }) => question === '', 'Nothing was asked.')],
})
const weather = tool({
  name: 'weather',
  description: 'The weather in a city.',
  input: z.object({ city: z.string() }),
  run: () => {
    throw new Error('No tool runs for a count.')
  },
})
const act = feature({ ...ask, name: 'act', tools: [weather] })
const help = feature({
  ...ask,
  name: 'help',
  documents: documents(
    { id: 'pay', text: 'An invoice can be paid by card or by transfer, within thirty days.' },
    { index },
  ),
})

const features: readonly AnyFeature[] = [ask, sort, ruled, act, help]

let stand: Stand
beforeAll(async () => {
  stand = await openStand({
    aliases: [alias(model, ['simulator-anthropic/sim-small']), alias('by-chat', ['simulator/sim-small'])],
    gateway: { features },
  })
})
afterAll(async () => {
  await stand[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const question = 'How can an invoice be paid?'

describe('seam.countTokens', () => {
  it('counts what the feature then is billed for, with its schema, its tools and its passages', async () => {
    const { seam } = stand
    const counted = async (one: typeof ask) => (await seam.countTokens(one, { question })).tokens
    const { usage } = await seam.complete(ask, { question })
    expect(await counted(ask)).toBe(usage.inputUncached)
    const extracted = await seam.extract(sort, { question })
    expect((await seam.countTokens(sort, { question })).tokens).toBe(extracted.reply.usage.inputUncached)
    const answered = await seam.answer(help, { question })
    expect(await counted(help)).toBe(answered.reply.usage.inputUncached)
    expect(await counted(act)).toBeGreaterThan(await counted(ask))
  })

  it('is one free call on the record, and no run', async () => {
    const { tokens, source, target, losses, callId } = await stand.seam.countTokens(act, { question })
    expect(tokens).toBeGreaterThan(0)
    expect({ source, target, losses }).toEqual({
      source: 'measured',
      target: 'simulator-anthropic/sim-small',
      losses: [],
    })
    const event = await stand.callEnded((call) => call.callId === callId)
    expect(event).toMatchObject({ operation: 'count-tokens', feature: 'act', cost: { nanoUsd: 0 }, runId: undefined })
  })

  it('estimates, and says so, where the target has no word for it', async () => {
    const { tokens, source, losses } = await stand.seam.countTokens({ ...ask, model: 'by-chat' }, { question })
    expect(tokens).toBeGreaterThan(5)
    expect(source).toBe('estimated')
    expect(losses).toMatchObject([{ path: 'countedTokens', effect: 'approximated' }])
  })

  it('is 0 where no model would be asked', async () => {
    expect(await stand.seam.countTokens(ruled, { question: '' })).toMatchObject({ tokens: 0, losses: [] })
    const nothing = await stand.seam.countTokens(help, { question: 'zebra' })
    expect(nothing).toMatchObject({ tokens: 0 })
    expect(nothing.target).toBeUndefined()
  })

  it('fails as the feature would', async () => {
    const unknown = feature({ ...ask, model: 'absent' })
    await expect(stand.seam.countTokens(unknown, { question })).rejects.toMatchObject({ code: 'unknown-model' })
    const wrong = { question: 3 } as unknown as { question: string }
    for (const one of [ask, help, act]) {
      await expect(stand.seam.countTokens(one, wrong)).rejects.toMatchObject({ code: 'input-invalid' })
    }
    const failing = feature({ ...act, model: 'simulator-anthropic/sim-small+quota-exhausted' })
    await expect(stand.seam.countTokens(failing, { question })).rejects.toMatchObject({ code: 'quota-exhausted' })
  })
})

describe('a feature as a model', () => {
  it.each([ask, sort, act, help].map(({ name }) => name))('feature/%s is counted as it would be sent', async (name) => {
    const counted = await stand.seam.countTokens(features.find((one) => one.name === name) ?? ask, {
      question,
    })
    const messages = [{ role: 'user' as const, content: question }]
    const response = await stand.anthropic.messages.countTokens({ model: `feature/${name}`, messages }).asResponse()
    expect(await response.json()).toEqual({ input_tokens: counted.tokens })
    const id = response.headers.get('x-inseam-call')
    const event = await stand.callEnded(({ callId }) => callId === id)
    expect(event).toMatchObject({ operation: 'count-tokens', door: 'gateway', feature: name, cost: { nanoUsd: 0 } })
  })

  it('says what of the request it decides itself', async () => {
    const messages = [{ role: 'user' as const, content: question }]
    const counting = stand.anthropic.messages.countTokens({ model: 'feature/ask', messages, system: 'Be rude.' })
    expect((await counting.asResponse()).headers.get('x-inseam-loss')).toBe('system;dropped')
  })
})
