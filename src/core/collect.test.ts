import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from './collect.ts'
import { addDelta, type Delta } from './delta.ts'
import type { Block } from './message.ts'
import { deltasOf } from './replay.ts'

const blocks: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({ type: fc.constant('refusal' as const), text: fc.string() }),
  fc.record({ type: fc.constant('tool-call' as const), id: fc.string(), name: fc.string(), input: fc.string() }),
  fc.record({
    type: fc.constant('thinking' as const),
    text: fc.string(),
    dialect: fc.constant('anthropic-messages' as const),
    signature: fc.string({ minLength: 1 }),
  }),
  fc.record({
    type: fc.constant('opaque' as const),
    dialect: fc.constant('openai-chat' as const),
    value: fc.constant({ a: 1 }),
  }),
)

it('collects what was spelt, block for block', () => {
  fc.assert(
    fc.property(fc.array(blocks), (content) => {
      const collector = collect()
      for (const delta of deltasOf(content)) collector.add(delta)
      expect(collector.content()).toEqual(content)
    }),
  )
})

it('forgets what came before a restart, and reads the deltas inside frames', () => {
  const collector = collect()
  for (const delta of deltasOf([{ type: 'text', text: 'void' }])) collector.add(delta)
  collector.add({ type: 'restart', reason: 'the stream broke' })
  const bytes = new Uint8Array()
  collector.add({ type: 'frames', bytes, deltas: [...deltasOf([{ type: 'text', text: 'kept' }])] })
  expect(collector.content()).toEqual([{ type: 'text', text: 'kept' }])
})

it('keeps what a dialect adds to a block beside it', () => {
  const collector = collect()
  collector.add({ type: 'block-start', index: 0, block: { type: 'text', text: '' } })
  collector.add({ type: 'extra-delta', index: 0, dialect: 'anthropic-messages', key: 'citations', value: 1 })
  collector.add({ type: 'extra-delta', index: 0, dialect: 'anthropic-messages', key: 'citations', value: 2 })
  expect(collector.content()).toEqual([
    { type: 'text', text: '', extras: { dialect: 'anthropic-messages', fields: { citations: [1, 2] } } },
  ])
})

it('collects the same from deltas that were joined', () => {
  fc.assert(
    fc.property(fc.array(blocks), fc.array(fc.string()), (content, pieces) => {
      const apart: Delta[] = [...deltasOf(content)]
      for (const text of pieces)
        apart.push(
          { type: 'block-start', index: content.length, block: { type: 'text', text: '' } },
          { type: 'text-delta', index: content.length, text },
          { type: 'text-delta', index: content.length, text: '!' },
        )
      const joined: Delta[] = []
      for (const delta of apart) addDelta(joined, delta)
      const [left, right] = [collect(), collect()]
      for (const delta of apart) left.add(delta)
      for (const delta of joined) right.add(delta)
      expect(right.content()).toEqual(left.content())
      expect(joined.length).toBeLessThanOrEqual(apart.length - pieces.length)
    }),
  )
})
