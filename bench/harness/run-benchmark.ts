import type { Benchmark, Effort, Result } from './benchmark.ts'

/** How a benchmark is run. */
export interface RunOptions extends Effort {
  /** Rounds in which every subject is measured once. */
  readonly pairs: number
  /** Told before each measurement. */
  readonly onProgress: (progress: string) => void
}

/**
 * Measures every subject once in each round, after one round that does not count (it warms up what is compiled on the way).
 * Every other round goes backwards, so that no subject always follows the same one.
 */
export async function runBenchmark(benchmark: Benchmark, options: RunOptions): Promise<Result> {
  const { name, title, how, unit, isLessBetter, targets, isExact = false } = benchmark
  const { isQuick, onProgress } = options
  const rounds = isExact ? 1 : options.pairs
  await using opened = await benchmark.open({ isQuick })
  const measured = opened.subjects.map((subject) => ({ subject, values: [] as number[] }))
  if (!isExact) {
    for (const { subject } of measured) {
      onProgress(`${name}: warming up ${subject.name}`)
      await subject.measure()
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { subject, values } of round % 2 === 0 ? measured.toReversed() : measured) {
      onProgress(`${name}: round ${round} of ${rounds}, ${subject.name}`)
      values.push(await subject.measure())
    }
  }
  const series = measured.map(({ subject, values }) => ({ name: subject.name, note: subject.note, values }))
  return { name, title, how, unit, isLessBetter, targets, isQuick, series }
}
