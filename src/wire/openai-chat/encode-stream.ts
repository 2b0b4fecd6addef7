import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block, OpaqueBlock } from '../../core/message.ts'
import { InseamError } from '../../errors/index.ts'
import type { AnswerContext, StreamEncoder } from '../codec.ts'
import { nestedFields } from './decode-content.ts'
import { encodeToolCall } from './encode-content.ts'
import { encodeEnding, refusalSentence } from './ending.ts'
import { encodeError } from './error.ts'
import { collectLosses, reportThinking } from './losses.ts'
import { reportServerTools } from './reply.ts'
import { dialect, text, thinkingField } from './types.ts'
import { encodeUsage } from './usage.ts'

/** What the encoder remembers of a block: the block, and which of the answer's tool calls it is. */
interface Started {
  readonly block: Block
  readonly call: number
}

/**
 * Writes `chat.completion.chunk` frames. The role comes with the first content; reasoning goes to `reasoning_content`, as
 * its hosts have it. A failure is an `error` frame and nothing after it: neither a `finish_reason` nor `[DONE]`.
 */
export function encodeStream({ callId, model, created, includeUsage }: AnswerContext): StreamEncoder {
  const losses = collectLosses()
  const blocks = new Map<number, Started>()
  let calls = 0
  let hasBegun = false

  const frame = (choices: readonly JsonObject[], usage: JsonObject | null): string => {
    const head = { id: `chatcmpl-${callId}`, object: 'chat.completion.chunk', created, model, choices }
    return `data: ${JSON.stringify(includeUsage ? { ...head, usage } : head)}\n\n`
  }
  const chunk = (delta: JsonObject, finishReason: string | null = null): string => {
    const role = hasBegun
      ? ''
      : frame([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }], null)
    hasBegun = true
    return role + frame([{ index: 0, delta, finish_reason: finishReason }], null)
  }

  const start = (index: number, block: Block): string => {
    const path = `content[${index}]`
    losses.foreignExtras(block.extras, path)
    const isCall = block.type === 'tool-call' || isCustomCall(block)
    const call = isCall ? calls++ : -1
    blocks.set(index, { block, call })
    switch (block.type) {
      case 'text':
        if (calls > 0) losses.approximated(path, 'it stood after a tool call.')
        return block.text === '' ? '' : chunk({ content: block.text })
      case 'refusal':
        return block.text === '' ? '' : chunk({ refusal: block.text })
      case 'thinking':
        reportThinking(block, path, losses)
        return block.text === '' ? '' : chunk({ [thinkingField(block.extras)]: block.text })
      case 'tool-call':
        return chunk({ tool_calls: [{ index: call, ...encodeToolCall(block) }] })
      case 'opaque':
        if (isCall) return chunk({ tool_calls: [{ index: call, ...nestedFields({ block: block.value }, 'block') }] })
        if (isSound(block)) return ''
        losses.dropped(path, `it belongs to ${block.dialect} alone.`)
        return ''
      default:
        losses.dropped(path, `a ${block.type} cannot stand in an answer of ${dialect}.`)
        return ''
    }
  }

  const extra = (delta: Extract<Delta, { type: 'extra-delta' }>): string => {
    const started = blocks.get(delta.index)
    if (delta.dialect === dialect && started) {
      if (delta.key === 'annotations') return chunk({ annotations: [delta.value] })
      if (delta.key === 'audio') return chunk({ audio: delta.value })
      if (delta.key === 'input') {
        return chunk({ tool_calls: [{ index: started.call, custom: { input: text(delta.value) } }] })
      }
    }
    losses.dropped(`content[${delta.index}].${delta.key}`, `${dialect} has no word for it.`)
    return ''
  }

  return {
    get losses() {
      return losses.list
    },
    push(delta) {
      switch (delta.type) {
        case 'block-start':
          return start(delta.index, delta.block)
        case 'text-delta':
          return delta.text === '' ? '' : chunk({ content: delta.text })
        case 'refusal-delta':
          return delta.text === '' ? '' : chunk({ refusal: delta.text })
        case 'thinking-delta': {
          const field = thinkingField(blocks.get(delta.index)?.block.extras)
          return delta.text === '' ? '' : chunk({ [field]: delta.text })
        }
        case 'tool-input-delta': {
          const index = blocks.get(delta.index)?.call ?? 0
          return delta.json === '' ? '' : chunk({ tool_calls: [{ index, function: { arguments: delta.json } }] })
        }
        case 'signature-delta':
          losses.dropped(`content[${delta.index}].signature`, 'it proves the reasoning to its own provider only.')
          return ''
        case 'extra-delta':
          return extra(delta)
        case 'block-end':
          return ''
        case 'frames':
          hasBegun = true
          return new TextDecoder().decode(delta.bytes)
        case 'restart':
          if (hasBegun) throw cannotRestart()
          blocks.clear()
          calls = 0
          return ''
      }
    },
    end(reply) {
      const sentence = refusalSentence(reply)
      const declined = sentence === '' ? '' : chunk({ refusal: sentence })
      reportServerTools(reply, losses)
      const finish = chunk({}, encodeEnding(reply, losses))
      const usage = includeUsage ? frame([], encodeUsage(reply.usage)) : ''
      return `${declined}${finish}${usage}data: [DONE]\n\n`
    },
    fail: (error) => `data: ${JSON.stringify(encodeError(error))}\n\n`,
  }
}

function isCustomCall(block: Block): boolean {
  return block.type === 'opaque' && isOwn(block, 'custom')
}

function isSound(block: OpaqueBlock): boolean {
  return isOwn(block, 'audio')
}

function isOwn({ dialect: spoken, value }: OpaqueBlock, type: string): boolean {
  return spoken === dialect && isJsonObject(value) && value.type === type
}

function cannotRestart(): InseamError {
  return new InseamError(
    'internal-error',
    `An answer began again in ${dialect}, which cannot take back what it sent.`,
    {
      fix: 'Choose `error` or `splice` for what happens after the first content, or hold the answer back until it is whole.',
    },
  )
}
