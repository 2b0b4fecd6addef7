import { expect, it } from 'vitest'
import { alias, openStand } from './stand.ts'

const messages = [{ role: 'user' as const, content: 'Hello.' }]

it('asks a provider that has answered 429 once, and not once for each call that comes meanwhile', async () => {
  await using stand = await openStand({
    aliases: [
      alias('spread', ['simulator/sim-small+rate-limited:retryAfterSeconds=60', 'simulator-anthropic/sim-small']),
    ],
  })
  const ask = () => stand.openai.chat.completions.create({ model: 'spread', messages })
  await ask()
  const answers = await Promise.all(Array.from({ length: 20 }, ask))
  expect(answers.every(({ choices }) => choices[0]?.finish_reason === 'stop')).toBe(true)
  expect(stand.simulator.log().filter(({ status }) => status === 429)).toHaveLength(1)
  const last = stand.calls().at(-1)
  expect(last?.moments.map(({ type }) => type)).toEqual(expect.arrayContaining(['shed', 'fell-back']))
})

it('turns a call away that nobody else can answer in time: 503, and when to come again', async () => {
  await using stand = await openStand({
    aliases: [alias('alone', ['simulator/sim-small+rate-limited:retryAfterSeconds=60'])],
  })
  const options = { headers: { 'x-inseam-deadline-ms': '400', 'x-inseam-load-class': 'batch' } }
  const ask = () => stand.openai.chat.completions.create({ model: 'alone', messages }, options)
  await expect(ask()).rejects.toMatchObject({ status: 429 })
  const refused = await ask().catch((error: unknown) => error)
  expect(refused).toMatchObject({ status: 503, code: 'throttled' })
  expect(refused).toHaveProperty('headers')
  // Some of the minute may have passed by then.
  const seconds = Number((refused as { headers: Headers }).headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)
  expect((refused as { headers: Headers }).headers.get('x-should-retry')).toBeNull()
  expect(stand.simulator.log()).toHaveLength(1)
})

it('refuses a load class that there is not', async () => {
  await using stand = await openStand()
  const options = { headers: { 'x-inseam-load-class': 'urgent' } }
  await expect(stand.openai.chat.completions.create({ model: 'fast', messages }, options)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('interactive or batch'),
  })
})

it('tells of a wait beyond a minute and asks no client to sit it out', async () => {
  const waits = [60, 61].map((seconds) =>
    alias(`wait-${seconds}`, [`simulator/sim-small+rate-limited:retryAfterSeconds=${seconds}`]),
  )
  await using stand = await openStand({ aliases: waits })
  const told = async (model: string) => {
    const refused = await stand.openai.chat.completions.create({ model, messages }).catch((error: unknown) => error)
    const { headers } = refused as { headers: Headers }
    return [headers.get('retry-after'), headers.get('x-should-retry')]
  }
  expect(await told('wait-60')).toEqual(['60', null])
  expect(await told('wait-61')).toEqual(['61', 'false'])
})
