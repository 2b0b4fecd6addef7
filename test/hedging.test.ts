import { expect, it } from 'vitest'
import { alias, openStand } from './stand.ts'

it('answers from the target that begins first; the other is cancelled, and stands in the books', async () => {
  await using stand = await openStand({
    aliases: [
      alias('hedged', ['simulator/sim-small+slow-first-token:ms=3000', 'simulator-anthropic/sim-small'], {
        hedge: { after: 50, budget: 1 },
        maxOutputTokens: 100,
      }),
    ],
  })
  const messages = [{ role: 'user' as const, content: 'Hello.' }]
  const asked = stand.openai.chat.completions.create({ model: 'hedged', stream: true, messages })
  const { response, data } = await asked.withResponse()
  expect(response.headers.get('x-inseam-target')).toBe('simulator-anthropic/sim-small')
  for await (const _ of data);

  const call = await stand.callEnded(({ model }) => model === 'hedged')
  expect(call).toMatchObject({ target: 'simulator-anthropic/sim-small', attempts: 2, outcome: { ending: 'completed' } })
  expect(call.moments).toContainEqual(expect.objectContaining({ type: 'hedged', to: 'simulator-anthropic/sim-small' }))
  const [lost, won] = stand.attempts()
  expect(lost).toMatchObject({
    provider: 'simulator',
    outcome: { errorCode: 'aborted' },
    cost: { status: 'estimated' },
  })
  expect(won).toMatchObject({ provider: 'simulator-anthropic', outcome: { ending: 'completed' } })
  expect(call.cost.nanoUsd).toBe((lost?.cost.nanoUsd ?? 0) + (won?.cost.nanoUsd ?? 0))
  await expect.poll(() => stand.simulator.log().map(({ cancelled }) => cancelled)).toEqual([true, false])
})
