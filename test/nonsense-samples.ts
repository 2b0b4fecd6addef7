import type { ProviderConfig } from '../src/config.ts'
import type { Delta } from '../src/core/delta.ts'
import { type ClientDialect, clientDialects } from '../src/core/dialect.ts'
import type { Reply } from '../src/core/reply.ts'
import type { Seam } from '../src/create-seam.ts'
import { type InseamError, isInseamError } from '../src/errors/index.ts'
import { codecs } from '../src/wire/codecs.ts'

/** What the samples say. */
export const words = 'Hé, world 😀.'

/** An event of OpenAI's. */
export const frame = (event: object): string => `data: ${JSON.stringify(event)}\n\n`
/** An event of Anthropic's. */
export const named = (type: string, fields: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

/** One delta of OpenAI's. */
export const chunk = (delta: object, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  model: 'told-model',
  choices: [{ index: 0, delta, finish_reason: finish }],
})
const responsesUsage = { input_tokens: 7, output_tokens: 5, total_tokens: 12 }
/** An item of the Responses API: a message that says this. */
const responseMessage = (text: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
})
/** A response of the Responses API that is over. */
export const responded = (output: readonly object[]) => ({
  id: 'resp_1',
  object: 'response',
  model: 'told-model',
  status: 'completed',
  output,
  usage: responsesUsage,
})
const inPart = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const openaiUsage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }

/** One part of Gemini's. */
export const part = (said: object, finish?: string, more: object = {}) => ({
  candidates: [{ content: { parts: [said], role: 'model' }, ...(finish && { finishReason: finish }), index: 0 }],
  modelVersion: 'told-model',
  responseId: 'r-1',
  ...more,
})
const geminiUsage = { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 }

/** A whole stream of each dialect, event by event. */
export const streams: Record<ClientDialect, readonly string[]> = {
  'openai-chat': [
    frame(chunk({ role: 'assistant', content: '' })),
    frame(chunk({ content: 'Hé, ' })),
    frame(chunk({ content: 'world 😀.' })),
    frame(chunk({}, 'stop')),
    frame({ id: 'chatcmpl-1', choices: [], usage: openaiUsage }),
    'data: [DONE]\n\n',
  ],
  'openai-responses': [
    named('response.created', { response: { id: 'resp_1', model: 'told-model', status: 'in_progress', output: [] } }),
    named('response.output_item.added', {
      output_index: 0,
      item: { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
    }),
    named('response.content_part.added', { ...inPart, part: { type: 'output_text', text: '', annotations: [] } }),
    named('response.output_text.delta', { ...inPart, delta: 'Hé, ' }),
    named('response.output_text.delta', { ...inPart, delta: 'world 😀.' }),
    named('response.output_text.done', { ...inPart, text: words }),
    named('response.content_part.done', { ...inPart, part: { type: 'output_text', text: words, annotations: [] } }),
    named('response.output_item.done', { output_index: 0, item: responseMessage(words) }),
    named('response.completed', { response: responded([responseMessage(words)]) }),
  ],
  'anthropic-messages': [
    named('message_start', {
      message: { id: 'msg_1', model: 'told-model', content: [], usage: { input_tokens: 7, output_tokens: 1 } },
    }),
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    named('ping'),
    named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hé, ' } }),
    named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'world 😀.' } }),
    named('content_block_stop', { index: 0 }),
    named('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } }),
    named('message_stop'),
  ],
  gemini: [
    frame(part({ text: '' })),
    frame(part({ text: 'Hé, ' })),
    frame(part({ text: 'world 😀.' })),
    frame(part({ text: '' }, 'STOP', { usageMetadata: geminiUsage })),
  ],
}

/** A whole reply of each dialect, and the object for tests to change. */
export const replies: Record<ClientDialect, (change?: object) => string> = {
  'openai-chat': (change) =>
    JSON.stringify({
      id: 'chatcmpl-1',
      model: 'told-model',
      choices: [{ index: 0, message: { role: 'assistant', content: words }, finish_reason: 'stop' }],
      usage: openaiUsage,
      ...change,
    }),
  'openai-responses': (change) => JSON.stringify({ ...responded([responseMessage(words)]), ...change }),
  'anthropic-messages': (change) =>
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'told-model',
      content: [{ type: 'text', text: words }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 7, output_tokens: 5 },
      ...change,
    }),
  gemini: (change) => JSON.stringify({ ...part({ text: words }, 'STOP'), usageMetadata: geminiUsage, ...change }),
}

/** What became of a call. */
export type Outcome = { readonly reply: Reply; readonly deltas: readonly Delta[] } | { readonly error: InseamError }

const requestBody = (dialect: ClientDialect, model: string, stream: boolean) => {
  const content = 'Say hello to the world.'
  if (dialect === 'gemini') return { contents: [{ role: 'user', parts: [{ text: content }] }] }
  const limit = dialect === 'anthropic-messages' && { max_tokens: 100 }
  const messages = { [dialect === 'openai-responses' ? 'input' : 'messages']: [{ role: 'user', content }] }
  return { model, ...limit, ...messages, stream }
}

/** One call over the seam. `passes`: as the gateway makes it, in the dialect of the target. */
export async function ask(
  seam: Seam,
  model: string,
  dialect: ClientDialect,
  stream: boolean,
  passes: boolean,
): Promise<Outcome> {
  const body = requestBody(dialect, model, stream)
  const call = seam.begin({
    model,
    request: { ...codecs[dialect].decodeRequest(body), stream },
    ...(passes && { wire: { dialect, body: JSON.stringify(body), headers: {} } }),
  })
  const deltas: Delta[] = []
  try {
    const answer = seam.run(call)
    for (;;) {
      const step = await answer.next()
      if (step.done) return { reply: step.value, deltas }
      deltas.push(...(step.value.type === 'frames' ? step.value.deltas : [step.value]))
    }
  } catch (thrown) {
    if (isInseamError(thrown)) return { error: thrown }
    throw new Error('The seam threw something that is no InseamError.', { cause: thrown })
  }
}

/** One provider a dialect, with a credential that must never be seen. */
export const providersOf = (url: string): ProviderConfig[] =>
  clientDialects.map((dialect) => ({
    name: dialect,
    kind: 'custom',
    dialect,
    url,
    auth: 'bearer',
    key: 'key-canary-7361',
    headers: {},
    quirks: {},
    models: [],
  }))
