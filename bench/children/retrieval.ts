import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIndexes, type DocumentInput, documents, type Index, type Indexes } from '../../src/retrieval/index.ts'
import { serve } from './serve.ts'

/** What the process does. */
export type RetrievalCommands = {
  /** Indexes so many characters of text, and gives the megabytes a second. */
  index(characters: number): Promise<number>
  /** Fills an index with so many chunks, and gives how many there are. */
  fill(chunks: number): Promise<number>
  /** Asks so many questions, one after the other, and gives the 95th percentile in milliseconds. */
  ask(questions: number): Promise<number>
  close(): Promise<void>
}

const { signal } = new AbortController()
const chunkCharacters = 1_100
const charactersPerDocument = 110_000

let seed = 1
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

const syllables = [
  'ka',
  'ter',
  'mo',
  'lin',
  'sa',
  'ver',
  'du',
  'pen',
  'ri',
  'tos',
  'ga',
  'bel',
  'no',
  'stra',
  'qui',
  'for',
]
/** As many words as a large English text has, the commonest first. */
const vocabulary = Array.from({ length: 40_000 }, (_, rank) => {
  let word = ''
  for (let left = rank + 16; left > 0; left = Math.floor(left / 16)) word += syllables[left % 16]
  return word
})
/** The commonest words are asked for by nobody: they are what stop words are in a real language. */
const stopWords = 100

/** By Zipf's law: the word of rank n comes 1/n as often as the first. */
const rank = (from = 1) => Math.floor(from * (vocabulary.length / from) ** random())
const word = (from?: number) => vocabulary[Math.min(rank(from), vocabulary.length) - 1] as string

function text(characters: number): string {
  let written = ''
  while (written.length < characters) {
    const sentence = Array.from({ length: 8 + Math.floor(random() * 16) }, () => word()).join(' ')
    written += `${sentence}.${random() < 0.2 ? '\n\n' : ' '}`
  }
  return written.slice(0, characters)
}

function corpus(characters: number): DocumentInput[] {
  const size = Math.min(characters, charactersPerDocument)
  return Array.from({ length: Math.ceil(characters / size) }, (_, id) => ({ id: `${id}.txt`, text: text(size) }))
}

let folder = ''
let indexes: Indexes | undefined
let filled: Index | undefined

async function open(from: readonly DocumentInput[], name: string): Promise<Index> {
  folder ||= await mkdtemp(join(tmpdir(), 'inseam-bench-'))
  indexes ??= createIndexes()
  return indexes.open(documents(from, { index: join(folder, `${name}.db`), chunkCharacters }), signal)
}

let files = 0

serve({
  async index(characters) {
    const from = corpus(characters)
    await open([{ id: 'warm.txt', text: 'warm' }], `index-${++files}`)
    const start = performance.now()
    await open(from, `index-${++files}`)
    return from.reduce((sum, { text }) => sum + text.length, 0) / 1e6 / ((performance.now() - start) / 1_000)
  },
  async fill(chunks) {
    const from = corpus(chunks * chunkCharacters)
    filled = await open(from, 'filled')
    return from.length
  },
  async ask(questions) {
    if (!filled) throw new Error('There is nothing to ask.')
    const took: number[] = []
    for (let asked = 0; asked < questions; asked++) {
      const question = Array.from({ length: 8 }, () => word(stopWords)).join(' ')
      const start = performance.now()
      const found = await filled.search(question, 5, signal)
      took.push(performance.now() - start)
      if (found.length === 0) throw new Error(`Nothing was found for "${question}".`)
    }
    return took.sort((left, right) => left - right)[Math.ceil(questions * 0.95) - 1] as number
  },
  async close() {
    await indexes?.close()
    if (folder) await rm(folder, { recursive: true })
  },
} satisfies RetrievalCommands)
