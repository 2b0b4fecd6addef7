import type { Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { AnswerContext, StreamEncoder } from '../codec.ts'
import { collectLosses } from '../losses.ts'
import { encodeEnding } from './ending.ts'
import { encodeError } from './error.ts'
import { dialect, ownFields } from './extras.ts'
import { encodeAnswerBlock, messageId } from './reply.ts'
import { encodeUsage } from './usage.ts'

interface OpenBlock {
  readonly block: Block
  /** What opens it; undefined where the dialect cannot say the block. */
  readonly opening: JsonObject | undefined
  /** Its number on the wire, once it is opened there. */
  number: number | undefined
  /** What waits until the blocks before it are closed. */
  readonly waiting: JsonObject[]
  isEnded: boolean
}

/**
 * Writes a stream of the Messages API. Blocks are numbered without gaps and never overlap: what comes for a block while
 * another is open waits. A text block is opened by its first text, so that an answer of tool calls alone has none. Input
 * tokens are not known when `message_start` is sent; the full usage stands in `message_delta`.
 */
export function encodeStream({ callId, model }: AnswerContext): StreamEncoder {
  const losses = collectLosses(dialect)
  const blocks = new Map<number, OpenBlock>()
  const queue: OpenBlock[] = []
  let next = 0
  let hasStarted = false

  const start = (): string => {
    if (hasStarted) return ''
    hasStarted = true
    return frame({ type: 'message_start', message: emptyMessage(messageId(callId), model) })
  }
  const open = (block: OpenBlock): string => {
    if (block.number !== undefined) return ''
    block.number = next++
    return frame({ type: 'content_block_start', index: block.number, content_block: block.opening })
  }
  const write = (block: OpenBlock, delta?: JsonObject): string => {
    const opening = open(block)
    return delta ? `${opening}${frame({ type: 'content_block_delta', index: block.number, delta })}` : opening
  }
  const close = (block: OpenBlock): string =>
    block.number === undefined ? '' : frame({ type: 'content_block_stop', index: block.number })
  /** Closes what has ended at the head of the queue and writes what waited behind it. */
  const advance = (): string => {
    let written = ''
    while (queue[0]?.isEnded) {
      written += close(queue.shift()!)
      const head = queue[0]
      if (!head) break
      if (opensAtOnce(head)) written += write(head)
      for (const delta of head.waiting.splice(0)) written += write(head, delta)
    }
    return written
  }
  const begin = (index: number, block: Block): string => {
    const opening = encodeOpening(block, `content[${index}]`)
    const opened: OpenBlock = { block, opening, number: undefined, waiting: [], isEnded: false }
    blocks.set(index, opened)
    if (!opening) return ''
    queue.push(opened)
    const written = queue[0] === opened && opensAtOnce(opened) ? write(opened) : ''
    return written + initialDeltas(block).reduce((text, delta) => text + send(opened, delta), '')
  }
  const send = (block: OpenBlock, delta: JsonObject): string => {
    if (!block.opening) return ''
    if (queue[0] === block) return write(block, delta)
    block.waiting.push(delta)
    return ''
  }
  const encodeOpening = (block: Block, path: string): JsonObject | undefined => {
    if (block.type === 'text') return { type: 'text', text: '', ...ownFields(block.extras, path, losses) }
    if (block.type === 'refusal') {
      losses.approximated(path, 'A refusal is sent as text; `stop_reason` and `stop_details` say what it is.')
      return { type: 'text', text: '', ...ownFields(block.extras, path, losses) }
    }
    if (block.type === 'thinking' && block.redacted === undefined) {
      if (block.dialect !== dialect)
        losses.approximated(path, 'Thinking is shown without a signature: it cannot be sent back.')
      return { type: 'thinking', thinking: '', ...ownFields(block.extras, path, losses) }
    }
    return encodeAnswerBlock(block.type === 'tool-call' ? { ...block, input: '' } : block, path, losses)
  }
  const told = (delta: Extract<Delta, { readonly index: number }>): OpenBlock => {
    const block = blocks.get(delta.index)
    if (block) return block
    throw new Error(`A ${delta.type} names block ${delta.index}, which has not started.`)
  }
  const push = (delta: Delta): string => {
    switch (delta.type) {
      case 'block-start':
        return begin(delta.index, delta.block)
      case 'text-delta':
      case 'refusal-delta':
        return delta.text === '' ? '' : send(told(delta), { type: 'text_delta', text: delta.text })
      case 'thinking-delta':
        return delta.text === '' ? '' : send(told(delta), { type: 'thinking_delta', thinking: delta.text })
      case 'signature-delta': {
        const { block } = told(delta)
        const isOwn = block.type === 'thinking' && block.dialect === dialect && delta.signature !== ''
        return isOwn ? send(told(delta), { type: 'signature_delta', signature: delta.signature }) : ''
      }
      case 'tool-input-delta':
        return delta.json === '' ? '' : send(told(delta), { type: 'input_json_delta', partial_json: delta.json })
      case 'extra-delta':
        if (delta.dialect === dialect && delta.key === 'citations') {
          return send(told(delta), { type: 'citations_delta', citation: delta.value })
        }
        losses.dropped(`content[${delta.index}].${delta.key}`, 'Anthropic has no such field.')
        return ''
      case 'block-end':
        told(delta).isEnded = true
        return advance()
      case 'frames':
      case 'restart':
        throw new Error(`A delta of type "${delta.type}" cannot be encoded: it is not for this dialect's clients.`)
    }
  }

  return {
    losses: losses.list,
    push: (delta) => {
      const opening = start()
      return opening + push(delta)
    },
    end: (reply) => {
      for (const block of queue) block.isEnded = true
      const rest = start() + advance()
      const usage = encodeUsage(reply.usage)
      const ending = frame({ type: 'message_delta', delta: encodeEnding(reply, losses), usage })
      return `${rest}${ending}${frame({ type: 'message_stop' })}`
    },
    fail: (error) => frame(encodeError(error, callId)),
  }
}

/** Text waits for its first words; everything else shows by being there. */
function opensAtOnce({ block }: OpenBlock): boolean {
  return block.type !== 'text' && block.type !== 'refusal'
}

function isRedacted(block: Block): boolean {
  return block.type === 'thinking' && block.dialect === dialect && block.redacted !== undefined
}

/** What a block brings before its first delta. */
function initialDeltas(block: Block): JsonObject[] {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return block.text === '' ? [] : [{ type: 'text_delta', text: block.text }]
    case 'thinking':
      if (isRedacted(block)) return []
      return [
        ...(block.text === '' ? [] : [{ type: 'thinking_delta', thinking: block.text }]),
        ...(block.signature && block.dialect === dialect
          ? [{ type: 'signature_delta', signature: block.signature }]
          : []),
      ]
    case 'tool-call':
      return block.input === '' ? [] : [{ type: 'input_json_delta', partial_json: block.input }]
    default:
      return []
  }
}

function emptyMessage(id: string, model: string): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: { input_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 },
  }
}

function frame(event: { readonly type?: JsonValue } & JsonObject): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
