import { expect, test } from 'vitest'
import { alias, openStand, type Stand } from './stand.ts'

const titan = 'simulator-bedrock/amazon.titan-embed-text-v2:0'
const cohere = 'simulator-bedrock/cohere.embed-english-v3'
const open = () =>
  openStand({
    aliases: [alias('titan', [titan]), alias('cohere', [cohere]), alias('words', ['simulator-bedrock/sim-small'])],
    simulator: { keepBodies: true },
  })
const sent = ({ simulator }: Stand) => simulator.log().map(({ path, body }) => ({ path, body }))

test("OpenAI's client gets vectors from Titan, at what the provider bills", async () => {
  await using stand = await open()
  const { data, usage } = await stand.openai.embeddings.create({ model: 'titan', input: 'red shoes', dimensions: 256 })
  expect(data.map(({ embedding }) => embedding.length)).toEqual([256])
  const [line] = stand.simulator.invoice().lines
  expect(usage.prompt_tokens).toBe(line?.usage.uncachedInput)
  expect(stand.attempts()[0]?.cost).toMatchObject({ status: 'priced', nanoUsd: line?.costNanoUsd })
  expect(sent(stand)).toEqual([
    {
      path: '/model/amazon.titan-embed-text-v2%3A0/invoke',
      body: { inputText: 'red shoes', dimensions: 256 },
    },
  ])
})

test('a list is split by what the model takes: one text for Titan, 96 for Cohere', async () => {
  await using stand = await open()
  const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`)
  const few = await stand.seam.embed(texts.slice(0, 3), { model: 'titan' })
  expect(few.vectors.map(({ length }) => length)).toEqual([1024, 1024, 1024])
  const many = await stand.seam.embed(texts, { model: 'cohere' })
  expect(many.vectors).toHaveLength(100)
  expect(many.cost.status).toBe('estimated')
  const lengths = sent(stand).map(({ body }) => (body as { texts?: string[] }).texts?.length ?? 1)
  expect(lengths.toSorted((left, right) => left - right)).toEqual([1, 1, 1, 4, 96])
  await expect(stand.openai.embeddings.create({ model: 'titan', input: ['a', 'b'] })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('takes 1 text'),
  })
})

test('Cohere is told what the texts are for, in its own words', async () => {
  await using stand = await open()
  await stand.seam.embed(['red'], { model: 'cohere' })
  const extensions = { 'bedrock-converse': { input_type: 'search_query', truncate: 'END' } }
  await stand.seam.embed(['red'], { model: 'cohere', extensions })
  expect(sent(stand).map(({ body }) => body)).toEqual([
    { input_type: 'search_document', texts: ['red'] },
    { input_type: 'search_query', truncate: 'END', texts: ['red'] },
  ])
})

test('who gives no vectors, or none of that length, is not asked', async () => {
  await using stand = await open()
  await expect(stand.seam.embed(['red'], { model: 'words' })).rejects.toMatchObject({ code: 'operation-unsupported' })
  await expect(stand.seam.embed(['red'], { model: 'cohere', dimensions: 256 })).rejects.toMatchObject({
    code: 'operation-unsupported',
    message: expect.stringContaining('cannot shorten'),
  })
  expect(sent(stand)).toEqual([])
})
