import { collect } from '../../core/collect.ts'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { type Block, textOf } from '../../core/message.ts'
import { deltasOf } from '../../core/replay.ts'
import { cannotRestart } from '../cannot-restart.ts'
import type { AnswerContext, StreamEncoder } from '../codec.ts'
import { collectLosses } from '../losses.ts'
import { encodeError } from '../openai/encode-error.ts'
import { nestedFields } from '../openai/fields.ts'
import { refusalSentence } from '../openai/refusal.ts'
import { citesPages, withoutSources } from '../sources.ts'
import { annotated } from './annotations.ts'
import { encodeGroup } from './encode-item.ts'
import { ownFields } from './extras.ts'
import { writeItems } from './item-writer.ts'
import { answerStyle, finishedResponse, responseId, startedResponse } from './reply.ts'
import { dialect } from './types.ts'

/**
 * Writes a stream of response events. An item is opened by its first words, so that an answer of tool calls alone has no
 * empty message. The last event repeats the whole answer. A failure is an `error` event and nothing after it;
 * an answer that has not begun begins before it, as OpenAI's clients for Python want it.
 */
export function encodeStream({ callId, model, created }: AnswerContext): StreamEncoder {
  const losses = collectLosses(dialect)
  const style = answerStyle(callId, losses)
  const head = { id: responseId(callId), model, created }
  const blocks = new Map<number, Block>()
  const open = new Set<number>()
  const collected = collect()
  let sequence = 0
  let hasBegun = false

  const frame = (type: string, fields: JsonObject): string => {
    const event = { type, sequence_number: sequence++, ...fields }
    return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`
  }
  const items = writeItems(frame, style)

  const begin = (): string => {
    if (hasBegun) return ''
    hasBegun = true
    const response = startedResponse(head)
    return frame('response.created', { response }) + frame('response.in_progress', { response })
  }
  const start = (index: number, started: Block): string => {
    const block = withoutSources(started, dialect)
    blocks.set(index, block)
    open.add(index)
    switch (block.type) {
      case 'text':
      case 'refusal':
      case 'thinking':
        return words(index, block.text)
      case 'tool-call':
        return items.place(index, block) + input(index, block.input)
      default:
        // What the dialect cannot say is named, and has no item.
        return encodeGroup({ kind: 'single', blocks: [[index, block]] }, style) ? items.place(index, block) : ''
    }
  }
  const words = (index: number, said: string): string => {
    const block = blocks.get(index)
    return block && said !== '' ? items.words(index, block, said) : ''
  }
  const input = (index: number, json: string): string => (json === '' ? '' : items.input(index, json))
  const extra = ({ index, dialect: spoken, key, value }: Extract<Delta, { type: 'extra-delta' }>): string => {
    const block = blocks.get(index)
    // What a text cites is told when it ends.
    const waits = spoken !== dialect && open.has(index) && block?.type === 'text' && citesPages(spoken, key)
    if (spoken !== dialect && !waits) losses.dropped(`content[${index}].${key}`, `${dialect} has no word for it.`)
    return spoken === dialect && key === 'annotations' && block ? items.annotate(index, block, value) : ''
  }
  /** What a text cites in another dialect's words, once it is whole. */
  const cite = (index: number, content: readonly Block[]): string => {
    const said = content[index]!
    const block = annotated(said, { index, before: textOf(content.slice(0, index)).length }, losses)
    blocks.set(index, block)
    const { annotations } = block === said ? {} : ownFields(block.extras)
    if (!Array.isArray(annotations)) return ''
    return annotations.map((annotation: JsonValue) => items.annotate(index, block, annotation)).join('')
  }
  const stop = (index: number): string => {
    open.delete(index)
    const content = collected.content()
    const block = content[index]
    if (!block) return ''
    // Without words there is no item; what it says beside them is lost, and named.
    if (block.type === 'text' && block.text === '') losses.foreignExtras(block.extras, `content[${index}]`)
    if (block.type === 'text') return cite(index, content) + items.stop(index, blocks.get(index) ?? block)
    if (block.type !== 'thinking' || block.text !== '') return items.stop(index, block)
    // Ciphertext has no words that could open its item; without any, another dialect's reasoning only is a loss.
    const isSaid = encodeGroup({ kind: 'reasoning', blocks: [[index, block]] }, style) !== undefined
    return isSaid ? items.place(index, block) + items.stop(index, block) : ''
  }
  const push = (delta: Delta): string => {
    if (delta.type === 'frames') return delta.deltas.map(push).join('')
    if (delta.type === 'restart') {
      if (hasBegun) throw cannotRestart(dialect)
      return ''
    }
    const opening = begin()
    collected.add(delta)
    return opening + write(delta)
  }
  const write = (delta: Exclude<Delta, { type: 'frames' | 'restart' }>): string => {
    switch (delta.type) {
      case 'block-start':
        return start(delta.index, delta.block)
      case 'text-delta':
      case 'refusal-delta':
      case 'thinking-delta':
        return words(delta.index, delta.text)
      case 'tool-input-delta':
        return input(delta.index, delta.json)
      case 'signature-delta':
        // It goes out with the item, which holds it whole.
        return ''
      case 'extra-delta':
        return extra(delta)
      case 'block-end':
        return stop(delta.index)
    }
  }

  return {
    push,
    get losses() {
      return losses.list
    },
    end: (reply) => {
      let written = begin()
      for (const index of open) written += stop(index)
      const sentence = refusalSentence(reply)
      const declined: Block[] = sentence === '' ? [] : [{ type: 'refusal', text: sentence }]
      const index = blocks.size
      for (const delta of deltasOf(declined)) written += push({ ...delta, index } as Delta)
      written += items.leave()
      const whole = { ...reply, content: [...reply.content, ...declined] }
      const response = finishedResponse(whole, items.output.filter(Boolean), head, losses)
      return written + frame(`response.${String(response.status)}`, { response })
    },
    fail: (error, passed = false) => {
      const { message, code, param } = nestedFields(encodeError(error), 'error')
      return (passed ? '' : begin()) + frame('error', { code, message, param })
    },
  }
}
