import { expect, test } from 'vitest'
import { createVirtualClock } from '../src/core/virtual-clock.ts'
import { isInseamError } from '../src/index.ts'
import { createMemoryCache } from '../src/stores/memory/index.ts'
import { startRawUpstream, withRawUpstream } from './raw-upstream.ts'
import { alias, openStand, type Stand } from './stand.ts'

const vectors = alias('vectors', ['simulator/sim-embed'])
const kept = alias('kept', ['simulator/sim-embed'], { cache: { ttlSeconds: 60 } })
const google = alias('google', ['simulator-gemini/sim-embed'])
const texts = (count: number) => Array.from({ length: count }, (_, at) => `text number ${at}`)
const nearness = (left: readonly number[], right: readonly number[]) =>
  left.reduce((sum, number, at) => sum + number * right[at]!, 0)

/** What the simulator was asked for, a list of texts a request. */
function asked({ simulator }: Stand): string[][] {
  return simulator.log().map(({ body }) => {
    const { input, requests } = body as { input?: string[]; requests?: { content: { parts: { text: string }[] } }[] }
    return input ?? requests?.map(({ content }) => content.parts[0]!.text) ?? []
  })
}

test('gives one vector a text, in order, and says what it cost and who gave it', async () => {
  await using stand = await openStand({ aliases: [vectors] })
  const { seam, simulator } = stand
  const found = await seam.embed(['Where is my parcel?', 'My parcels are late', 'Refund me'], {
    model: 'vectors',
    dimensions: 128,
    feature: 'search',
    tenant: 'acme',
  })
  const [parcel, late, refund] = found.vectors
  expect(found.vectors.map(({ length }) => length)).toEqual([128, 128, 128])
  expect(nearness(parcel!, late!)).toBeGreaterThan(nearness(parcel!, refund!))
  const { costNanoUsd } = simulator.invoice().lines[0]!
  expect(found).toMatchObject({ model: 'sim-embed', target: 'simulator/sim-embed', losses: [] })
  expect(found.cost).toMatchObject({ nanoUsd: costNanoUsd, status: 'priced' })
  expect(stand.calls()).toEqual([
    expect.objectContaining({
      callId: found.callIds[0],
      operation: 'embed',
      feature: 'search',
      tenant: 'acme',
      model: 'vectors',
      usage: expect.objectContaining({ outputText: 0, source: 'measured' }),
    }),
  ])
})

test('asks for nothing where there is nothing', async () => {
  await using stand = await openStand({ aliases: [vectors] })
  expect(await stand.seam.embed([], { model: 'vectors' })).toEqual({
    vectors: [],
    usage: expect.objectContaining({ inputUncached: 0 }),
    cost: { nanoUsd: 0, status: 'priced' },
    model: 'vectors',
    target: undefined,
    callIds: [],
    losses: [],
  })
  expect(stand.simulator.log()).toEqual([])
  expect(stand.calls()).toEqual([])
})

test('splits what one request cannot hold, a few at a time, and keeps the order', async () => {
  await using stand = await openStand({ aliases: [google], simulator: { keepBodies: true } })
  const list = texts(950)
  const found = await stand.seam.embed(list, { model: 'google', dimensions: 16, parallelCalls: 3 })
  const alone = await stand.seam.embed([list[949]!, list[0]!], { model: 'google', dimensions: 16 })
  expect(found.vectors).toHaveLength(950)
  expect([found.vectors[949], found.vectors[0]]).toEqual(alone.vectors)
  expect(asked(stand).map(({ length }) => length)).toEqual([...Array<number>(9).fill(100), 50, 2])
  expect(found.callIds).toHaveLength(10)
  const [sum] = [
    stand
      .attempts()
      .slice(0, 10)
      .reduce((total, { cost }) => total + cost.nanoUsd!, 0),
  ]
  expect(found.cost.nanoUsd).toBe(sum)
})

test.each([
  ['an empty text', ['a', ''], {}, 'texts[1]'],
  ['no number of calls', ['a'], { parallelCalls: 0 }, 'parallelCalls'],
  ['no length', ['a'], { dimensions: 1.5 }, 'dimensions'],
])('%s is refused by name, and on the record', async (_, list, options, path) => {
  await using stand = await openStand({ aliases: [vectors] })
  await expect(stand.seam.embed(list, { model: 'vectors', ...options })).rejects.toMatchObject({
    code: 'invalid-request',
    path,
  })
  expect(stand.calls()).toMatchObject([{ operation: 'embed', outcome: { errorCode: 'invalid-request' } }])
  expect(stand.simulator.log()).toEqual([])
})

test('a text that the provider finds too long is named by its place among all', async () => {
  await using stand = await openStand({ aliases: [google] })
  const list = texts(250).with(230, 'word '.repeat(9_000))
  await expect(stand.seam.embed(list, { model: 'google' })).rejects.toThrow(
    /texts\[200\] to texts\[249\].*texts\[230\]/,
  )
})

test('one failure fails all, says what all of it cost, and stops the others', async () => {
  await using stand = await openStand({
    aliases: [{ ...google, retry: { attempts: 1, baseMs: 1, capMs: 1 } }],
    simulator: { scenario: { rules: [{ when: { request: { from: 3, to: 3 } }, fault: { type: 'quota-exhausted' } }] } },
  })
  const error = await stand.seam
    .embed(texts(900), { model: 'google', parallelCalls: 1 })
    .catch((thrown: unknown) => thrown)
  if (!isInseamError(error)) throw error
  expect(error).toMatchObject({ code: 'quota-exhausted' })
  const { lines } = stand.simulator.invoice()
  expect(lines).toHaveLength(3)
  expect(error.arrived?.cost.nanoUsd).toBe(lines.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0))
})

test('a caller who leaves stops every request', async () => {
  await using stand = await openStand({
    aliases: [google],
    simulator: { scenario: { rules: [{ fault: { type: 'no-answer' } }] } },
  })
  const controller = new AbortController()
  const embedding = stand.seam.embed(texts(400), { model: 'google', signal: controller.signal })
  while (stand.simulator.log().length < 4) await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await expect(embedding).rejects.toMatchObject({ code: 'aborted' })
  await stand.simulator.idle()
  expect(stand.simulator.log().map(({ cancelled }) => cancelled)).toEqual([true, true, true, true])
})

test('one limit holds for all requests together', async () => {
  const clock = createVirtualClock()
  await using stand = await openStand({
    aliases: [google],
    seam: { clock },
    simulator: { scenario: { rules: [{ fault: { type: 'no-answer' } }] } },
  })
  const embedding = stand.seam.embed(texts(150), { model: 'google', timeoutMs: 700 }).catch((thrown: unknown) => thrown)
  while (stand.simulator.log().length < 2) await new Promise((resolve) => setImmediate(resolve))
  await clock.advance(700)
  expect(await embedding).toMatchObject({ code: 'deadline-exceeded', message: expect.stringContaining('700') })
})

test('embedding a list again after one text has changed costs one text', async () => {
  await using stand = await openStand({ aliases: [kept], simulator: { keepBodies: true } })
  const before = await stand.seam.embed(texts(20), { model: 'kept', dimensions: 32 })
  const list = texts(20).with(7, 'something new').with(12, 'something new')
  const after = await stand.seam.embed(list, { model: 'kept', dimensions: 32 })
  expect(asked(stand)).toEqual([texts(20), ['something new']])
  expect(after.vectors[7]).toEqual(after.vectors[12])
  expect(after.vectors.with(7, []).with(12, [])).toEqual(before.vectors.with(7, []).with(12, []))
  expect(after.cost.nanoUsd).toBe(stand.simulator.invoice().lines[1]?.costNanoUsd)
  expect(stand.calls()[1]?.moments).toContainEqual(expect.objectContaining({ type: 'cache-miss', kept: 18, texts: 20 }))

  const again = await stand.seam.embed(list, { model: 'kept', dimensions: 32 })
  expect(again).toMatchObject({
    vectors: after.vectors,
    cost: { nanoUsd: 0 },
    model: 'sim-embed',
    target: 'simulator/sim-embed',
  })
  expect(stand.calls()[2]).toMatchObject({ cache: 'hit', source: 'cache', attempts: 0 })
})

test.each([
  ['says that it is another model', 'second', 2],
  ['gives other lengths', 'first', 3],
])('what was kept does not stand beside what comes where the provider %s', async (_, model, length) => {
  let now = { model: 'first', length: 2 }
  await using upstream = await startRawUpstream((response, { body }) => {
    const { input } = JSON.parse(body) as { input: string[] }
    const data = input.map((_, index) => ({ index, embedding: Array<number>(now.length).fill(now.length) }))
    response.end(JSON.stringify({ model: now.model, data, usage: { prompt_tokens: 1 } }))
  })
  const raw = alias('raw', ['raw-openai-chat/emb'], { cache: { ttlSeconds: 60 } })
  await using stand = await openStand({ aliases: [raw], config: withRawUpstream(upstream.url) })
  const embed = async (...list: string[]) =>
    (await stand.seam.embed(list, { model: 'raw' })).vectors.map((one) => one.length)
  await embed('a', 'b')
  now = { model, length }
  expect(await embed('a', 'c')).toEqual([length, length])
  expect(upstream.received.map(({ body }) => JSON.parse(body).input)).toEqual([['a', 'b'], ['c'], ['a', 'c']])
  expect(stand.calls()).toHaveLength(2)
  // Of what is kept by now, "b" is of the first model still.
  expect(await embed('a', 'b')).toEqual([length, length])
  expect(await embed('a', 'b', 'c')).toEqual([length, length, length])
  expect(upstream.received).toHaveLength(4)
})

test('a list of more texts than any provider takes is not looked up', async () => {
  const store = createMemoryCache()
  let looked = 0
  const get: typeof store.get = (key) => {
    looked++
    return store.get(key)
  }
  await using stand = await openStand({ aliases: [kept], seam: { cache: { ...store, get } } })
  const input = texts(100_000)
  await expect(stand.openai.embeddings.create({ model: 'kept', input })).rejects.toMatchObject({ status: 400 })
  expect(looked).toBe(0)
})

test.each([
  ['another length', { dimensions: 16 }],
  ['another tenant', { tenant: 'other' }],
  ['another feature', { feature: 'other' }],
  ['something that the provider is told', { extensions: { gemini: { taskType: 'CLUSTERING' } } }],
])('what was kept is nothing for %s', async (_, change) => {
  await using stand = await openStand({ aliases: [{ ...kept, targets: google.targets }] })
  const ask = (more: object) => stand.seam.embed(['a'], { model: 'kept', dimensions: 32, ...more })
  await ask({})
  await ask({ user: 'somebody else' })
  expect(stand.simulator.log()).toHaveLength(1)
  await ask(change)
  expect(stand.simulator.log()).toHaveLength(2)
})

test('a dialect without embeddings is passed over, and nobody is asked twice for nothing', async () => {
  const mixed = alias('mixed', ['simulator-anthropic/sim-small', 'simulator/sim-embed'])
  const none = alias('none', ['simulator-anthropic/sim-small'])
  await using stand = await openStand({ aliases: [mixed, none] })
  expect(await stand.seam.embed(['a'], { model: 'mixed' })).toMatchObject({ target: 'simulator/sim-embed' })
  await expect(stand.seam.embed(['a'], { model: 'none' })).rejects.toMatchObject({
    code: 'operation-unsupported',
    status: 400,
  })
  expect(stand.attempts()).toHaveLength(1)
})

const failing = { rules: [{ when: { dialect: 'openai-chat' as const }, fault: { type: 'server-error' as const } }] }

test('another provider of the same model takes over; another model never does', async () => {
  const same = alias('same', ['simulator/sim-embed', 'simulator-gemini/sim-embed'])
  const other = alias('other', ['simulator/sim-embed', 'simulator-gemini/my-own-embedding'])
  await using stand = await openStand({ aliases: [same, other], simulator: { scenario: failing } })
  expect(await stand.seam.embed(['a'], { model: 'same' })).toMatchObject({ target: 'simulator-gemini/sim-embed' })
  await expect(stand.seam.embed(['a'], { model: 'other' })).rejects.toMatchObject({ code: 'server-error' })
  expect(stand.calls().at(-1)?.moments).toContainEqual(
    expect.objectContaining({ type: 'target-left-out', target: 'simulator-gemini/my-own-embedding' }),
  )
})

test('an alias over two known embedding models cannot be opened', async () => {
  const trap = alias('trap', ['simulator/text-embedding-3-small', 'simulator-gemini/gemini-embedding-001'])
  await expect(openStand({ aliases: [trap] })).rejects.toMatchObject({
    code: 'embeddings-mixed',
    message: expect.stringMatching(/"trap".*text-embedding-3-small and gemini-embedding-001/),
  })
})

test('an alias that leads elsewhere by the next request does not mix its vectors', async () => {
  await using stand = await openStand({ aliases: [google] })
  const { seam, config } = stand
  const elsewhere = { ...config, aliases: [{ ...google, targets: [{ ...google.targets[0]!, model: 'other-embed' }] }] }
  const reloading = stand.callEnded().then(() => seam.reload(elsewhere))
  const embedding = seam.embed(texts(150), { model: 'google', parallelCalls: 1 })
  await expect(embedding).rejects.toMatchObject({
    code: 'embeddings-mixed',
    message: expect.stringContaining('sim-embed and simulator-gemini/other-embed'),
    arrived: { cost: { nanoUsd: null } },
  })
  await reloading
})

test("the alias's output limit and shape of answer are nothing to a vector", async () => {
  const limited = alias('limited', ['simulator/sim-embed'], { maxOutputTokens: 50 })
  await using stand = await openStand({ aliases: [limited], simulator: { keepBodies: true } })
  await stand.seam.embed(['a'], { model: 'limited' })
  expect(stand.simulator.log()[0]?.body).toEqual({ model: 'sim-embed', input: ['a'] })
})

test('where the provider counts nothing, the input is estimated, and no output', async () => {
  await using stand = await openStand()
  const found = await stand.seam.embed(['Where is my parcel?'], { model: 'simulator-gemini/gemini-embedding-001' })
  expect(found.usage).toMatchObject({ source: 'estimated', inputUncached: 5, outputText: 0 })
  expect(found.cost.status).toBe('estimated')
})

test('a loss is told once, and refused where the caller is strict', async () => {
  await using stand = await openStand({ aliases: [google, vectors] })
  const options = { model: 'vectors', extensions: { gemini: { taskType: 'CLUSTERING' } } } as const
  expect((await stand.seam.embed(['a', 'b'], options)).losses).toMatchObject([{ path: 'taskType', effect: 'dropped' }])
  await expect(stand.seam.embed(['a'], { ...options, translation: 'strict' })).rejects.toMatchObject({
    code: 'translation-refused',
  })
  expect((await stand.seam.embed(['a'], { ...options, model: 'google' })).losses).toEqual([])
})

test('a failure that passes is retried', async () => {
  await using stand = await openStand({ aliases: [alias('shaky', ['simulator/sim-embed+overloaded@1'])] })
  expect((await stand.seam.embed(['a'], { model: 'shaky' })).vectors).toHaveLength(1)
  expect(stand.attempts()).toHaveLength(2)
})

test('callers who ask the same at once share one request', async () => {
  const shared = alias('shared', ['simulator/sim-embed'], { coalesce: true, cache: { ttlSeconds: 60 } })
  await using stand = await openStand({ aliases: [shared] })
  const found = await Promise.all([1, 2, 3].map(() => stand.seam.embed(texts(3), { model: 'shared' })))
  expect(found.map(({ vectors }) => vectors)).toEqual([found[0]!.vectors, found[0]!.vectors, found[0]!.vectors])
  expect(stand.simulator.log()).toHaveLength(1)
})
