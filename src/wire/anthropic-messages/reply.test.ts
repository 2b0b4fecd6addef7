import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import { noUsage } from '../../core/usage.ts'
import { ProviderFailed, ReplyUnreadable } from '../../errors/index.ts'
import { decodeReply, encodeReply } from './reply.ts'

const context = { target: 'anthropic/claude', quirks: {} }
const message = (fields: JsonObject): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: 'Hi', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 2 },
  ...fields,
})

describe('decodeReply', () => {
  it.each([{ model: null }, { model: '' }])('names the model that was asked where the message says %j', (fields) => {
    expect(decodeReply(message(fields), context).model).toBe('claude')
  })

  it.each<[JsonObject, Ending]>([
    [{ stop_reason: 'end_turn' }, { type: 'completed', by: 'end' }],
    [
      { stop_reason: 'stop_sequence', stop_sequence: '##' },
      { type: 'completed', by: 'stop-sequence', stopSequence: '##' },
    ],
    [{ stop_reason: 'tool_use' }, { type: 'completed', by: 'tool-calls' }],
    [{ stop_reason: 'max_tokens' }, { type: 'truncated', by: 'max-tokens' }],
    [{ stop_reason: 'model_context_window_exceeded' }, { type: 'truncated', by: 'context-window' }],
    [{ stop_reason: 'pause_turn' }, { type: 'paused' }],
    [{ stop_reason: 'compaction' }, { type: 'paused' }],
    [
      { stop_reason: 'refusal', stop_details: null },
      { type: 'refused', by: 'model' },
    ],
    [
      { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'bio', explanation: null } },
      { type: 'refused', by: 'model', details: { type: 'refusal', category: 'bio', explanation: null } },
    ],
  ])('reads %j', (fields, ending) => {
    expect(decodeReply(message(fields), context)).toMatchObject({ ending, rawStop: fields.stop_reason })
  })

  it('reads a message', () => {
    expect(decodeReply(message({}), context)).toMatchObject({
      id: 'msg_1',
      model: 'claude',
      content: [{ type: 'text', text: 'Hi' }],
      usage: { inputUncached: 1, outputText: 2 },
    })
    expect(decodeReply(message({ usage: null }), context).usage).toBeNull()
  })

  it.each<[string, JsonValue]>([
    ['nothing', {}],
    ['a list', []],
    ['text', 'Hi'],
    ['no content', message({ content: null })],
    ['no stop reason', message({ stop_reason: null })],
    ['an unknown stop reason', message({ stop_reason: 'bored' })],
    ['a block that is none', message({ content: ['Hi'] })],
    ['a text block without text', message({ content: [{ type: 'text' }] })],
  ])('refuses a reply of %s', (_, body) => {
    expect(() => decodeReply(body, context)).toThrow(ReplyUnreadable)
  })

  it('names the stop reason that it does not know', () => {
    expect(() => decodeReply(message({ stop_reason: 'bored' }), context)).toThrow(/"bored"/)
  })

  it.each<JsonObject>([
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    { error: { type: 'overloaded_error', message: 'Overloaded' } },
  ])('takes %j in a 200 for the failure that it is', (body) => {
    const read = () => decodeReply(body, context)
    expect(read).toThrow(ProviderFailed)
    expect(read).toThrow(expect.objectContaining({ code: 'overloaded' }))
  })
})

const answer = { callId: 'call_01abc', model: 'fast', created: 0, includeUsage: false }
const reply = (fields: Partial<Reply>): Reply => ({
  id: 'chatcmpl-1',
  model: 'gpt-6-sol',
  content: [],
  text: '',
  ending: { type: 'completed', by: 'end' },
  rawStop: 'stop',
  usage: noUsage,
  source: 'provider',
  cost: { nanoUsd: 0, status: 'priced' },
  callId: 'call_01abc',
  losses: [],
  ...fields,
})

describe('encodeReply', () => {
  it('gives an answer of another provider an id of this dialect', () => {
    const { body } = encodeReply(reply({}), answer)
    expect(body).toMatchObject({ id: 'msg_01abc', model: 'gpt-6-sol', type: 'message', role: 'assistant' })
  })

  it('writes blocks in their order and never an empty signature', () => {
    const content: Block[] = [
      { type: 'thinking', text: 'hm', dialect: 'openai-chat' },
      { type: 'text', text: '' },
      { type: 'tool-call', id: 'a', name: 'look', input: '{"b":1,"a":2}' },
      { type: 'text', text: 'Hi' },
      { type: 'opaque', dialect: 'openai-chat', value: {} },
      { type: 'tool-call', id: 'b', name: 'look', input: '' },
    ]
    const { body, losses } = encodeReply(reply({ content }), answer)
    expect(JSON.stringify(body.content)).toBe(
      JSON.stringify([
        { type: 'thinking', thinking: 'hm' },
        { type: 'tool_use', id: 'a', name: 'look', input: { b: 1, a: 2 }, caller: { type: 'direct' } },
        // The API says nothing of citations where there are none, and clients that check it hold us to that.
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 'b', name: 'look', input: {}, caller: { type: 'direct' } },
      ]),
    )
    expect(losses.map(({ path, effect }) => `${effect} ${path}`)).toEqual([
      'approximated content[0]',
      'dropped content[4]',
    ])
  })

  it('shows arguments that are no JSON as they are, never as an empty object', () => {
    const content: Block[] = [{ type: 'tool-call', id: 'a', name: 'look', input: '{"a":' }]
    const { body, losses } = encodeReply(reply({ content }), answer)
    expect(body.content).toMatchObject([{ input: '{"a":' }])
    expect(losses).toMatchObject([{ path: 'content[0].input', effect: 'approximated' }])
  })

  it.each<[Ending, Block[], object]>([
    [{ type: 'refused', by: 'content-filter' }, [], { category: null, explanation: expect.any(String) }],
    [{ type: 'refused', by: 'model' }, [{ type: 'refusal', text: 'No.' }], { category: null, explanation: 'No.' }],
    [{ type: 'refused', by: 'model', details: 'odd' }, [], { category: null, explanation: null }],
  ])('says why it was refused: %j', (ending, content, details) => {
    const { body } = encodeReply(reply({ ending, content }), answer)
    expect(body).toMatchObject({ stop_reason: 'refusal', stop_details: { type: 'refusal', ...details } })
  })
})
