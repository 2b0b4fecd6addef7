import type { JsonCommands } from '../children/json.ts'
import type { Benchmark } from '../harness/benchmark.ts'
import { startChild } from '../harness/child.ts'

const short = 27_000
const long = 1_000_000

/** Every size in the same run: what grows faster than the text shows as a lower figure for the longer one. */
function jsonWhileStreaming(size: number, atLeast: number, theirTimes: number): Benchmark {
  return {
    name: `json-${size}`,
    title: `JSON while streaming: ${size} characters at a time`,
    how: `Characters (all ASCII) read in a second of CPU, in chunks of ${size}, a change of the partial value noticed after each: a list of records, 27 KB or 1 MB.`,
    unit: 'MB/s',
    isLessBetter: false,
    targets: [
      { subject: 'inseam, 27 KB', atLeast },
      { subject: 'inseam, 1 MB', atLeast },
    ],
    async open({ isQuick }) {
      await using stack = new AsyncDisposableStack()
      const child = stack.use(startChild<JsonCommands>('json.ts'))
      const times = isQuick ? 4 : 20
      const subjects = [
        { name: 'inseam, 27 KB', measure: () => child.ask('ours', short, size, times * 37) },
        { name: 'inseam, 1 MB', measure: () => child.ask('ours', long, size, times) },
        {
          name: 'ai, 27 KB',
          note: 'parsePartialJson of all that came so far, after each chunk',
          measure: () => child.ask('theirs', short, size, isQuick ? 1 : theirTimes),
        },
      ]
      const opened = stack.move()
      return { subjects, [Symbol.asyncDispose]: () => opened.disposeAsync() }
    },
  }
}

export const json64: Benchmark = jsonWhileStreaming(64, 50, 5)
export const json4: Benchmark = jsonWhileStreaming(4, 20, 1)
