import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../../core/collect.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import { ProviderFailed, ReplyUnreadable, StreamInterrupted } from '../../errors/index.ts'
import type { Quirks, StreamDecoder } from '../codec.ts'
import { readSse } from '../sse.ts'
import { providerReply, replied } from './arbitraries.suite.ts'
import { openaiChat } from './index.ts'

const answer = { callId: '1', model: 'm', created: 1_800_000_000, includeUsage: true }
const decoder = (quirks: Quirks = {}) => openaiChat.decodeStream({ target: 'lab/model', quirks })
const event = (data: string, name = 'message') => ({ event: name, data, raw: new Uint8Array() })
const push = (stream: StreamDecoder, frame: JsonValue | string) =>
  stream.push(event(typeof frame === 'string' ? frame : JSON.stringify(frame)))
const delta = (fields: JsonObject, finish_reason: string | null = null, index = 0): JsonObject => ({
  id: 'r',
  model: 'm',
  choices: [{ index, delta: fields, finish_reason }],
})
const call = (fields: JsonObject) => delta({ tool_calls: [fields] })

function read(frames: readonly (JsonValue | string)[], quirks: Quirks = {}) {
  const stream = decoder(quirks)
  const deltas = frames.flatMap((frame) => push(stream, frame))
  return { stream, deltas, content: contentOf(deltas) }
}

function contentOf(deltas: readonly Delta[]): Block[] {
  const collector = collect()
  for (const delta of deltas) collector.add(delta)
  return collector.content()
}

/** A whole answer, sent as a stream. */
function replay(content: readonly Block[]): string {
  const encoder = openaiChat.encodeStream(answer)
  return [...deltasOf(content)].map((delta) => encoder.push(delta)).join('')
}

/** The data of each frame. */
const framesOf = (text: string): string[] =>
  text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => frame.slice('data: '.length))

/** The deltas that spell these blocks, each text cut at `cut`. */
function spell(content: readonly Block[], cut: number): Delta[] {
  return content.flatMap((block, index): Delta[] => {
    const end: Delta = { type: 'block-end', index }
    const pieces = (text: string) => [text.slice(0, cut), text.slice(cut)]
    switch (block.type) {
      case 'text':
      case 'refusal':
      case 'thinking': {
        const type = `${block.type}-delta` as const
        const flow = pieces(block.text).map((text): Delta => ({ type, index, text }))
        return [{ type: 'block-start', index, block: { ...block, text: '' } }, ...flow, end]
      }
      case 'tool-call': {
        const flow = pieces(block.input).map((json): Delta => ({ type: 'tool-input-delta', index, json }))
        return [{ type: 'block-start', index, block: { ...block, input: '' } }, ...flow, end]
      }
      default:
        return [{ type: 'block-start', index, block }, end]
    }
  })
}

describe('a stream', () => {
  it('is read back as it was written, wherever its bytes are split', () => {
    fc.assert(
      fc.property(providerReply, fc.nat(4), fc.array(fc.nat(), { maxLength: 8 }), (reply, cut, cuts) => {
        const encoder = openaiChat.encodeStream(answer)
        const text =
          spell(reply.content, cut)
            .map((delta) => encoder.push(delta))
            .join('') + encoder.end(replied(reply))
        expect(encoder.losses).toEqual([])
        const bytes = new TextEncoder().encode(text)
        const edges = [0, ...cuts.map((at) => at % bytes.length).sort((a, b) => a - b), bytes.length]
        const sse = readSse('lab/model')
        const stream = decoder()
        const deltas: Delta[] = []
        for (let i = 1; i < edges.length; i++) {
          for (const frame of sse.push(bytes.slice(edges[i - 1], edges[i]))) deltas.push(...stream.push(frame))
        }
        const { usage, ...rest } = stream.finish()
        expect({ ...rest, content: contentOf(deltas) }).toEqual({
          id: 'chatcmpl-1',
          model: 'm',
          content: reply.content,
          ending: reply.ending,
          rawStop: reply.rawStop,
        })
        expect({ ...usage, raw: undefined }).toEqual({ ...reply.usage, raw: undefined })
        expect([stream.complete, stream.closed]).toEqual([true, true])
        expectWellFormed(deltas)
      }),
      { numRuns: 300 },
    )
  })
})

/** Blocks start in order, get deltas only while they are open, and all end, once. */
function expectWellFormed(deltas: readonly Delta[]): void {
  const open = new Set<number>()
  let next = 0
  for (const delta of deltas) {
    if (delta.type === 'restart' || delta.type === 'frames') continue
    if (delta.type === 'block-start') {
      expect(delta.index).toBe(next++)
      open.add(delta.index)
    } else {
      expect(open.has(delta.index)).toBe(true)
      if (delta.type === 'block-end') open.delete(delta.index)
    }
  }
  expect([...open]).toEqual([])
}

describe('decodeStream', () => {
  it('says nothing for a frame that only gives a role', () => {
    expect(
      read([delta({ role: 'assistant', content: '' }), delta({ role: 'assistant', content: null })]).deltas,
    ).toEqual([])
  })

  it('numbers blocks as they start, and ends one before another of a different kind', () => {
    const { deltas, content } = read([
      delta({ reasoning: 'hm' }),
      delta({ content: 'a' }),
      delta({ content: 'b' }),
      call({ index: 0, id: 'x', function: { name: 'f', arguments: '{}' } }),
      delta({ content: 'c' }),
      delta({}, 'tool_calls'),
    ])
    expectWellFormed(deltas)
    expect(content.map((block) => (block.type === 'tool-call' ? block.input : 'text' in block && block.text))).toEqual([
      'hm',
      'ab',
      '{}',
      'c',
    ])
  })

  it('puts interleaved calls together by index', () => {
    const { deltas, content } = read([
      call({ index: 0, id: 'a', function: { name: 'f', arguments: '' } }),
      call({ index: 1, id: 'b', function: { name: 'g', arguments: '{"y' } }),
      call({ index: 0, function: { arguments: '{"x":1' } }),
      call({ index: 1, function: { arguments: '":2}' } }),
      call({ index: 0, function: { arguments: '}' } }),
      delta({}, 'tool_calls'),
    ])
    expectWellFormed(deltas)
    expect(content).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', input: '{"x":1}' },
      { type: 'tool-call', id: 'b', name: 'g', input: '{"y":2}' },
    ])
  })

  const entry = (fields: JsonObject, name: string | undefined, args: string): JsonObject => ({
    ...fields,
    function: { ...(name !== undefined && { name }), arguments: args },
  })
  const hosts: [string, JsonObject[]][] = [
    ['without indices', [entry({ id: 'a' }, 'f', '{'), entry({}, '', '}'), entry({ id: 'b' }, 'g', '{}')]],
    [
      'that repeat id and name',
      [
        entry({ index: 0, id: 'a' }, 'f', '{'),
        entry({ index: 0, id: 'a' }, 'f', '}'),
        entry({ index: 1, id: 'b' }, 'g', '{}'),
      ],
    ],
    ['that give all calls index 0', [entry({ index: 0, id: 'a' }, 'f', '{}'), entry({ index: 0, id: 'b' }, 'g', '{}')]],
    [
      'that send the name after the id',
      [{ index: 0, id: 'a' }, entry({ index: 0 }, 'f', '{}'), entry({ index: 1, id: 'b' }, 'g', '{}')],
    ],
  ]
  it.each(hosts)('understands hosts %s', (_, entries) => {
    expect(read([...entries.map(call), delta({}, 'tool_calls')]).content).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', input: '{}' },
      { type: 'tool-call', id: 'b', name: 'g', input: '{}' },
    ])
  })

  it('keeps calls apart that share an id, by their index', () => {
    const { content } = read([
      call({ index: 0, id: 'a', function: { name: 'f', arguments: '1' } }),
      call({ index: 1, id: 'a', function: { name: 'g', arguments: '2' } }),
    ])
    expect(content.map((block) => block.type === 'tool-call' && block.input)).toEqual(['1', '2'])
  })

  it('refuses a call whose name changes, as one that comes in pieces', () => {
    const pieces = [
      call({ index: 0, id: 'a', function: { name: 'get_', arguments: '' } }),
      call({ index: 0, function: { name: 'order', arguments: '{}' } }),
    ]
    expect(() => read(pieces)).toThrow(/a tool call named get_ that is then named order/)
    expect(() => read(pieces)).toThrow(ReplyUnreadable)
    const glued = ['f', 'g'].map((name) => call({ index: 0, function: { name, arguments: '{}' } }))
    expect(() => read(glued)).toThrow(ReplyUnreadable)
  })

  it('gives a call without arguments an empty object, unless it was cut', () => {
    const frames = (stop: string) => [
      call({ index: 0, id: 'a', function: { name: 'f', arguments: '' } }),
      delta({}, stop),
    ]
    expect(read(frames('tool_calls')).content).toMatchObject([{ input: '{}' }])
    expect(read(frames('length')).content).toMatchObject([{ input: '' }])
  })

  it('keeps a custom call, a sound and annotations as its own', () => {
    const { content, deltas } = read([
      delta({ content: 'a' }),
      delta({ annotations: [{ type: 'url_citation' }] }),
      call({ index: 0, id: 'x', type: 'custom', custom: { name: 'patch', input: 'p' } }),
      call({ index: 0, custom: { input: 'q' } }),
      delta({ audio: { id: 's', data: 'AA' } }),
      delta({}, 'tool_calls'),
    ])
    expectWellFormed(deltas)
    const dialect = 'openai-chat'
    expect(content).toEqual([
      { type: 'text', text: 'a', extras: { dialect, fields: { annotations: [{ type: 'url_citation' }] } } },
      {
        type: 'opaque',
        dialect,
        value: { id: 'x', type: 'custom', custom: { name: 'patch', input: '' } },
        extras: { dialect, fields: { input: ['p', 'q'] } },
      },
      {
        type: 'opaque',
        dialect,
        value: { type: 'audio', id: 's' },
        extras: { dialect, fields: { audio: [{ id: 's', data: 'AA' }] } },
      },
    ])
    const encoder = openaiChat.encodeStream(answer)
    const again = deltas.map((part) => encoder.push(part)).join('')
    expect(encoder.losses).toEqual([])
    expect(read(framesOf(again)).content).toEqual(content)
    expect(read(framesOf(replay(content))).content).toEqual([
      content[0],
      { ...content[1], extras: { dialect, fields: { input: ['pq'] } } },
      content[2],
    ])
  })

  it('reads usage wherever it stands, takes the last, and knows a frame of nothing else', () => {
    const { stream } = read([{ choices: [], prompt_filter_results: [{}] }])
    expect([stream.usageOnly, stream.usage]).toEqual([false, null])
    push(stream, { ...delta({ content: 'a' }), usage: { prompt_tokens: 5, completion_tokens: 1 } })
    push(stream, { ...delta({}, 'stop'), usage: null, x_groq: { usage: { prompt_tokens: 5, completion_tokens: 2 } } })
    expect([stream.usageOnly, stream.usage?.outputText]).toEqual([false, 2])
    push(stream, { choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } })
    expect([stream.usageOnly, stream.usage?.outputText]).toEqual([true, 3])
    push(stream, '[DONE]')
    expect([stream.usageOnly, stream.finish().usage?.outputText]).toEqual([false, 3])
  })

  it('is complete with its finish_reason, closed with [DONE], and reads nothing after it', () => {
    const { stream } = read([delta({ content: 'a' }), delta({}, 'stop')])
    expect([stream.complete, stream.closed]).toEqual([true, false])
    expect(push(stream, '[DONE]')).toEqual([])
    expect(push(stream, '[DONE]')).toEqual([])
    expect(push(stream, delta({ content: 'b' }))).toEqual([])
    expect([stream.complete, stream.closed]).toEqual([true, true])
    expect(stream.finish()).toMatchObject({ id: 'r', model: 'm', ending: { type: 'completed', by: 'end' } })
  })

  it('reads the first choice, and is complete when all choices are', () => {
    const { stream, content } = read([delta({ content: 'a' }), delta({ content: 'b' }, null, 1), delta({}, 'stop')])
    expect(content).toEqual([{ type: 'text', text: 'a' }])
    expect(stream.complete).toBe(false)
    push(stream, delta({}, 'stop', 1))
    expect(stream.complete).toBe(true)
  })

  it.each([
    ['nothing', []],
    ['words only', [delta({ content: 'a' })]],
    ['[DONE] without a finish_reason', [delta({ content: 'a' }), '[DONE]']],
    ['an empty finish_reason', [delta({ content: 'a' }, '')]],
  ])('is interrupted after %s', (_, frames) => {
    const { stream } = read(frames)
    expect(stream.complete).toBe(false)
    expect(() => stream.finish()).toThrow(StreamInterrupted)
  })

  it('takes [DONE], or the end, for the ending of hosts that say no more', () => {
    const done = read([delta({ content: 'a' }), '[DONE]'], { terminal: 'done' })
    expectWellFormed(done.deltas)
    expect(done.stream.complete).toBe(true)
    expect(done.stream.finish().ending).toEqual({ type: 'completed', by: 'end' })
    expect(read([delta({ content: 'a' })], { terminal: 'eof' }).stream.finish().rawStop).toBe('')
    expect(() => read([delta({ content: 'a' })], { terminal: 'done' }).stream.finish()).toThrow(StreamInterrupted)
    expect(() => read([], { terminal: 'eof' }).stream.finish()).toThrow(StreamInterrupted)
  })

  const failures: [string, JsonValue, string][] = [
    ['an error object', { error: { message: 'no', code: 'server_is_overloaded' } }, 'overloaded'],
    ['an error string', { error: 'no' }, 'server-error'],
    ['a status in the error', { error: { message: 'no', code: 429 } }, 'rate-limited'],
    ['an error in the choice', { choices: [{ error: { message: 'no' }, delta: {} }] }, 'server-error'],
    ["an error of Groq's own", { ...delta({}), x_groq: { error: 'no' } }, 'server-error'],
    ['a finish_reason that means failure', delta({}, 'insufficient_system_resource'), 'overloaded'],
  ]
  it.each(failures)('fails on %s', (_, frame, code) => {
    const stream = decoder()
    expect(() => push(stream, frame)).toThrow(expect.objectContaining({ code }))
    expect(() => push(decoder(), frame)).toThrow(ProviderFailed)
  })

  it('fails on an error event, whatever it holds', () => {
    for (const data of ['{"message":"no"}', 'no', '"no"', '{"error":{"message":"no"}}']) {
      expect(() => decoder().push(event(data, 'error'))).toThrow(/failed with status 200: no/)
    }
  })

  it.each(['{', '5', '"x"', 'null'])('cannot read the frame %s', (data) => {
    expect(() => push(decoder(), data)).toThrow(ReplyUnreadable)
  })

  it.each([{ reasoning_content: 'hm' }, { reasoning: 'hm' }, { content: [{ type: 'text', text: 'more' }] }])(
    'refuses %j after the finish, as any other content',
    (late) => {
      const first = [delta({ content: 'a' }), delta({}, 'stop')]
      expect(() => read([...first, delta(late)])).toThrow(/content after its finish_reason/)
      expect(() => read([...first, delta({ content: '', reasoning_content: null })])).not.toThrow()
    },
  )

  it('ignores comments, empty data and events of other names', () => {
    const stream = decoder()
    expect(stream.push({ ...event(''), data: undefined })).toEqual([])
    expect(stream.push(event(''))).toEqual([])
    expect(stream.push(event('beat', 'heartbeat'))).toEqual([])
    expect(stream.push(event('{"time":1}', 'ping'))).toEqual([])
    expect(stream.complete).toBe(false)
  })

  it('does not pass on words that come after the end', () => {
    const { stream } = read([delta({ content: 'a' }), delta({}, 'stop'), delta({ content: '' })])
    expect(() => push(stream, delta({ content: 'b' }))).toThrow(ReplyUnreadable)
  })
})

describe('encodeStream', () => {
  it('sends the role with the first content and usage only where it was asked for', () => {
    const encoder = openaiChat.encodeStream({ ...answer, includeUsage: false })
    expect(encoder.push({ type: 'block-start', index: 0, block: { type: 'text', text: '' } })).toBe('')
    const first = framesOf(encoder.push({ type: 'text-delta', index: 0, text: 'a' }))
    expect(first.map((frame) => JSON.parse(frame))).toEqual(
      [{ role: 'assistant', content: '' }, { content: 'a' }].map((delta) => ({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_800_000_000,
        model: 'm',
        choices: [{ index: 0, delta, finish_reason: null }],
      })),
    )
    const end = framesOf(
      encoder.end(replied({ id: 'r', model: 'm', content: [], ending: { type: 'paused' }, rawStop: '', usage: null })),
    )
    expect(end).toHaveLength(2)
    expect(end[0]).toContain('"finish_reason":"stop"')
    expect(end[1]).toBe('[DONE]')
    expect(encoder.losses.map(({ path }) => path)).toEqual(['stop_reason'])
  })

  it('ends in failure without anything that could be taken for success', () => {
    const encoder = openaiChat.encodeStream(answer)
    encoder.push({ type: 'text-delta', index: 0, text: 'a' })
    const text = encoder.fail(new StreamInterrupted('lab/model', 'it fell silent'))
    expect(JSON.parse(text.slice(6))).toMatchObject({ error: { type: 'server_error', code: 'stream-interrupted' } })
    expect(text).not.toMatch(/\[DONE\]|finish_reason/)
  })

  it('names what another dialect streams beyond it', () => {
    const dialect = 'anthropic-messages'
    const encoder = openaiChat.encodeStream(answer)
    const deltas: Delta[] = [
      { type: 'block-start', index: 0, block: { type: 'thinking', text: '', dialect } },
      { type: 'thinking-delta', index: 0, text: 'hm' },
      { type: 'signature-delta', index: 0, signature: 's' },
      { type: 'signature-delta', index: 0, signature: 't' },
      { type: 'block-start', index: 1, block: { type: 'opaque', dialect, value: { type: 'server_tool_use' } } },
      { type: 'block-start', index: 2, block: { type: 'text', text: '' } },
      { type: 'extra-delta', index: 2, dialect, key: 'notes', value: {} },
    ]
    const text = deltas.map((delta) => encoder.push(delta)).join('')
    expect(text).toContain('{"reasoning_content":"hm"}')
    expect(encoder.losses.map(({ path, effect }) => `${effect} ${path}`)).toEqual([
      'approximated content[0]',
      'dropped content[0].signature',
      'dropped content[1]',
      'dropped content[2].notes',
    ])
  })

  it('cannot take back what it sent', () => {
    const encoder = openaiChat.encodeStream(answer)
    expect(encoder.push({ type: 'restart', reason: 'r' })).toBe('')
    encoder.push({ type: 'text-delta', index: 0, text: 'a' })
    expect(() => encoder.push({ type: 'restart', reason: 'r' })).toThrow(/cannot take back/)
  })
})

it('names the place of foreign reasoning where there is any to show, and once', () => {
  const lossesOf = (pieces: readonly string[]) => {
    const encoder = openaiChat.encodeStream(answer)
    const block: Block = { type: 'thinking', text: '', dialect: 'anthropic-messages' }
    encoder.push({ type: 'block-start', index: 0, block })
    for (const text of pieces) encoder.push({ type: 'thinking-delta', index: 0, text })
    return encoder.losses.map(({ path, effect }) => `${path};${effect}`)
  }
  expect(lossesOf([])).toEqual([])
  expect(lossesOf(['h', 'm'])).toEqual(['content[0];approximated'])
})
