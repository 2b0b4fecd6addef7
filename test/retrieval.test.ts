import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { documents, feature, prompt } from '../src/index.ts'
import { createIndexes } from '../src/retrieval/indexes.ts'
import { type RecallQuestion, readQuestions, recallOf } from '../src/retrieval/recall.suite.ts'
import { openStand } from './stand.ts'

const data = join('..', 'shared', 'data', 'retrieval')
const folder = mkdtempSync(join(tmpdir(), 'inseam-retrieval-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ids = ['state_of_the_union.md', 'wikitexts.md']
const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

describe.skipIf(!existsSync(data))(
  'on the Chroma chunking evaluation, where ../shared/data/retrieval is present',
  () => {
    const read = () => new Map(ids.map((id) => [id, readFileSync(join(data, id), 'utf8')]))
    const setOf = (texts: ReadonlyMap<string, string>) =>
      documents(
        [...texts].map(([id, text]) => ({ id, text })),
        { index: join(folder, 'index.db') },
      )

    it('has questions whose excerpts stand where they say', () => {
      const texts = read()
      for (const { document, excerpts } of readQuestions(data))
        for (const { start, end, content } of excerpts) expect(texts.get(document)?.slice(start, end)).toBe(content)
    })

    it('covers at least 0.94 of what answers a question by five chunks of about 1,100 characters', async () => {
      const indexes = createIndexes()
      const { signal } = new AbortController()
      const index = await indexes.open(setOf(read()), signal)
      const recall = async (question: RecallQuestion) =>
        recallOf(question, await index.search(question.question, 5, signal))
      const recalls = await Promise.all(readQuestions(data).map(recall))
      await indexes.close()
      expect(recalls).toHaveLength(220)
      expect(mean(recalls)).toBeGreaterThanOrEqual(0.94)
    })

    it('answers with citations that all stand in the documents, to the byte', async () => {
      const texts = read()
      const set = setOf(texts)
      const oracle = feature({
        name: 'oracle',
        model: 'fast',
        documents: set,
        prompt: ({ question }: { question: string }) => prompt`Question: ${question}`,
      })
      await using stand = await openStand()
      const outcomes = { grounded: 0, 'no-sources': 0, 'not-in-sources': 0, 'citation-unsound': 0 }
      let citations = 0
      for (const { question } of readQuestions(data)) {
        const answer = await stand.seam.answer(oracle, { question })
        outcomes[answer.type === 'grounded' ? answer.type : answer.reason]++
        if (answer.type !== 'grounded') continue
        for (const { document, start, end, quote } of answer.citations) {
          expect(texts.get(document)?.slice(start, end)).toBe(quote)
          citations++
        }
      }
      expect(outcomes).toMatchObject({ 'citation-unsound': 0, 'no-sources': 0 })
      expect(outcomes.grounded).toBeGreaterThan(120)
      expect(citations).toBeGreaterThan(150)
    }, 60_000)
  },
)
