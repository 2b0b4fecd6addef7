import fc from 'fast-check'
import type OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { Ending, Reply } from '../../core/reply.ts'
import { noUsage } from '../../core/usage.ts'
import { ProviderFailed, ReplyUnreadable } from '../../errors/index.ts'
import type { Quirks } from '../codec.ts'
import { providerReply, replied } from './arbitraries.suite.ts'
import { openaiChat } from './index.ts'

const answer = { callId: '1', model: 'fast', created: 1_800_000_000, includeUsage: true }
const decode = (body: JsonValue, quirks: Quirks = {}) => openaiChat.decodeReply(body, { target: 'lab/model', quirks })
const encode = (reply: Reply) => openaiChat.encodeReply(reply, answer)
const choose = (message: JsonObject, finish_reason: string | null = 'stop', more: JsonObject = {}): JsonObject => ({
  id: 'r',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  ...more,
})
describe('a reply', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(providerReply, (reply) => {
        const { body, losses } = encode(replied(reply))
        expect(losses).toEqual([])
        const { usage, ...read } = decode(JSON.parse(JSON.stringify(body)))
        expect({ ...read, usage: { ...usage, raw: undefined } }).toEqual({
          ...reply,
          usage: { ...reply.usage, raw: undefined },
        })
      }),
      { numRuns: 300 },
    )
  })

  it('is a completion as the official SDK has it', () => {
    const content: Block[] = [
      { type: 'text', text: 'so' },
      { type: 'tool-call', id: 'a', name: 'f', input: '{}' },
    ]
    const expected: OpenAI.ChatCompletion = {
      id: 'r',
      object: 'chat.completion',
      created: 1_800_000_000,
      model: 'm',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'so',
            refusal: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
      },
    }
    const usage = { ...noUsage, inputUncached: 2, cacheRead: 1, outputText: 2 }
    expect(encode(replied({ content, ending: { type: 'completed', by: 'tool-calls' }, usage })).body).toEqual(expected)
  })
})

describe('decodeReply', () => {
  it('takes tool calls for the ending, whatever the host calls it', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: { x: 1 } } }
    expect(decode(choose({ tool_calls: [call] }))).toMatchObject({
      content: [{ type: 'tool-call', id: 'a', name: 'f', input: '{"x":1}' }],
      ending: { type: 'completed', by: 'tool-calls' },
      rawStop: 'stop',
    })
  })

  it('keeps calls apart whose ids are the same, and gives one to a call without', () => {
    const call = (name: string, id?: string) => ({ ...(id && { id }), function: { name, arguments: '' } })
    expect(decode(choose({ tool_calls: [call('f', 'a'), call('g', 'a'), call('h')] })).content).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', input: '{}' },
      { type: 'tool-call', id: 'a', name: 'g', input: '{}' },
      { type: 'tool-call', id: 'call_r_2', name: 'h', input: '{}' },
    ])
  })

  it('keeps what was cut as it was cut', () => {
    const call = { id: 'a', function: { name: 'f', arguments: '{"x":' } }
    expect(decode(choose({ tool_calls: [call] }, 'length'))).toMatchObject({
      content: [{ type: 'tool-call', input: '{"x":' }],
      ending: { type: 'truncated', by: 'max-tokens' },
    })
  })

  it('reads the function call of old', () => {
    expect(decode(choose({ function_call: { name: 'f', arguments: '{}' } }, 'function_call')).content).toEqual([
      { type: 'tool-call', id: 'call_r_0', name: 'f', input: '{}' },
    ])
  })

  it('takes the first choice, wherever it stands', () => {
    const choice = (index: number, content: string) => ({ index, message: { content }, finish_reason: 'stop' })
    expect(decode({ choices: [choice(1, 'b'), choice(0, 'a')] }).content).toEqual([{ type: 'text', text: 'a' }])
  })

  const endings: [string, JsonObject, Ending][] = [
    ['stop', {}, { type: 'completed', by: 'end' }],
    ['stop', { refusal: 'no' }, { type: 'refused', by: 'model' }],
    ['length', {}, { type: 'truncated', by: 'max-tokens' }],
    ['content_filter', {}, { type: 'refused', by: 'content-filter' }],
    ['eos', { content: 'a' }, { type: 'completed', by: 'end' }],
    ['end_turn', { content: 'a' }, { type: 'completed', by: 'end' }],
    ['model_length', {}, { type: 'truncated', by: 'context-window' }],
  ]
  it.each(endings)('takes finish_reason %s with %j for %j', (word, message, ending) => {
    expect(decode(choose(message, word)).ending).toEqual(ending)
  })

  it('keeps what the filter says', () => {
    const choice = { index: 0, message: {}, finish_reason: 'content_filter', content_filter_results: { hate: {} } }
    expect(decode({ choices: [choice] }).ending).toEqual({
      type: 'refused',
      by: 'content-filter',
      details: { hate: {} },
    })
  })

  it('keeps annotations beside the text', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://host.example' } }]
    const read = decode(choose({ content: 'a', annotations }))
    expect(read.content).toEqual([
      { type: 'text', text: 'a', extras: { dialect: 'openai-chat', fields: { annotations } } },
    ])
    expect(encode(replied(read)).body).toMatchObject({ choices: [{ message: { content: 'a', annotations } }] })
  })

  const unreadable: [string, JsonValue][] = [
    ['an array', []],
    ['a string', 'ok'],
    ['null', null],
    ['an empty object', {}],
    ['no choices', { choices: [] }],
    ['a choice without a message', { choices: [{ finish_reason: 'stop' }] }],
    ['no finish_reason', choose({ content: 'a' }, null)],
    ['an unknown finish_reason', choose({ content: 'a' }, 'constructor')],
    ['tool_calls without one', choose({ content: 'a' }, 'tool_calls')],
    ['a tool call without a name', choose({ tool_calls: [{ id: 'a', function: { arguments: '{}' } }] }, 'tool_calls')],
    ['content of a wrong type', choose({ content: 5 })],
  ]
  it.each(unreadable)('cannot read %s', (_, body) => {
    expect(() => decode(body)).toThrow(ReplyUnreadable)
  })

  it.each(['done', 'eof'] as const)('forgives a host of terminal "%s" the missing finish_reason', (terminal) => {
    expect(decode(choose({ content: 'a' }, null), { terminal }).ending).toEqual({ type: 'completed', by: 'end' })
  })

  const failures: [JsonValue, string][] = [
    [{ error: { message: 'no', code: 'insufficient_quota' } }, 'quota-exhausted'],
    [{ error: { message: 'no', code: 429 } }, 'rate-limited'],
    [{ error: 'no' }, 'server-error'],
    [{ object: 'error', message: 'no', type: 'BadRequestError', code: 400 }, 'request-rejected'],
    [{ choices: [{ error: { message: 'no', code: 502 }, message: {}, finish_reason: 'error' }] }, 'server-error'],
    [choose({}, 'insufficient_system_resource'), 'overloaded'],
    [choose({}, 'error'), 'server-error'],
  ]
  it.each(failures)('takes a 200 with %j for a failure', (body, code) => {
    const read = () => decode(body)
    expect(read).toThrow(ProviderFailed)
    expect(read).toThrow(expect.objectContaining({ code, providerStatus: 200 }))
  })
})

describe('encodeReply', () => {
  const reasonOf = (ending: Ending, content: Block[] = []) => {
    const { body, losses } = encode(replied({ ending, content }))
    const [choice] = body.choices as unknown as { finish_reason: string; message: { refusal: string | null } }[]
    return [choice?.finish_reason, choice?.message.refusal, losses.map(({ path }) => path)]
  }

  it('says each ending in the words that there are', () => {
    const refusal: Block = { type: 'refusal', text: 'no' }
    const details = { type: 'refusal', category: 'cyber', explanation: 'Not that.' }
    expect(reasonOf({ type: 'completed', by: 'end' })).toEqual(['stop', null, []])
    expect(reasonOf({ type: 'completed', by: 'stop-sequence', stopSequence: 'x' })).toEqual([
      'stop',
      null,
      ['stop_sequence'],
    ])
    expect(reasonOf({ type: 'truncated', by: 'max-tokens' })).toEqual(['length', null, []])
    expect(reasonOf({ type: 'truncated', by: 'context-window' })).toEqual(['length', null, ['stop_reason']])
    expect(reasonOf({ type: 'paused' })).toEqual(['stop', null, ['stop_reason']])
    expect(reasonOf({ type: 'refused', by: 'content-filter' })).toEqual(['content_filter', null, []])
    expect(reasonOf({ type: 'refused', by: 'model' }, [refusal])).toEqual(['stop', 'no', []])
    expect(reasonOf({ type: 'refused', by: 'model', details })).toEqual([
      'content_filter',
      'Not that.',
      ['stop_details'],
    ])
    expect(reasonOf({ type: 'refused', by: 'model' })).toEqual(['content_filter', 'The model declined to answer.', []])
  })

  it('names what another dialect said beyond it', () => {
    const dialect = 'anthropic-messages'
    const content: Block[] = [
      { type: 'thinking', text: 'hm', dialect, signature: 's' },
      { type: 'thinking', text: '', dialect, redacted: 'x' },
      { type: 'text', text: 'a', extras: { dialect, fields: { citations: [1] } } },
      { type: 'opaque', dialect, value: { type: 'server_tool_use' } },
    ]
    const usage = { ...noUsage, serverToolCalls: { web_search: 1 } }
    const { body, losses } = encode(replied({ content, usage }))
    expect(body).toMatchObject({ choices: [{ message: { content: 'a', reasoning_content: 'hm' } }] })
    expect(losses.map(({ path, effect }) => `${effect} ${path}`)).toEqual([
      'dropped content[0].signature',
      'approximated content[0]',
      'dropped content[1].data',
      'dropped content[2].citations',
      'dropped content[3]',
      'dropped usage.server_tool_use',
    ])
  })
})
