import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { feature, prompt, tool, trusted } from '../src/index.ts'
import { alias, openStand } from './stand.ts'

/** About 6,000 tokens, as the simulator counts them. */
const handbook = trusted(
  Array.from({ length: 480 }, (_, index) => `Rule ${index}: answer the customer in plain words.`).join('\n'),
)
const policies = ['off', '5m', '1h'] as const
const open = () =>
  openStand({
    aliases: policies.map((promptCache) => alias(promptCache, ['simulator-anthropic/sim-small'], { promptCache })),
  })
const usd = (nanoUsd: number) => (nanoUsd / 1e9).toFixed(4)

const lookUp = tool({
  name: 'look_up',
  description: 'Looks up a parcel.',
  input: z.object({ id: z.string() }),
  run: ({ id }) => ({ id, status: 'shipped' }),
})

/** What the simulator bills for a run of six calls: five look a parcel up, the last one answers. */
async function costOfRun(model: string): Promise<string> {
  await using stand = await open()
  stand.simulator.setScenario({
    rules: [
      ...['1', '2', '3', '4', '5'].map((id) => ({
        when: { request: { from: 1, to: 1 } },
        reply: { toolCalls: [{ name: 'look_up', input: { id } }] },
      })),
      { when: { request: { from: 1, to: 9 } }, reply: { text: 'They are on their way.' } },
    ],
  })
  const agent = feature<{ message: string }>({
    name: 'support-agent',
    model,
    tools: [lookUp],
    system: prompt`${handbook}`,
    prompt: ({ message }) => prompt`${message}`,
    maxOutputTokens: 200,
  })
  await stand.seam.act(agent, { message: 'Where are my parcels?' })
  expect(stand.attempts()).toHaveLength(6)
  return usd(stand.simulator.invoice().totals.costNanoUsd ?? Number.NaN)
}

/** What the simulator bills for ten tickets, one after the other. */
async function costOfTen(model: string): Promise<string> {
  await using stand = await open()
  const classify = feature({
    name: 'classify',
    model,
    output: z.object({ category: z.enum(['billing', 'delivery']) }),
    prompt: ({ ticket }: { ticket: string }) => prompt`${handbook}\n\nClassify the ticket.\n\n${ticket}`,
  })
  for (let number = 0; number < 10; number++)
    await stand.seam.extract(classify, { ticket: `Parcel ${number} is late.` })
  return usd(stand.simulator.invoice().totals.costNanoUsd ?? Number.NaN)
}

it('costs what the documentation says', async () => {
  const row = async (name: string, cost: (model: string) => Promise<string>) => {
    const costs = [await cost('off'), await cost('5m'), await cost('1h')]
    return `| ${name} | ${costs.join(' | ')} |`
  }
  const page = await readFile(new URL('../docs/prompt-caching.md', import.meta.url), 'utf8')
  expect(page).toContain(await row('`act`, six calls', costOfRun))
  expect(page).toContain(await row('`extract`, ten calls', costOfTen))
})
