import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from '../core/collect.ts'
import type { Delta } from '../core/delta.ts'
import type { Block } from '../core/message.ts'
import { deltasOf } from '../core/replay.ts'
import { createSplice, Diverged } from './splice.ts'

const text = fc.string({ minLength: 1, unit: 'grapheme' })
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record({ type: fc.constant('refusal' as const), text }),
  fc.record({
    type: fc.constant('thinking' as const),
    text,
    dialect: fc.constant('anthropic-messages' as const),
    signature: text,
  }),
  fc.record({ type: fc.constant('tool-call' as const), id: text, name: text, input: text }),
)
const answer = fc.array(block, { minLength: 1, maxLength: 4 })

/** The deltas of an answer, its texts in pieces of `size`. */
function spelt(content: readonly Block[], size: number): Delta[] {
  return [...deltasOf(content)].flatMap((delta): Delta[] => {
    const words = delta.type === 'tool-input-delta' ? delta.json : 'text' in delta ? delta.text : ''
    if (words === '') return [delta]
    return Array.from({ length: Math.ceil(words.length / size) }, (_, piece) => {
      const part = words.slice(piece * size, (piece + 1) * size)
      return (delta.type === 'tool-input-delta' ? { ...delta, json: part } : { ...delta, text: part }) as Delta
    })
  })
}

/** The same answer, as another request would bring it: ids and signatures are new. */
const again = (content: readonly Block[]): Block[] =>
  content.map((block) => {
    if (block.type === 'tool-call') return { ...block, id: `${block.id}-2` }
    return block.type === 'thinking' ? { ...block, signature: `${block.signature}-2` } : block
  })

it('goes on where the answer broke, wherever that is, and says nothing twice', () => {
  const size = fc.integer({ min: 1, max: 5 })
  fc.assert(
    fc.property(answer, size, size, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (content, one, other, cuts) => {
      const splice = createSplice()
      const reader = collect()
      const pass = (deltas: readonly Delta[]) => {
        for (const delta of deltas) for (const fresh of splice.push(delta)) reader.add(fresh)
      }
      for (const [turn, cut] of cuts.entries()) {
        const deltas = spelt(turn === 0 ? content : again(content), one)
        pass(deltas.slice(0, cut % (deltas.length + 1)))
        splice.again()
      }
      pass(spelt(again(content), other))
      splice.end()
      const got = reader.content()
      expect(splice.content()).toEqual(got)
      const bare = (blocks: readonly Block[]) =>
        blocks.map((block) =>
          block.type === 'tool-call'
            ? { ...block, id: '' }
            : block.type === 'thinking'
              ? { ...block, signature: '' }
              : block,
        )
      expect(bare(got)).toEqual(bare(content))
    }),
  )
})

const whole: Block[] = [
  { type: 'text', text: 'I look it up.' },
  { type: 'tool-call', id: 'call_1', name: 'find', input: '{"a":1}' },
]

/** A splice that has said the first so many deltas of {@link whole}. */
function said(count: number) {
  const splice = createSplice()
  for (const delta of spelt(whole, 3).slice(0, count)) splice.push(delta)
  splice.again()
  return splice
}

it('keeps the id that was said first', () => {
  const deltas = spelt(whole, 3)
  const splice = said(deltas.findIndex((delta) => delta.type === 'tool-input-delta') + 1)
  for (const delta of spelt(again(whole), 4)) splice.push(delta)
  splice.end()
  expect(splice.content()).toEqual(whole)
})

it.each<[string, Block[]]>([
  ['reads differently', [{ type: 'text', text: 'I look there.' }]],
  ['has a block of another kind', [{ type: 'refusal', text: 'I look it up.' }]],
  ['calls another tool', [whole[0] as Block, { type: 'tool-call', id: 'x', name: 'delete', input: '{"a":1}' }]],
  [
    'gives the tool something else',
    [whole[0] as Block, { type: 'tool-call', id: 'x', name: 'find', input: '{"b":1}' }],
  ],
  ['says more where a block had ended', [{ type: 'text', text: 'I look it up. Now.' }]],
  ['ends a block early', [{ type: 'text', text: 'I look' }]],
])('is another answer where it %s', (_, other) => {
  const splice = said(spelt(whole, 3).length - 1)
  expect(() => {
    for (const delta of spelt(other, 4)) splice.push(delta)
  }).toThrow(Diverged)
})

it('does not put the thinking of one dialect under the signature of another', () => {
  const splice = createSplice()
  const thinking = (dialect: 'anthropic-messages' | 'gemini'): Delta => ({
    type: 'block-start',
    index: 0,
    block: { type: 'thinking', text: '', dialect },
  })
  splice.push(thinking('anthropic-messages'))
  splice.again()
  expect(splice.push(thinking('anthropic-messages'))).toEqual([])
  splice.again()
  expect(() => splice.push(thinking('gemini'))).toThrow(Diverged)
})

it('is another answer where it ends before all was said again', () => {
  const splice = said(4)
  expect(() => splice.end()).toThrow(Diverged)
})
