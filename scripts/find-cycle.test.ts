import { expect, test } from 'vitest'
import { findCycle } from './find-cycle.ts'

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges))

test('gives the cycle itself, without the way that leads to it', () => {
  expect(findCycle(graph({ a: ['b'], b: ['c'], c: ['d'], d: ['b'] }))).toEqual(['b', 'c', 'd', 'b'])
})

test('a file that imports itself is a cycle', () => {
  expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a'])
})

test('two ways to the same file are none', () => {
  expect(findCycle(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toBeUndefined()
})
