import type { Delta } from '../core/delta.ts'
import type { ClientDialect } from '../core/dialect.ts'
import type { JsonValue } from '../core/json.ts'
import type { Block, ThinkingBlock } from '../core/message.ts'
import type { StreamEncoder } from './codec.ts'
import { needsSeal, sealed, takeProof } from './seal-thoughts.ts'
import { sealThought } from './sealed-thought.ts'

/** A thought that is being shown, and what its seal will hold. */
interface Shown {
  readonly block: ThinkingBlock
  text: string
  signature: string
  readonly fields: Record<string, JsonValue[]>
}

type Numbered = Exclude<Delta, { readonly type: 'frames' | 'restart' }>

/**
 * The same for a stream: see {@link sealThoughts}. Words of a thought go out as they come, its seal once it has ended; for clients of
 * Gemini's, who get a signature with the words that it belongs to, in a part of its own that holds them, too.
 */
export function sealStream(encoder: StreamEncoder, client: ClientDialect): StreamEncoder {
  const thoughts = new Map<number, Shown>()
  const numbers = new Map<number, number>()
  let next = 0

  const send = (delta: Numbered): string =>
    encoder.push({ ...delta, index: numbers.get(delta.index) ?? delta.index } as Delta)
  const insert = (block: Block): string => {
    const index = next++
    return encoder.push({ type: 'block-start', index, block }) + encoder.push({ type: 'block-end', index })
  }
  const begin = (index: number, block: Block): string => {
    numbers.set(index, next++)
    return send({ type: 'block-start', index, block })
  }
  const start = (index: number, block: Block): string => {
    if (block.type !== 'thinking') {
      const { proof, rest } = takeProof(block, client)
      return (proof ? insert(proof) : '') + begin(index, rest)
    }
    if (!needsSeal(block, client)) return begin(index, block)
    if (block.redacted !== undefined) return begin(index, sealed(block, client))
    thoughts.set(index, { block, text: block.text, signature: block.signature ?? '', fields: {} })
    const { signature: _, ...unsigned } = block
    // Words of Gemini's own thoughts are held until they are signed; others flow.
    return begin(index, client === 'gemini' ? unsigned : { type: 'thinking', text: block.text, dialect: client })
  }
  const end = (index: number): string => {
    const shown = thoughts.get(index)
    thoughts.delete(index)
    if (!shown) return send({ type: 'block-end', index })
    const thought = whole(shown)
    if (client === 'gemini') {
      const signature = sealThought(thought, true)
      return send({ type: 'block-end', index }) + insert({ type: 'thinking', text: '', dialect: client, signature })
    }
    // Its own signature is its own.
    const signature = needsSeal(thought, client) ? sealThought(thought) : shown.signature
    return send({ type: 'signature-delta', index, signature }) + send({ type: 'block-end', index })
  }
  const push = (delta: Delta): string => {
    switch (delta.type) {
      case 'frames':
        return encoder.push(delta)
      case 'restart':
        thoughts.clear()
        numbers.clear()
        next = 0
        return encoder.push(delta)
      case 'block-start':
        return start(delta.index, delta.block)
      case 'block-end':
        return end(delta.index)
      case 'signature-delta': {
        const shown = thoughts.get(delta.index)
        if (!shown) return send(delta)
        shown.signature += delta.signature
        return ''
      }
      case 'thinking-delta': {
        const shown = thoughts.get(delta.index)
        if (shown) shown.text += delta.text
        return send(delta)
      }
      case 'extra-delta': {
        const shown = thoughts.get(delta.index)
        if (shown?.block.dialect !== 'ai-sdk' || delta.dialect !== 'ai-sdk') return send(delta)
        shown.fields[delta.key] ??= []
        shown.fields[delta.key]?.push(delta.value)
        return ''
      }
      default:
        return send(delta)
    }
  }

  return {
    push,
    get losses() {
      return encoder.losses
    },
    end: (reply) => [...thoughts.keys()].map(end).join('') + encoder.end(reply),
    fail: (error, passed) => encoder.fail(error, passed),
  }
}

function whole({ block, text, signature, fields }: Shown): ThinkingBlock {
  const hasMore = Object.keys(fields).length > 0
  return {
    ...block,
    text,
    ...(signature !== '' && { signature }),
    ...(hasMore && { extras: { dialect: block.dialect, fields: { ...block.extras?.fields, ...fields } } }),
  }
}
