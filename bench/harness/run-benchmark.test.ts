import { expect, it } from 'vitest'
import type { Benchmark } from './benchmark.ts'
import { runBenchmark } from './run-benchmark.ts'

function counting(order: string[], isExact?: boolean): Benchmark {
  const subject = (name: string) => ({ name, measure: async () => order.push(name) })
  return {
    name: 'counting',
    title: 'Counting',
    how: '',
    unit: 'times',
    isLessBetter: true,
    isExact,
    targets: [],
    open: async () => ({ subjects: [subject('a'), subject('b')], async [Symbol.asyncDispose]() {} }),
  }
}

const options = { pairs: 3, isQuick: false, onProgress: () => {} }

it('warms up once, then alternates, and keeps one figure a round', async () => {
  const order: string[] = []
  const { series } = await runBenchmark(counting(order), options)
  expect(order.join('')).toBe('ababbaab')
  expect(series.map(({ values }) => values)).toEqual([
    [3, 6, 7],
    [4, 5, 8],
  ])
})

it('measures once what does not vary', async () => {
  const order: string[] = []
  await runBenchmark(counting(order, true), options)
  expect(order.join('')).toBe('ab')
})
