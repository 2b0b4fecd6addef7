import { afterAll, beforeAll, expect, it } from 'vitest'
import { feature, prompt } from '../src/index.ts'
import { alias, openStand, type Stand } from './stand.ts'

let stand: Stand

beforeAll(async () => {
  stand = await openStand({
    aliases: [
      alias('loud', ['simulator-anthropic/sim-small'], { maxOutputTokens: 500 }),
      alias('strict', ['simulator-anthropic/sim-small'], { maxOutputTokens: 500, translation: 'strict' }),
      alias('strict-elsewhere', ['simulator/sim-small', 'simulator-bedrock/us.anthropic.claude-haiku-4-5'], {
        translation: 'strict',
      }),
      alias('strict-then-own', ['simulator-anthropic/sim-small', 'simulator/sim-small'], { translation: 'strict' }),
    ],
  })
})
afterAll(() => stand[Symbol.asyncDispose]())

/** `seed` has no word in Anthropic's dialect. */
const seeded = (model: string) => ({ model, seed: 7, messages: [{ role: 'user' as const, content: 'Hello.' }] })

const askedSince = async (work: () => Promise<unknown>) => {
  const before = stand.simulator.log().length
  await work()
  return stand.simulator.log().length - before
}

it('refuses what the target cannot be told, before anything is sent, and names it', async () => {
  const asked = await askedSince(() =>
    expect(stand.openai.chat.completions.create(seeded('strict'))).rejects.toMatchObject({
      status: 400,
      error: { code: 'translation-refused', message: expect.stringContaining('seed (dropped') },
    }),
  )
  expect(asked).toBe(0)
  const event = stand.calls().at(-1)
  expect(event).toMatchObject({ outcome: { errorCode: 'translation-refused' }, cost: { nanoUsd: 0 } })
})

it('answers and reports the loss where losses are allowed', async () => {
  const { response } = await stand.openai.chat.completions.create(seeded('loud')).withResponse()
  expect(response.headers.get('x-inseam-loss')).toBe('seed;dropped')
})

it('goes on to a target that speaks the dialect of the request', async () => {
  const { response } = await stand.openai.chat.completions.create(seeded('strict-then-own')).withResponse()
  expect(response.headers.get('x-inseam-target')).toBe('simulator/sim-small')
  expect(response.headers.get('x-inseam-loss')).toBeNull()
})

it('lets what loses nothing pass', async () => {
  const { messages } = seeded('')
  const { choices } = await stand.openai.chat.completions.create({ model: 'strict', messages })
  expect(choices[0]?.finish_reason).toBe('stop')
})

it("lets a client's mark for the prompt cache pass, and refuses the lifetime that the target has not", async () => {
  const ask = (model: string, ttl?: '1h') =>
    stand.anthropic.messages.create({
      model,
      max_tokens: 20,
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hello.', cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } }],
        },
      ],
    })
  const { response } = await ask('strict-elsewhere').withResponse()
  expect(response.headers.get('x-inseam-target')).toBe('simulator/sim-small')
  const other = await ask('strict-elsewhere', '1h').withResponse()
  expect(other.response.headers.get('x-inseam-target')).toMatch(/^simulator-bedrock/)
  expect(stand.calls().at(-1)?.losses).toEqual([])
})

it('is asked for by a header too, and a header cannot loosen what the alias demands', async () => {
  const ask = (model: string, translation: string) =>
    stand.openai.chat.completions.create(seeded(model), { headers: { 'x-inseam-translation': translation } })
  await expect(ask('loud', 'strict')).rejects.toMatchObject({ status: 400, code: 'translation-refused' })
  await expect(ask('strict', 'loud')).rejects.toMatchObject({ status: 400, code: 'translation-refused' })
  await expect(ask('loud', 'severe')).rejects.toMatchObject({ status: 400, code: 'invalid-request' })
})

it('holds for the library, whose replies carry their losses', async () => {
  const haiku = feature({
    name: 'haiku',
    model: 'loud',
    temperature: 1.5,
    prompt: ({ topic }: { topic: string }) => prompt`Write a haiku.\n\n${topic}`,
  })
  const input = { topic: 'seams' }
  const { losses } = await stand.seam.complete(haiku, input)
  expect(losses).toMatchObject([{ path: 'temperature', effect: 'approximated' }])
  await expect(stand.seam.complete(haiku, input, { translation: 'strict' })).rejects.toMatchObject({
    code: 'translation-refused',
    losses,
  })
})
