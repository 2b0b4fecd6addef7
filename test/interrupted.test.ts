import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { feature, prompt } from '../src/index.ts'
import { alias, all, openStand, type Stand } from './stand.ts'

/** A new one for each test: breakers remember. */
let stand: Stand

/** Breaks after some tokens; the second target answers the same, for the simulator's words follow from the question alone. */
const targets = ['simulator/sim-small+cut:after=5', 'simulator-anthropic/sim-small']

beforeEach(async () => {
  stand = await openStand({
    aliases: [
      alias('plain', targets, { maxOutputTokens: 400 }),
      alias('spliced', targets, { maxOutputTokens: 400, onInterrupted: 'splice' }),
      alias('restarted', targets, { maxOutputTokens: 400, onInterrupted: 'restart' }),
      alias('held', targets, { maxOutputTokens: 400, holdBack: 'whole' }),
      alias('whole', ['simulator/sim-small'], { maxOutputTokens: 400 }),
    ],
  })
})
afterEach(() => stand[Symbol.asyncDispose]())

const messages = [{ role: 'user' as const, content: 'Tell me about the parcels of Augsburg, please.' }]
const chat = async (model: string, headers = {}) => {
  const stream = stand.openai.chat.completions.stream({ model, messages }, { headers })
  return (await stream.finalChatCompletion()).choices[0]?.message.content
}
const claude = async (model: string, headers = {}) => {
  const stream = stand.anthropic.messages.stream({ model, messages, max_tokens: 400 }, { headers })
  return (await stream.finalMessage()).content.map((block) => ('text' in block ? block.text : '')).join('')
}

describe.each([
  ['openai', chat],
  ['anthropic', claude],
] as const)('a stream that breaks after its first content, read by the client of %s', (_, ask) => {
  it('is an error where nothing else was chosen', async () => {
    await expect(ask('plain')).rejects.toThrow()
  })

  it('goes on where it broke where the alias splices, and nothing is said twice', async () => {
    const attempts = stand.attempts().length
    expect(await ask('spliced')).toBe(await ask('whole'))
    expect(stand.attempts().slice(attempts, attempts + 2)).toMatchObject([
      { outcome: { ending: 'error' } },
      { outcome: { ending: 'completed' } },
    ])
  })

  it('is mended unseen where the alias holds the answer back', async () => {
    expect(await ask('held')).toBe(await ask('whole'))
  })

  it('is mended as the client asks by a header', async () => {
    expect(await ask('plain', { 'x-inseam-on-interrupted': 'splice' })).toBe(await ask('whole'))
    expect(await ask('plain', { 'x-inseam-hold-back': 'whole' })).toBe(await ask('whole'))
    await expect(ask('whole', { 'x-inseam-on-interrupted': 'restart' })).rejects.toMatchObject({ status: 400 })
    await expect(ask('whole', { 'x-inseam-hold-back': 'for ever' })).rejects.toMatchObject({ status: 400 })
  })

  it('is an error to a client of the gateway where the alias restarts', async () => {
    await expect(ask('restarted')).rejects.toThrow()
  })
})

it('is told to the library that all before is void, where the alias restarts', async () => {
  const tell = feature({
    name: 'tell',
    model: 'restarted',
    prompt: () => prompt`Tell me about the parcels of Augsburg.`,
  })
  const parts = await all(stand.seam.stream(tell, undefined))
  const restart = parts.findIndex(({ type }) => type === 'restart')
  expect(restart).toBeGreaterThan(0)
  const words = parts.slice(restart).map((part) => (part.type === 'text-delta' ? part.text : ''))
  expect(parts.at(-1)).toMatchObject({ type: 'reply', reply: { text: words.join(''), ending: { type: 'completed' } } })
})
