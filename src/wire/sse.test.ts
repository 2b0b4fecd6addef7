import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplyUnreadable } from '../errors/index.ts'
import { readSse } from './sse.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function readSplit(text: string, cuts: readonly number[]): { event: string; data: string }[] {
  const reader = readSse('lab/model')
  const whole = bytes(text)
  const edges = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  const events = []
  for (let i = 1; i < edges.length; i++) {
    for (const { event, data } of reader.push(whole.slice(edges[i - 1], edges[i]))) {
      if (data !== undefined) events.push({ event, data })
    }
  }
  return events
}

describe('readSse', () => {
  it('reads the same events however the bytes are split and the lines are ended', () => {
    const field = fc.constantFrom(
      'data: a',
      'data:b',
      'data',
      'data:  two',
      'event: ping',
      'event:',
      ': comment',
      'id: 1',
      'retry: 5',
      'data: é€😀',
      '',
    )
    const ending = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 20 }),
        ending,
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.boolean(),
        (lines, end, cuts, mark) => {
          const text = (mark ? '\ufeff' : '') + lines.map((line) => line + end).join('') + end
          const expected: { event: string; data: string }[] = []
          const reference = createParser({
            onEvent: ({ event, data }) => expected.push({ event: event || 'message', data }),
          })
          reference.feed(text + (end === '\r' ? '\n' : ''))
          expect(readSplit(text, cuts)).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives back every byte in the raw frames', () => {
    const text = ': hello\r\n\r\nevent: x\r\ndata: 1\r\n\r\n\r\ndata: 2\n\n'
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const reader = readSse('lab/model')
        const edges = [0, ...[...cuts].sort((a, b) => a - b), text.length]
        let copy = ''
        for (let i = 1; i < edges.length; i++) {
          for (const { raw } of reader.push(bytes(text.slice(edges[i - 1], edges[i]))))
            copy += Buffer.from(raw).toString()
        }
        expect(copy).toBe(text)
        expect(reader.midEvent()).toBe(false)
      }),
    )
  })

  it('refuses bytes that are no UTF-8, and takes a replacement character that was said', () => {
    expect(readSse('lab/model').push(bytes('data: \ufffd\n\n'))[0]?.data).toBe('\ufffd')
    const broken = Uint8Array.of(...bytes('data: '), 0xc3, 0x28, ...bytes('\n\n'))
    expect(() => readSse('lab/model').push(broken)).toThrow(ReplyUnreadable)
  })

  it('says so when an event was begun and not ended', () => {
    const reader = readSse('lab/model')
    reader.push(bytes('data: 1\n\ndata: 2\n'))
    expect(reader.midEvent()).toBe(true)
  })

  it('refuses an event that is larger than its limit, whether or not it ends', () => {
    expect(() => readSse('lab/model', { maxEventBytes: 10 }).push(bytes('data: 12345678'))).toThrow(
      /more than 10 bytes/,
    )
    expect(() => readSse('lab/model', { maxEventBytes: 10 }).push(bytes('data: 12345678\n\n'))).toThrow(
      /more than 10 bytes/,
    )
  })
})
