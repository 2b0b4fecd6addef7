import { describe, expect, it } from 'vitest'
import type { Delta } from '../core/delta.ts'
import type { Block } from '../core/message.ts'
import { noUsage } from '../core/usage.ts'
import { guardOutput } from './guard-output.ts'

const text = (words: string): Delta => ({ type: 'text-delta', index: 0, text: words })
const thought = (words: string): Delta => ({ type: 'thinking-delta', index: 0, text: words })
const call = (at: number): Block => ({ type: 'tool-call', id: `call_${at}`, name: 'look', input: '{}' })
const start = (index: number, block: Block): Delta => ({ type: 'block-start', index, block })
const framed = (delta: Delta): Delta => ({ type: 'frames', bytes: new Uint8Array(10), deltas: [delta] })
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at)
const see = (deltas: readonly Delta[], limit?: number) => () => {
  const guard = guardOutput('lab/a', limit)
  for (const delta of deltas) guard.see(delta)
}

describe('an answer with a limit of tokens', () => {
  it('is stopped where it goes on although its provider counts more than a tenth beyond the limit', () => {
    const guard = guardOutput('lab/a', 1_000)
    guard.see(text('Hi'))
    guard.see({ type: 'usage', usage: { ...noUsage, outputText: 1_116 } })
    guard.see(text(' there'))
    guard.see({ type: 'usage', usage: { ...noUsage, outputText: 1_117 } })
    guard.see({ type: 'block-end', index: 0 })
    expect(() => guard.see(text('!'))).toThrow('beyond `maxOutputTokens` of 1,000 (it counts 1,117 itself)')
  })

  it('is measured by its characters where nobody counts, and generously', () => {
    const most = 4_096 + (1_000 * 1.1 + 16) * 16
    expect(see([text('x'.repeat(Math.floor(most)))], 1_000)).not.toThrow()
    expect(
      see(
        upTo(most / 4 + 1).map(() => text('word')),
        1_000,
      ),
    ).toThrow(expect.objectContaining({ code: 'output-overrun' }))
    expect(
      see(
        upTo(most / 4 + 1).map(() => framed(text('word'))),
        1_000,
      ),
    ).toThrow('characters of text')
    expect(see([text('x'.repeat(4_096))], 1)).not.toThrow()
  })

  it('may think a mebibyte more than it says, for some hosts do not count thoughts', () => {
    expect(see([thought('x'.repeat(1 << 20))], 10)).not.toThrow()
    expect(see([thought('x'.repeat(1 << 20)), thought('x'.repeat(5_000))], 10)).toThrow('characters of thought')
  })
})

it('an answer without a limit has one of size', () => {
  const mebibyte = 'x'.repeat(1 << 20)
  expect(see(upTo(32).map(() => text(mebibyte)))).not.toThrow()
  const all = [...upTo(16).map(() => text(mebibyte)), ...upTo(16).map(() => thought(mebibyte)), text('x')]
  expect(see(all)).toThrow(expect.objectContaining({ code: 'reply-too-large' }))
  const picture: Block = { type: 'opaque', dialect: 'gemini', value: { data: mebibyte } }
  expect(see(upTo(32).map((at) => start(at, picture)))).toThrow('more than 33,554,432 characters')
})

it('a turn calls 64 tools at most, streamed or whole', () => {
  const guard = guardOutput('lab/a', undefined)
  expect(see(upTo(64).map((at) => start(at, call(at))))).not.toThrow()
  expect(see(upTo(65).map((at) => start(at, call(at))))).toThrow('more than 64 tools')
  expect(guard.refuse(upTo(64).map(call))).toBeUndefined()
  expect(guard.refuse(upTo(65).map(call))).toMatchObject({ code: 'output-overrun' })
})

it('the input of a call is bounded, each for itself', () => {
  const input = (index: number, json: string): Delta => ({ type: 'tool-input-delta', index, json })
  const half = 'x'.repeat(1 << 19)
  expect(see([input(0, half), input(1, half), input(0, half)])).not.toThrow()
  expect(see([input(0, half), input(0, half), input(0, 'x')])).toThrow('more than 1,048,576 characters')
  const whole = { ...call(0), input: 'x'.repeat((1 << 20) + 1) } as Block
  expect(guardOutput('lab/a', undefined).refuse([whole])).toMatchObject({ code: 'output-overrun' })
})

it('an answer has 4,096 blocks at most', () => {
  const block: Block = { type: 'text', text: '' }
  expect(see(upTo(4_096).map((at) => start(at, block)))).not.toThrow()
  expect(see(upTo(4_097).map((at) => start(at, block)))).toThrow('more than 4,096 blocks')
  expect(guardOutput('lab/a', undefined).refuse(upTo(4_097).map(() => block))).toMatchObject({ code: 'output-overrun' })
})

it('no more is held before the first content than an answer can need', () => {
  const large: Delta = { type: 'frames', bytes: new Uint8Array(1 << 20), deltas: [] }
  const guard = guardOutput('lab/a', undefined)
  for (const _ of upTo(4)) guard.hold(large)
  expect(() => guard.hold(large)).toThrow(expect.objectContaining({ code: 'reply-too-large' }))
  const patient = guardOutput('lab/a', undefined)
  for (const _ of upTo(4_096)) patient.hold(framed(text('')))
  expect(() => patient.hold(framed(text('')))).toThrow('4,097 parts without a word')
})
