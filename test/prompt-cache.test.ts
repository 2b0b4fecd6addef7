import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { feature, prompt, type Tool, tool, trusted } from '../src/index.ts'
import { alias, openStand, type Stand } from './stand.ts'

const rules = Array.from({ length: 160 }, (_, index) => `Rule ${index}: answer the customer in plain words.`).join('\n')
const handbook = prompt`You work for a parcel service.\n${trusted(rules)}`
const target = 'simulator-anthropic/sim-small'
const claude = 'us.anthropic.claude-sonnet-5-v1:0'
const policies = (['5m', '1h', 'off'] as const).map((promptCache) => alias(promptCache, [target], { promptCache }))

const open = () => openStand({ aliases: policies, simulator: { keepBodies: true } })
const usages = (stand: Stand) =>
  stand.attempts().map(({ usage: { inputUncached, cacheRead, cacheWrite5m, cacheWrite1h } }) => ({
    inputUncached,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h,
  }))
// biome-ignore lint/suspicious/noExplicitAny: whatever was sent
const bodies = (stand: Stand): any[] => stand.simulator.log().map(({ body }) => body)

const lookUp = tool({
  name: 'look_up',
  description: 'Looks up a parcel.',
  input: z.object({ id: z.string() }),
  run: ({ id }) => ({ id, status: 'shipped', history: Array.from({ length: 30 }, (_, hour) => `scanned at ${hour}`) }),
})
const agent = (model: string, tools: readonly Tool[] = [lookUp]) =>
  feature<{ message: string }>({
    name: 'support-agent',
    model,
    tools,
    system: handbook,
    prompt: ({ message }) => prompt`${message}`,
    maxOutputTokens: 200,
  })
const twoLookUps = {
  rules: [
    ...['1', '2'].map((id) => ({
      when: { request: { from: 1, to: 1 } },
      reply: { toolCalls: [{ name: 'look_up', input: { id } }] },
    })),
    { when: { request: { from: 1, to: 9 } }, reply: { text: 'It is on its way.' } },
  ],
}

describe('a run with tools', () => {
  it('reads at each call what the call before wrote, and costs less than without', async () => {
    const costs = new Map<string, number>()
    for (const model of ['5m', '1h', 'off']) {
      await using stand = await open()
      stand.simulator.setScenario(twoLookUps)
      const run = await stand.seam.act(agent(model), { message: 'Where are my parcels?' })
      expect(run).toMatchObject({ type: 'finished', text: 'It is on its way.' })
      const told = usages(stand)
      expect(told).toHaveLength(3)
      expect(run.cost).toEqual({ ...run.cost, nanoUsd: stand.simulator.invoice().totals.costNanoUsd, status: 'priced' })
      costs.set(model, run.cost.nanoUsd ?? 0)
      if (model === 'off') {
        expect(JSON.stringify(bodies(stand))).not.toContain('cache_control')
        expect(told.every(({ cacheRead, cacheWrite5m }) => cacheRead + cacheWrite5m === 0)).toBe(true)
        continue
      }
      const written = told.map(({ cacheWrite5m, cacheWrite1h }) => (model === '5m' ? cacheWrite5m : cacheWrite1h))
      expect(written[0]).toBeGreaterThan(1_500)
      expect(told.map(({ cacheRead }) => cacheRead)).toEqual([0, written[0], written[0]! + written[1]!])
      expect(told.map(({ inputUncached }) => inputUncached)).toEqual([0, 0, 0])
    }
    const [short = 0, long = 0, off = 0] = [...costs.values()]
    expect(short).toBeLessThan(long)
    expect(long).toBeLessThan(off)
  })

  it('marks tools, system prompt and the end of the conversation, and nothing else', async () => {
    await using stand = await open()
    stand.simulator.setScenario(twoLookUps)
    const long = tool({ ...lookUp, input: z.object({ id: z.string() }), name: 'long', description: rules })
    await stand.seam.act(agent('5m', [lookUp, long]), { message: 'Where are my parcels?' })
    const marks = bodies(stand).map(({ tools, system, messages }) => ({
      tools: tools.map((one: object) => 'cache_control' in one),
      system: system.map((one: object) => 'cache_control' in one),
      messages: messages.map(({ content }: { content: string | object[] }) =>
        typeof content === 'string' ? [] : content.map((one) => 'cache_control' in one),
      ),
    }))
    expect(marks).toEqual([
      { tools: [false, true], system: [true], messages: [[true]] },
      { tools: [false, true], system: [true], messages: [[], [false], [true]] },
      { tools: [false, true], system: [true], messages: [[], [false], [false], [false], [true]] },
    ])
  })
})

describe('a feature', () => {
  const classify = (model: string) =>
    feature({
      name: 'classify',
      model,
      output: z.object({ category: z.enum(['billing', 'delivery']) }),
      prompt: ({ ticket }: { ticket: string }) => prompt`${trusted(rules)}\n\nClassify the ticket.\n\n${ticket}`,
    })

  it('reads the words of its author from the second call on, whatever the input is', async () => {
    await using stand = await open()
    for (const ticket of ['My parcel is late.', 'The invoice is wrong.'])
      await stand.seam.extract(classify('5m'), { ticket })
    const [first, second] = usages(stand)
    expect(first).toMatchObject({ cacheRead: 0 })
    expect(first?.cacheWrite5m).toBeGreaterThan(1_500)
    expect(second).toMatchObject({ cacheRead: first?.cacheWrite5m, cacheWrite5m: 0 })
    expect(second?.inputUncached).toBeLessThan(60)
    const [{ messages }] = bodies(stand)
    expect(messages[0].content.map(({ text }: { text: string }) => text).join('')).toBe(
      `${rules}\n\nClassify the ticket.\n\n<input id="1">\nMy parcel is late.\n</input>`,
    )
    expect(messages[0].content).toMatchObject([
      { text: `${rules}\n\nClassify the ticket.\n\n`, cache_control: { type: 'ephemeral' } },
      { text: '<input id="1">\nMy parcel is late.\n</input>' },
    ])
  })

  it('is sent as it is where its prompt is too short to be kept', async () => {
    await using stand = await open()
    const short = feature({
      name: 'short',
      model: '5m',
      prompt: ({ text }: { text: string }) => prompt`Translate: ${text}`,
    })
    await stand.seam.complete(short, { text: 'Hallo.' })
    expect(bodies(stand)[0].messages).toEqual([
      { role: 'user', content: 'Translate: <input id="1">\nHallo.\n</input>' },
    ])
  })

  it('is not marked where the words of its author come after its input', async () => {
    await using stand = await open()
    const late = feature({
      name: 'late',
      model: '5m',
      prompt: ({ text }: { text: string }) => prompt`${text}\n\n${trusted(rules)}`,
    })
    await stand.seam.complete(late, { text: 'Hallo.' })
    expect(JSON.stringify(bodies(stand))).not.toContain('cache_control')
  })

  it('keeps the marks that its author has set, and gets no others', async () => {
    await using stand = await open()
    const image = {
      type: 'image',
      source: { type: 'url', url: 'https://example.com/a.png' },
      cache: { ttl: '1h' },
    } as const
    const own = feature({ name: 'own', model: '5m', prompt: () => prompt`${trusted(rules)}${image}What is it?` })
    await stand.seam.complete(own, {})
    expect(bodies(stand)[0].messages[0].content.map((one: object) => 'cache_control' in one)).toEqual([
      false,
      true,
      false,
    ])
  })
})

describe("a client's marks", () => {
  const ask = (model: string) => ({
    model,
    max_tokens: 20,
    system: [{ type: 'text' as const, text: rules, cache_control: { type: 'ephemeral' as const } }],
    messages: [{ role: 'user' as const, content: 'Hello.' }],
  })

  it('are neither moved nor added to where the target speaks its dialect', async () => {
    await using stand = await open()
    await stand.anthropic.messages.create(ask('5m'))
    expect(bodies(stand)[0]).toEqual({ ...ask('sim-small') })
  })

  it('are needless at a target that keeps prompts by itself', async () => {
    await using stand = await open()
    await stand.anthropic.messages.create(ask('simulator/sim-small'))
    expect(JSON.stringify(bodies(stand)[0])).not.toMatch(/cache/)
    expect((await stand.callEnded()).losses).toEqual([])
  })

  it('are cache points at Claude on Bedrock, and come back in what is used', async () => {
    await using stand = await open()
    const request = ask(`simulator-bedrock/${claude}`)
    const written = await stand.anthropic.messages.create(request)
    const stream = stand.anthropic.messages.stream(request)
    const read = await stream.finalMessage()
    expect(bodies(stand)[0].system).toEqual([{ text: rules }, { cachePoint: { type: 'default' } }])
    const { cache_creation_input_tokens: tokens } = written.usage
    expect(tokens).toBeGreaterThan(1_500)
    expect(written.usage).toMatchObject({ cache_read_input_tokens: 0 })
    expect(read.usage).toMatchObject({ cache_read_input_tokens: tokens, cache_creation_input_tokens: 0 })
    expect(usages(stand)).toMatchObject([{ cacheWrite5m: tokens }, { cacheRead: tokens }])
    expect((await stand.callEnded()).losses).toEqual([])
  })

  it("of OpenAI's client are Anthropic's at a target of Anthropic's", async () => {
    await using stand = await open()
    const prompt_cache_breakpoint = { mode: 'explicit' as const }
    await stand.openai.chat.completions.create({
      model: '5m',
      max_completion_tokens: 20,
      messages: [
        { role: 'system', content: [{ type: 'text', text: rules, prompt_cache_breakpoint }] },
        { role: 'user', content: 'Hello.' },
      ],
    })
    expect(bodies(stand)[0].system).toEqual([{ type: 'text', text: rules, cache_control: { type: 'ephemeral' } }])
    expect(usages(stand)[0]?.cacheWrite5m).toBeGreaterThan(1_500)
  })
})
