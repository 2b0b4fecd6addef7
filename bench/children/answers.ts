import { reply } from '../workload.ts'

const json = (value: unknown): string => JSON.stringify(value)

/** A whole answer, headers and all, by the path that was asked. */
export function wholeAnswer(path: string): Buffer {
  const body = json(path.endsWith('/messages') ? anthropicMessage : chatCompletion)
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-request-id: req_1\r\n\r\n`
  return Buffer.from(head + body)
}

/** A stream: what goes before the deltas, one delta, and what goes after them; each as a chunk of its own. */
export interface StreamedAnswer {
  readonly opening: Buffer
  readonly delta: Buffer
  readonly closing: Buffer
}

/** The parts of a streamed answer of `deltas` deltas. */
export function streamedAnswer(path: string, deltas: number): StreamedAnswer {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nx-request-id: req_1\r\n\r\n'
  const frames = path.endsWith('/messages') ? anthropicFrames(deltas) : chatFrames(deltas)
  return {
    opening: Buffer.from(head + chunk(frames.opening)),
    delta: Buffer.from(chunk(frames.delta)),
    closing: Buffer.from(`${chunk(frames.closing)}0\r\n\r\n`),
  }
}

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

const chatCompletion = {
  id: 'chatcmpl-9dX2mQ7vK1',
  object: 'chat.completion',
  created: 1_795_000_000,
  model: 'gpt-5.4-mini-2026-03-01',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: reply, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 142,
    completion_tokens: 118,
    total_tokens: 260,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_4d67d2f7d8',
}

const anthropicMessage = {
  id: 'msg_01Xv7mQ2dK9',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5',
  content: [{ type: 'text', text: reply }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 142, output_tokens: 118, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
}

interface Frames {
  readonly opening: string
  readonly delta: string
  readonly closing: string
}

/** What one delta says. */
export const deltaText = ' parcel'

function chatFrames(deltas: number): Frames {
  const { id, created, model } = chatCompletion
  const frame = (rest: object) =>
    `data: ${json({ id, object: 'chat.completion.chunk', created, model, service_tier: 'default', system_fingerprint: 'fp_4d67d2f7d8', ...rest })}\n\n`
  const choice = (delta: object, finish_reason: string | null = null) =>
    frame({ choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null })
  const usage = { prompt_tokens: 142, completion_tokens: deltas, total_tokens: 142 + deltas }
  return {
    opening: choice({ role: 'assistant', content: '', refusal: null }),
    delta: choice({ content: deltaText }),
    closing: `${choice({}, 'stop')}${frame({ choices: [], usage })}data: [DONE]\n\n`,
  }
}

function anthropicFrames(deltas: number): Frames {
  const frame = (value: { readonly type: string }) => `event: ${value.type}\ndata: ${json(value)}\n\n`
  const message = { ...anthropicMessage, content: [], stop_reason: null }
  const delta = { type: 'text_delta', text: deltaText }
  const start = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
  const end = {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: deltas },
  }
  return {
    opening: frame({ type: 'message_start', message } as { type: string }) + frame(start),
    delta: frame({ type: 'content_block_delta', index: 0, delta } as { type: string }),
    closing:
      frame({ type: 'content_block_stop', index: 0 } as { type: string }) +
      frame(end) +
      frame({ type: 'message_stop' }),
  }
}
