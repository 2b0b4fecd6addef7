import type { LibraryCommands } from '../children/library.ts'
import type { Pace } from '../children/upstream.ts'
import type { Benchmark, Opened, Subject } from '../harness/benchmark.ts'
import { type Child, startChild } from '../harness/child.ts'
import { openUpstream } from '../harness/upstream.ts'

/** Every library in a process of its own, before one upstream. */
async function openLibraries(
  measure: (library: Child<LibraryCommands>) => Promise<number>,
  pace?: Pace,
): Promise<Opened> {
  await using stack = new AsyncDisposableStack()
  const upstream = await openUpstream(stack)
  if (pace) await upstream.child.ask('setPace', pace)
  const library = async (name: string, file: string, note: string, ...words: string[]): Promise<Subject> => {
    const child = stack.use(startChild<LibraryCommands>(file, words))
    await child.ask('open', upstream.port)
    return { name, note, measure: () => measure(child) }
  }
  const subjects = [
    await library('inseam', 'library-ours.ts', 'whole pipeline, events in memory, openai-chat', 'openai'),
    await library('ai', 'library-ai.ts', 'AI SDK, @ai-sdk/openai, chat'),
    await library('openai', 'library-openai.ts', 'official SDK, chat completions'),
    await library('inseam, anthropic', 'library-ours.ts', 'the same pipeline, anthropic-messages', 'anthropic'),
    await library('@anthropic-ai/sdk', 'library-anthropic.ts', 'official SDK, messages'),
    await library('floor', 'library-floor.ts', 'undici and JSON.parse, nothing else'),
  ]
  const opened = stack.move()
  return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

const concurrency = 16

export const library: Benchmark = {
  name: 'library',
  title: 'Library: CPU of a call',
  how: 'CPU time of the calling process over 5,000 calls, 16 at a time, each a true HTTP exchange with an upstream in another process.',
  unit: 'us/call',
  isLessBetter: true,
  targets: [{ subject: 'inseam', versus: 'ai', atMost: 0.5 }],
  open: ({ isQuick }) => openLibraries((child) => child.ask('calls', isQuick ? 1_000 : 5_000, concurrency)),
}

export const streaming: Benchmark = {
  name: 'streaming',
  title: 'Library: CPU of a delta that comes with others',
  how: 'CPU time of the calling process over 48 streams of 2,000 deltas, 8 at a time, sent in writes of 16 KiB: what a delta costs beside the socket.',
  unit: 'us/delta',
  isLessBetter: true,
  targets: [{ subject: 'inseam', versus: 'ai', atMost: 0.1 }],
  open: ({ isQuick }) =>
    openLibraries((child) => child.ask('streams', isQuick ? 8 : 48, 8, 2_000), { deltas: 2_000, everyMs: 0 }),
}

export const streamingApart: Benchmark = {
  name: 'streaming-apart',
  title: 'Library: CPU of a delta that comes alone',
  how: 'The same over 16 streams of 500 deltas, 16 at a time, one delta a write, 4 ms apart: each also costs a wake-up and a read of the socket, which nobody can save.',
  unit: 'us/delta',
  isLessBetter: true,
  targets: [{ subject: 'inseam', versus: 'ai', atMost: 0.1 }],
  open: ({ isQuick }) =>
    openLibraries((child) => child.ask('streams', isQuick ? 8 : 16, 16, 500), { deltas: 500, everyMs: 4 }),
}
