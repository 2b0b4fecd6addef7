import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Config } from '../src/config.ts'
import { feature, prompt, tool, trusted } from '../src/index.ts'
import { openEventReader, openEventStore } from '../src/stores/sqlite/index.ts'
import { inseam } from './process.ts'
import { alias, openStand, type Stand } from './stand.ts'

const rules = Array.from({ length: 160 }, (_, index) => `Rule ${index}: answer the customer in plain words.`).join('\n')
const openai = 'simulator-responses/sim-small'
const aliases = [alias('anthropic', ['simulator-anthropic/sim-small']), alias('responses', [openai])]
/** OpenAI's side takes marks and says why they were of no use, as OpenAI itself does. */
const marked = (config: Config): Config => ({
  ...config,
  providers: config.providers.map((provider) =>
    provider.name === 'simulator-responses'
      ? { ...provider, quirks: { ...provider.quirks, promptCache: 'marked', cacheDiagnostics: true } }
      : provider,
  ),
})

/** A stand whose record is a file, and what the file says of why the prompt cache was missed, attempt by attempt. */
async function open() {
  const opened = new AsyncDisposableStack()
  const folder = opened.use(await mkdtempDisposable(join(tmpdir(), 'inseam-misses-')))
  const path = join(folder.path, 'events.db')
  const events = await openEventStore({ path })
  const stand = opened.use(await openStand({ aliases, config: marked, seam: { events } }))
  return {
    stand,
    async told() {
      await events.flush()
      using reader = openEventReader({ path })
      const calls = reader.tail().calls.map(({ callId }) => reader.story(callId)!)
      const columns = 'select cache_miss_reason as reason, cache_missed_tokens as tokens from v_attempts'
      const { rows } = reader.query(`${columns} order by started_at, call_id`)
      return { attempts: calls.flatMap(({ attempts }) => attempts), rows }
    },
    async explained() {
      await events.flush()
      const { out } = await inseam(['explain', 'last', '--db', path], { cwd: folder.path })
      return out.replace(/\s+/g, ' ')
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const described = (description: string) => ({
  name: 'look_up',
  description,
  input_schema: { type: 'object' as const, properties: {} },
})

for (const streamed of [false, true]) {
  it(`tells that tools changed between two calls at Anthropic, ${streamed ? 'streamed' : 'whole'}`, async () => {
    await using run = await open()
    const ask = async (description: string, previous_message_id: string | null) => {
      const body = {
        model: 'anthropic',
        max_tokens: 20,
        diagnostics: { previous_message_id },
        tools: [described(description)],
        tool_choice: { type: 'none' as const },
        system: [{ type: 'text' as const, text: rules, cache_control: { type: 'ephemeral' as const } }],
        messages: [{ role: 'user' as const, content: 'Hello.' }],
      }
      const { messages } = run.stand.anthropic
      return streamed ? await messages.stream(body).finalMessage() : await messages.create(body)
    }
    const first = await ask('Looks up a parcel.', null)
    const same = await ask('Looks up a parcel.', first.id)
    expect([first.diagnostics, same.diagnostics]).toEqual([null, null])
    const changed = await ask('Looks up a parcel, or a letter.', same.id)
    const missed = same.usage.cache_read_input_tokens ?? 0
    expect(missed).toBeGreaterThan(1_500)
    expect(changed.diagnostics).toEqual({
      cache_miss_reason: { type: 'tools_changed', cache_missed_input_tokens: missed },
    })
    const { attempts, rows } = await run.told()
    expect(attempts.map(({ cacheMiss }) => cacheMiss)).toEqual([
      undefined,
      undefined,
      { reason: 'tools_changed', missedTokens: missed },
    ])
    expect(rows.at(-1)).toEqual({ reason: 'tools_changed', tokens: missed })
    const figure = missed.toLocaleString('en-US')
    expect(await run.explained()).toContain(`Missed ${figure} tokens of the prompt cache: the tools changed.`)
  })

  it(`tells what changed between two calls at OpenAI, ${streamed ? 'streamed' : 'whole'}`, async () => {
    await using run = await open()
    const ask = async (instructions: string, comparison_response_id?: string) => {
      const options = comparison_response_id === undefined ? {} : { prompt_cache_options: { comparison_response_id } }
      const body = { model: 'responses', instructions, input: 'Hello.', ...options }
      const { responses } = run.stand.openai
      return streamed ? await responses.stream(body).finalResponse() : await responses.create(body)
    }
    const first = await ask(rules)
    const same = await ask(rules, first.id)
    expect(same.prompt_cache_diagnostics).toEqual({ type: 'cache_hit' })
    const changed = await ask(`Today is Monday.\n${rules}`, same.id)
    const missed = same.usage?.input_tokens_details.cached_tokens
    expect(missed).toBeGreaterThan(1_500)
    expect(changed.prompt_cache_diagnostics).toEqual({
      type: 'cache_miss',
      reason: 'input_changed',
      cache_missed_tokens: missed,
      comparison_reusable_tokens: missed,
    })
    const { attempts, rows } = await run.told()
    expect(attempts.map(({ cacheMiss }) => cacheMiss)).toEqual([
      undefined,
      undefined,
      { reason: 'input_changed', missedTokens: missed },
    ])
    expect(rows.at(-1)).toEqual({ reason: 'input_changed', tokens: missed })
    const figure = missed?.toLocaleString('en-US')
    expect(await run.explained()).toContain(`Missed ${figure} tokens of the prompt cache: the input changed.`)
  })
}

/** Three calls; before the second the provider forgets all that it knew. */
async function forgetful(stand: Stand, model: string) {
  let looks = 0
  const lookUp = tool({
    name: 'look_up',
    description: 'Looks up a parcel.',
    input: z.object({ id: z.string() }),
    run: ({ id }) => {
      if (++looks === 1) stand.simulator.reset()
      stand.simulator.setScenario({ rules: [looks === 1 ? asking('2') : { reply: { text: 'It is on its way.' } }] })
      return { id, status: 'shipped' }
    },
  })
  const asking = (id: string) => ({ reply: { toolCalls: [{ name: 'look_up', input: { id } }] } })
  stand.simulator.setScenario({ rules: [asking('1')] })
  const agent = feature<{ message: string }>({
    name: 'support-agent',
    model,
    tools: [lookUp],
    system: prompt`You work for a parcel service.\n${trusted(rules)}`,
    prompt: ({ message }) => prompt`${message}`,
  })
  expect(await stand.seam.act(agent, { message: 'Where are my parcels?' })).toMatchObject({ type: 'finished' })
}

it.each([
  ['anthropic', 'previous_message_not_found'],
  ['responses', 'comparison_response_not_found'],
])('a run at %s asks at each call and hears when the provider has forgotten', async (model, reason) => {
  await using run = await open()
  await forgetful(run.stand, model)
  const { attempts, rows } = await run.told()
  expect(attempts.map(({ cacheMiss }) => cacheMiss)).toEqual([undefined, { reason }, undefined])
  expect(rows[1]).toEqual({ reason, tokens: null })
  expect(attempts[2]?.usage.cacheRead).toBeGreaterThan(1_500)
})
