import type { Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Block } from '../../core/message.ts'
import type { AnswerContext, StreamEncoder } from '../codec.ts'
import { collectLosses } from '../losses.ts'
import { citesPages, takeSources, withoutSources } from '../sources.ts'
import { candidateFields, writeCandidateFields } from './candidate-fields.ts'
import { encodeError } from './error.ts'
import { dialect, ownFields } from './extras.ts'
import { encodeAnswerBlock, endingOf, reportServerTools } from './reply.ts'
import { encodeUsage } from './usage.ts'
import { writeGrounding } from './write-grounding.ts'

/** A block that is sent whole, once it has ended. */
interface Held {
  readonly block: Block
  text: string
  signature: string
}

/**
 * Writes `GenerateContentResponse` frames. Words go out as they come; a function call goes out whole, for the dialect has no
 * piece of one, and so does what is signed, for the signature belongs to the part. A failure is an `error` frame and nothing
 * after it.
 */
export function encodeStream({ callId, model }: AnswerContext): StreamEncoder {
  const losses = collectLosses(dialect)
  const held = new Map<number, Held>()
  const flowing = new Map<number, 'text' | 'thought'>()

  const frame = (fields: JsonObject): string =>
    `data: ${JSON.stringify({ ...fields, modelVersion: model, responseId: callId })}\n\n`
  const part = (one: JsonObject, beside: JsonObject = {}): string =>
    frame({ candidates: [{ content: { parts: [one], role: 'model' }, index: 0, ...beside }] })
  const words = (index: number, text: string): string => {
    if (text === '') return ''
    return part(flowing.get(index) === 'thought' ? { text, thought: true } : { text })
  }
  const start = (index: number, block: Block): string => {
    const path = `content[${index}]`
    if (isHeld(block)) {
      held.set(index, { block, text: '', signature: '' })
      return ''
    }
    flowing.set(index, block.type === 'thinking' ? 'thought' : 'text')
    const opening = encodeAnswerBlock(withoutSources(block, dialect), path, losses)
    return opening ? part(opening) : ''
  }
  const add = (index: number, text: string): string => {
    const block = held.get(index)
    if (!block) return words(index, text)
    block.text += text
    return ''
  }
  const end = (index: number): string => {
    const block = held.get(index)
    held.delete(index)
    if (!block) return ''
    const ended = whole(block)
    const written = encodeAnswerBlock(ended, `content[${index}]`, losses)
    return written ? part(written, writeCandidateFields([ended])) : ''
  }
  const push = (delta: Delta): string => {
    switch (delta.type) {
      case 'block-start':
        return start(delta.index, delta.block)
      case 'text-delta':
      case 'refusal-delta':
      case 'thinking-delta':
        return add(delta.index, delta.text)
      case 'tool-input-delta':
        return add(delta.index, delta.json)
      case 'signature-delta': {
        const block = held.get(delta.index)
        if (block) block.signature += delta.signature
        return ''
      }
      case 'extra-delta':
        if (delta.dialect === dialect && candidateFields.has(delta.key)) return extra(delta.key, delta.value)
        // The last frame tells them all, in one list.
        if (flowing.get(delta.index) === 'text' && citesPages(delta.dialect, delta.key)) return ''
        losses.dropped(`content[${delta.index}].${delta.key}`, 'Gemini has no such field.')
        return ''
      case 'block-end':
        return end(delta.index)
      case 'frames':
      case 'restart':
        throw new Error(`A delta of type "${delta.type}" cannot be encoded: it is not for this dialect's clients.`)
    }
  }
  const extra = (key: string, value: JsonValue): string => {
    const said = writeCandidateFields([{ type: 'text', text: '', extras: { dialect, fields: { [key]: [value] } } }])
    return frame({ candidates: [{ content: { parts: [], role: 'model' }, index: 0, ...said }] })
  }

  /** What the texts cite in other dialects' words. */
  const cite = (content: readonly Block[]): JsonObject => {
    const taken = takeSources(content, dialect)
    for (const [index, block] of taken.rest.entries()) {
      if (block.type === 'text') ownFields(block.extras, `content[${index}]`, losses)
    }
    if (taken.cited.length === 0) return {}
    const sent = taken.rest.map((block) => encodeAnswerBlock(block, '', collectLosses(dialect)))
    return writeGrounding(taken.cited, (index) => sent.slice(0, index).filter((part) => part !== undefined).length)
  }

  return {
    push,
    losses: losses.list,
    end: (reply) => {
      const rest = [...held.keys()].map(end).join('')
      reportServerTools(reply, losses)
      const candidate = {
        content: { parts: [{ text: '' }], role: 'model' },
        ...endingOf(reply, losses),
        index: 0,
        ...cite(reply.content),
      }
      return rest + frame({ candidates: [candidate], usageMetadata: encodeUsage(reply.usage) })
    },
    fail: (error) => `data: ${JSON.stringify(encodeError(error, callId))}\n\n`,
  }
}

/** Words of a part that says more than words, thoughts that may be signed, calls. */
function isHeld(block: Block): boolean {
  if (block.type === 'tool-call') return true
  if (block.type === 'thinking') return block.dialect === dialect
  return block.type === 'text' && block.extras?.dialect === dialect
}

function whole({ block, text, signature }: Held): Block {
  switch (block.type) {
    case 'tool-call':
      return { ...block, input: block.input + text }
    case 'thinking':
      return { ...block, text: block.text + text, ...(signature !== '' && { signature }) }
    case 'text':
      return { ...block, text: block.text + text }
    default:
      return block
  }
}
