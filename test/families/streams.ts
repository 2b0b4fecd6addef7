import { collect } from '../../src/core/collect.ts'
import type { ClientDialect } from '../../src/core/dialect.ts'
import { clientDialects } from '../../src/core/dialect.ts'
import type { Reply } from '../../src/core/reply.ts'
import { isInseamError } from '../../src/errors/index.ts'
import { codecs } from '../../src/wire/codecs.ts'
import { readSse } from '../../src/wire/sse.ts'
import { type Json, replyOf } from './translate.ts'

/** Words, or a call by its id with the pieces of its arguments. */
export type Said = string | readonly [id: string, ...pieces: readonly string[]]

/** Every client with every target of another dialect. */
export const pairs = clientDialects.flatMap((to) =>
  clientDialects.filter((from) => from !== to).map((from) => [from, to] as const),
)

const answer = { callId: 'call_01', model: 'm', created: 0, includeUsage: true }
const context = { target: 'lab/m', quirks: {} }

/** What a target of a dialect streams: what it says, and how it ends, which is fields of the event that ends it. */
export const streams: Readonly<Record<ClientDialect, (said: readonly Said[], ending: Json) => Json[]>> = {
  'openai-chat': (said, { usage, ...choice }) => {
    let calls = 0
    const chunk = (delta: Json, more: Json = {}) => ({ id: 'c', choices: [{ index: 0, delta, ...more }] })
    const call = (index: number, id: string, pieces: readonly string[]) => [
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name: 'look', arguments: '' } }] }),
      ...pieces.map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]
    const chunks = said.flatMap((one) =>
      typeof one === 'string' ? [chunk({ content: one })] : call(calls++, one[0], one.slice(1)),
    )
    return [...chunks, chunk({}, choice), ...(usage ? [{ id: 'c', choices: [], usage }] : []), '[DONE]']
  },
  'openai-responses': (said, ending) => {
    const output: Json[] = []
    const items = said.flatMap((one, output_index) => {
      const at = { output_index, item_id: `i${output_index}` }
      const item =
        typeof one === 'string'
          ? { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: one, annotations: [] }] }
          : { type: 'function_call', call_id: one[0], name: 'look', arguments: one.slice(1).join('') }
      const begun = typeof one === 'string' ? { ...item, content: [] } : { ...item, arguments: '' }
      output.push({ ...item, id: at.item_id, status: 'completed' })
      const deltas =
        typeof one === 'string'
          ? [{ type: 'response.output_text.delta', ...at, content_index: 0, delta: one }]
          : one.slice(1).map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta }))
      return [
        { type: 'response.output_item.added', output_index, item: { ...begun, id: at.item_id } },
        ...deltas,
        { type: 'response.output_item.done', output_index, item: output.at(-1) },
      ]
    })
    const { status = 'completed' } = ending
    return [
      { type: 'response.created', response: { id: 'resp_1', status: 'in_progress', output: [] } },
      ...items,
      { type: `response.${status}`, response: { id: 'resp_1', status, output, ...ending } },
    ]
  },
  'anthropic-messages': (said, { usage = { output_tokens: 5 }, begun = { input_tokens: 1 }, ...delta }) => [
    {
      type: 'message_start',
      message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: { output_tokens: 1, ...begun } },
    },
    ...said.flatMap((one, index) => {
      const content_block =
        typeof one === 'string' ? { type: 'text', text: '' } : { type: 'tool_use', id: one[0], name: 'look', input: {} }
      const deltas =
        typeof one === 'string'
          ? [{ type: 'text_delta', text: one }]
          : one.slice(1).map((partial_json) => ({ type: 'input_json_delta', partial_json }))
      return [
        { type: 'content_block_start', index, content_block },
        ...deltas.map((said) => ({ type: 'content_block_delta', index, delta: said })),
        { type: 'content_block_stop', index },
      ]
    }),
    { type: 'message_delta', delta, usage },
    { type: 'message_stop' },
  ],
  gemini: (said, { usageMetadata, ...candidate }) => [
    ...said.map((one) => {
      const part =
        typeof one === 'string'
          ? { text: one }
          : { functionCall: { id: one[0], name: 'look', args: JSON.parse(one.slice(1).join('') || '{}') } }
      return { candidates: [{ index: 0, content: { role: 'model', parts: [part] } }] }
    }),
    { candidates: [{ index: 0, content: { role: 'model', parts: [] }, ...candidate }], usageMetadata },
  ],
}

/** The same, told whole. */
export const wholes: Readonly<Record<ClientDialect, (said: readonly Said[], ending: Json) => Json>> = {
  'openai-chat': (said, { usage, ...choice }) => {
    const calls = said.filter((one) => typeof one !== 'string')
    const tool_calls = calls.map(([id, ...pieces]) => ({
      id,
      type: 'function',
      function: { name: 'look', arguments: pieces.join('') },
    }))
    const content = said.filter((one) => typeof one === 'string').join('') || null
    const message = { role: 'assistant', content, ...(calls.length > 0 && { tool_calls }) }
    return { id: 'c', choices: [{ index: 0, message, ...choice }], usage }
  },
  'openai-responses': (said, ending) => streams['openai-responses'](said, ending).at(-1).response,
  'anthropic-messages': (said, { usage, begun = { input_tokens: 1 }, ...stop }) => ({
    id: 'm',
    type: 'message',
    role: 'assistant',
    content: said.map((one) =>
      typeof one === 'string'
        ? { type: 'text', text: one }
        : { type: 'tool_use', id: one[0], name: 'look', input: JSON.parse(one.slice(1).join('') || '{}') },
    ),
    ...stop,
    usage: { output_tokens: 5, ...begun, ...usage },
  }),
  gemini: (said, { usageMetadata, ...candidate }) => {
    const parts = streams.gemini(said, {}).flatMap(({ candidates }) => candidates[0].content.parts)
    return { candidates: [{ index: 0, content: { role: 'model', parts }, ...candidate }], usageMetadata }
  },
}

function framed(event: Json): string {
  const type = event.type ? `event: ${event.type}\n` : ''
  return `${type}data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`
}

/** What is read of a stream, and what a client of a dialect is sent for it. */
export interface Streamed {
  readonly got: readonly Json[]
  readonly losses: readonly string[]
  /** Undefined where the stream failed, which the client is told in its last event. */
  readonly reply: Reply | undefined
}

/** What a client of one dialect gets of what a target of another streams: events, or text that is sent as it is. */
export function streamAs(to: ClientDialect, from: ClientDialect, events: readonly Json[] | string): Streamed {
  const decoder = codecs[from].decodeStream(context)
  const encoder = codecs[to].encodeStream(answer)
  const collector = collect()
  const bytes = new TextEncoder().encode(typeof events === 'string' ? events : events.map(framed).join(''))
  let text = ''
  let reply: Reply | undefined
  try {
    for (const event of readSse(context.target).push(bytes)) {
      for (const delta of decoder.push(event)) {
        collector.add(delta)
        text += encoder.push(delta)
      }
    }
    reply = replyOf({ ...decoder.finish(), content: collector.content() })
    text += encoder.end(reply)
  } catch (thrown) {
    if (!isInseamError(thrown)) throw thrown
    text += encoder.fail(thrown)
  }
  const got = text.split('\n\n').flatMap((frame) => {
    const at = frame.indexOf('data: {')
    return at === -1 ? [] : [JSON.parse(frame.slice(at + 6))]
  })
  return { got, losses: encoder.losses.map(({ path, effect }) => `${path};${effect}`), reply }
}
