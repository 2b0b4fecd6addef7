import { describe, expect, it } from 'vitest'
import { type ClientDialect, clientDialects } from '../../src/core/dialect.ts'
import { pairs, type Said, streamAs, streams, wholes } from './streams.ts'
import { answerAs, type Json } from './translate.ts'

const done: Readonly<Record<ClientDialect, Json>> = {
  'openai-chat': { finish_reason: 'tool_calls' },
  'openai-responses': {},
  'anthropic-messages': { stop_reason: 'tool_use' },
  gemini: { finishReason: 'STOP' },
}
const cut: Readonly<Record<ClientDialect, Json>> = {
  'openai-chat': { finish_reason: 'length' },
  'openai-responses': { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  'anthropic-messages': { stop_reason: 'max_tokens' },
  gemini: { finishReason: 'MAX_TOKENS' },
}
const json = '{"a":"\\ud83d\\ude00 \\"é😀","b":[1,{}]}'

interface Call {
  readonly id: string
  readonly name: string
  readonly input: string
}

/** The calls that a client puts together of a stream's pieces. */
function callsIn(to: ClientDialect, got: readonly Json[]): readonly Call[] {
  const calls: { id: string; name: string; input: string }[] = []
  const begin = (id: string, name: string, input = '') => calls.push({ id, name, input })
  const byItem = new Map<number, Json>()
  for (const event of got) {
    if (to === 'openai-chat') {
      for (const { index, id, function: said } of event.choices[0]?.delta.tool_calls ?? []) {
        // The id and the name stand in the first piece alone.
        expect([id !== undefined, said.name !== undefined]).toEqual([!calls[index], !calls[index]])
        if (calls[index]) calls[index].input += said.arguments
        else begin(id, said.name, said.arguments)
      }
    } else if (to === 'gemini') {
      for (const { functionCall } of event.candidates[0].content.parts) {
        if (functionCall) begin(functionCall.id, functionCall.name, JSON.stringify(functionCall.args))
      }
    } else {
      const { item = event.content_block, index = event.output_index } = event
      if (/added$|block_start$/.test(event.type) && item?.name) {
        // An input that is not empty would stand twice.
        expect(item.input ?? {}).toEqual({})
        begin(item.call_id ?? item.id, item.name)
        byItem.set(index, calls.at(-1))
      }
      const piece = event.delta?.partial_json ?? (/arguments\.delta$/.test(event.type) ? event.delta : undefined)
      if (piece !== undefined) byItem.get(index).input += piece
      if (event.type === 'response.function_call_arguments.done') expect(event.arguments).toBe(byItem.get(index).input)
    }
  }
  return calls
}

const parsed = (calls: readonly Call[]) => calls.map(({ id, name, input }) => [id, name, JSON.parse(input || '{}')])

describe.each(pairs)('the arguments of a call of %s for %s', (from, to) => {
  const heard = (said: readonly Said[]) => {
    const { got, losses } = streamAs(to, from, streams[from](said, done[from]))
    expect(losses).toEqual([])
    return callsIn(to, got)
  }

  it.each([1, 2, 3, 7, 100])('mean the same in pieces of %i', (size) => {
    const units = Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
      json.slice(at * size, (at + 1) * size),
    )
    expect(parsed(heard([['call_a', ...units]]))).toEqual([['call_a', 'look', JSON.parse(json)]])
  })

  it('are an empty object where there are none, beside a call that has some', () => {
    const calls = heard([['call_a'], ['call_b', '{"b":2}']])
    expect(parsed(calls)).toEqual([
      ['call_a', 'look', {}],
      ['call_b', 'look', { b: 2 }],
    ])
    if (to !== 'anthropic-messages') expect(calls[0]?.input).toBe('{}')
  })
})

describe.each(clientDialects.filter((to) => to !== 'openai-chat'))('calls of Chat Completions for %s', (to) => {
  const chunk = (...tool_calls: Json[]) => ({ id: 'c', choices: [{ index: 0, delta: { tool_calls } }] })
  const piece = (index: number, text: string) => ({ index, function: { arguments: text } })
  const opened = (index: number, id: string, text = '') => ({
    id,
    ...piece(index, text),
    function: { name: 'look', arguments: text },
  })
  const ended = { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }
  it.each([
    [
      'that interleave',
      [
        chunk(opened(0, 'call_a'), opened(1, 'call_b')),
        chunk(piece(1, '{"b"')),
        chunk(piece(0, '{"a":1}')),
        chunk(piece(1, ':2}')),
      ],
    ],
    ['whose first piece has all', [chunk(opened(0, 'call_a', '{"a":1}')), chunk(opened(1, 'call_b', '{"b":2}'))]],
  ])('%s are put together each by itself', (_, chunks) => {
    const { got } = streamAs(to, 'openai-chat', [...chunks, ended, '[DONE]'])
    expect(parsed(callsIn(to, got))).toEqual([
      ['call_a', 'look', { a: 1 }],
      ['call_b', 'look', { b: 2 }],
    ])
  })
})

describe.each(pairs.filter(([from]) => from !== 'gemini'))('arguments that broke off in %s, for %s,', (from, to) => {
  it('are never made an empty object, and the answer is no whole one', () => {
    const { got, losses, reply } = streamAs(to, from, streams[from]([['call_a', '{"a":', '"b']], cut[from]))
    expect(reply?.ending).toEqual({ type: 'truncated', by: 'max-tokens' })
    const spelt = callsIn(to, got).map(({ input }) => input)
    if (to === 'gemini') expect([spelt, losses]).toEqual([[], ['content[0];dropped']])
    else expect([spelt, losses]).toEqual([['{"a":"b'], []])
  })
})

it('arguments that broke off in a whole answer are text to a client of Anthropic, and named', () => {
  const body = wholes['openai-chat']([['call_a', '{"a":']], cut['openai-chat'])
  const { sent, losses } = answerAs('anthropic-messages', 'openai-chat', body)
  expect(sent).toMatchObject({ stop_reason: 'max_tokens', content: [{ type: 'tool_use', input: '{"a":' }] })
  expect(losses).toEqual(['content[0].input;approximated'])
})
