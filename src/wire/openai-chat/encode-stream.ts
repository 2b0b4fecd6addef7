import type { Delta } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Block, ThinkingBlock } from '../../core/message.ts'
import { cannotRestart } from '../cannot-restart.ts'
import type { AnswerContext, StreamEncoder } from '../codec.ts'
import { collectLosses } from '../losses.ts'
import { text } from '../openai/fields.ts'
import { refusalSentence } from '../openai/refusal.ts'
import { citesPages, takeSources, withoutSources } from '../sources.ts'
import { writeAnnotations } from './annotations.ts'
import { encodeCustomCall, encodeSound, encodeToolCall } from './encode-content.ts'
import { encodeEnding } from './ending.ts'
import { encodeError } from './error.ts'
import { ownFields, thinkingField } from './extras.ts'
import { reportThinking } from './losses.ts'
import { reportServerTools } from './reply.ts'
import { dialect } from './types.ts'
import { encodeUsage } from './usage.ts'

/** What the encoder remembers of a block: the block, and which of the answer's tool calls it is. */
interface Started {
  readonly block: Block
  readonly call: number
  /** Whether it was told what becomes of its reasoning. */
  told: boolean
}

/**
 * Writes `chat.completion.chunk` frames. The role comes with the first content; reasoning goes to `reasoning_content`, as
 * its hosts have it. A failure is an `error` frame and nothing after it: neither a `finish_reason` nor `[DONE]`.
 */
export function encodeStream({ callId, model, created, includeUsage }: AnswerContext): StreamEncoder {
  const losses = collectLosses(dialect)
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

  const words = (field: string, text: string): string => (text === '' ? '' : chunk({ [field]: text }))

  const think = (started: Started, block: ThinkingBlock, path: string, text: string): string => {
    if (!started.told && (text !== '' || block.redacted)) {
      started.told = true
      reportThinking(block, path, losses)
    }
    return words(thinkingField(block.extras), text)
  }

  const start = (index: number, block: Block): string => {
    const path = `content[${index}]`
    losses.foreignExtras(withoutSources(block, dialect).extras, path)
    const custom = block.type === 'opaque' ? encodeCustomCall(block) : undefined
    const call = block.type === 'tool-call' || custom ? calls++ : -1
    const started: Started = { block, call, told: false }
    blocks.set(index, started)
    switch (block.type) {
      case 'text':
        if (calls > 0) losses.approximated(path, 'it stood after a tool call.')
        return words('content', block.text)
      case 'refusal':
        return words('refusal', block.text)
      case 'thinking':
        return think(started, block, path, block.text)
      case 'tool-call':
        return chunk({ tool_calls: [{ index: call, ...encodeToolCall(block) }] })
      case 'opaque': {
        if (custom) return chunk({ tool_calls: [{ index: call, ...custom }] })
        const audio = encodeSound(block)
        if (!audio) losses.dropped(path, `it belongs to ${block.dialect} alone.`)
        return audio && Object.keys(audio).length > 0 ? chunk({ audio }) : ''
      }
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
    // Its place is told among all the words, once they have come.
    if (started?.block.type === 'text' && citesPages(delta.dialect, delta.key)) return ''
    losses.dropped(`content[${delta.index}].${delta.key}`, `${dialect} has no word for it.`)
    return ''
  }

  const push = (delta: Delta): string => {
    switch (delta.type) {
      case 'block-start':
        return start(delta.index, delta.block)
      case 'text-delta':
        return words('content', delta.text)
      case 'refusal-delta':
        return words('refusal', delta.text)
      case 'thinking-delta': {
        const started = blocks.get(delta.index)
        if (started?.block.type !== 'thinking') return ''
        return think(started, started.block, `content[${delta.index}]`, delta.text)
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
      case 'block-end': {
        const { annotations } = ownFields(blocks.get(delta.index)?.block.extras)
        return annotations === undefined ? '' : chunk({ annotations })
      }
      case 'frames':
        return delta.deltas.map(push).join('')
      case 'restart':
        if (hasBegun) throw cannotRestart(dialect)
        blocks.clear()
        calls = 0
        return ''
    }
  }

  /** What the texts cite in other dialects' words. */
  const cite = (content: readonly Block[]): string => {
    const taken = takeSources(content, dialect)
    for (const [index, block] of taken.rest.entries()) {
      if (block.type === 'text') losses.foreignExtras(block.extras, `content[${index}]`)
    }
    return taken.cited.length === 0 ? '' : chunk({ annotations: writeAnnotations(taken.cited, losses) })
  }

  return {
    push,
    get losses() {
      return losses.list
    },
    end: (reply) => {
      const sentence = refusalSentence(reply)
      const cited = cite(reply.content)
      const declined = sentence === '' ? '' : chunk({ refusal: sentence })
      reportServerTools(reply, losses)
      const finish = chunk({}, encodeEnding(reply, losses))
      const usage = includeUsage ? frame([], encodeUsage(reply.usage)) : ''
      return `${cited}${declined}${finish}${usage}data: [DONE]\n\n`
    },
    fail: (error) => `data: ${JSON.stringify(encodeError(error))}\n\n`,
  }
}
