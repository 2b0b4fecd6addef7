import type { RetrievalCommands } from '../children/retrieval.ts'
import type { Benchmark, Opened } from '../harness/benchmark.ts'
import { type Child, startChild } from '../harness/child.ts'

async function openDocuments(
  note: string,
  measure: (child: Child<RetrievalCommands>) => Promise<number>,
  prepare: (child: Child<RetrievalCommands>) => Promise<unknown> = async () => undefined,
): Promise<Opened> {
  const child: Child<RetrievalCommands> = startChild<RetrievalCommands>('retrieval.ts')
  await prepare(child)
  return {
    subjects: [{ name: 'inseam, SQLite FTS5', note, measure: () => measure(child) }],
    async [Symbol.asyncDispose]() {
      await child.ask('close')
      await child[Symbol.asyncDispose]()
    },
  }
}

export const indexing: Benchmark = {
  name: 'indexing',
  title: 'Documents: text indexed',
  how: '33 MB of made-up text in 300 documents, words by Zipf’s law: wall-clock time from the first question until the worker has committed all, into a fresh file.',
  unit: 'MB/s',
  isLessBetter: false,
  targets: [{ subject: 'inseam, SQLite FTS5', atLeast: 5 }],
  open: ({ isQuick }) =>
    openDocuments('hashed, cut at about 1,100 characters, stemmed', (child) =>
      child.ask('index', isQuick ? 6_600_000 : 33_000_000),
    ),
}

export const search: Benchmark = {
  name: 'search',
  title: 'Documents: a question before the model',
  how: '200 questions of eight words, the hundred commonest aside, one after the other, over about 50,000 chunks of the same text: the 95th percentile, the way to the worker and back included.',
  unit: 'ms',
  isLessBetter: true,
  targets: [{ subject: 'inseam, SQLite FTS5', atMost: 25 }],
  open: ({ isQuick }) =>
    openDocuments(
      'bm25, five best',
      (child) => child.ask('ask', 200),
      (child) => child.ask('fill', isQuick ? 10_000 : 50_000),
    ),
}
