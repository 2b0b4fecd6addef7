import { expect, it } from 'vitest'
import type { Delta } from '../../core/delta.ts'
import { readPartials } from './read-partials.ts'

const text = (text: string): Delta => ({ type: 'text-delta', index: 0, text })
const valuesOf = (isWrapped: boolean, ...deltas: readonly (Delta | string)[]) => {
  const partials = readPartials(isWrapped)
  return deltas.flatMap((delta) =>
    partials.push(typeof delta === 'string' ? text(delta) : delta) ? [structuredClone(partials.value)] : [],
  )
}

it('tells of each delta that made the value grow, and of no other', () => {
  expect(valuesOf(false, ' ', '{"a', '":', ' "b', 'c"', '}')).toEqual([{}, { a: 'b' }, { a: 'bc' }])
  expect(valuesOf(false, { type: 'block-end', index: 0 }, 'Sure! ', '{}')).toEqual([])
})

it('reads past the fence that stands before the value, however it is cut', () => {
  expect(valuesOf(false, '``', '`js', 'on\n{"a":1', '}\n```').at(-1)).toEqual({ a: 1 })
  expect(valuesOf(false, '```\n[1,2]\n```')).toEqual([[1, 2]])
})

it('shows what stands under the one key', () => {
  expect(valuesOf(true, '{"val', 'ue":', '["a"', ',"b"]}')).toEqual([['a'], ['a', 'b']])
})

it('begins again where the answer does', () => {
  const restart: Delta = { type: 'restart', reason: 'cut' }
  expect(valuesOf(false, '{"a":1,', restart, '{"b":2,')).toEqual([{ a: 1 }, { b: 2 }])
})

it('hears the deltas within frames, and those of every text block', () => {
  const frames: Delta = { type: 'frames', bytes: new Uint8Array(), deltas: [text('{"a":1,')] }
  const block: Delta = { type: 'block-start', index: 1, block: { type: 'text', text: '"b":2}' } }
  expect(valuesOf(false, frames, block)).toEqual([{ a: 1 }, { a: 1, b: 2 }])
})

it('takes time in the order of the text from a model that is stuck before the value', () => {
  const stuck = (piece: string) => valuesOf(false, ...Array.from({ length: 100_000 }, () => piece), '{"a":1}')
  expect(stuck('\n     ')).toEqual([{ a: 1 }])
  expect(stuck('`json ')).toEqual([])
})
