import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type Collector, collect } from '../core/collect.ts'
import type { Delta } from '../core/delta.ts'
import type { Block } from '../core/message.ts'
import { type SpecVersion, writeContent, writeOpaque, writeProof, writeTextEnd } from './write-content.ts'

/** Writes an answer's deltas as parts of a stream. */
export interface StreamWriter {
  push(delta: Delta): readonly LanguageModelV4StreamPart[]
}

/** What is known of a block at its end; its words, which are told as they come, are not kept. */
interface OpenBlock {
  readonly block: Block
  readonly known: Collector
}

/** An empty writer. A block's metadata stands at its end, where all of it is known. */
export function streamWriter(version: SpecVersion): StreamWriter {
  const open = new Map<number, OpenBlock>()

  const start = (index: number, block: Block): LanguageModelV4StreamPart[] => {
    const known = collect()
    known.add({ type: 'block-start', index: 0, block })
    open.set(index, { block, known })
    const id = String(index)
    switch (block.type) {
      case 'text':
        return [{ type: 'text-start', id }, ...words('text-delta', id, block.text)]
      case 'refusal':
        return [{ type: 'text-start', id }, ...words('text-delta', id, block.text)]
      case 'thinking':
        return [{ type: 'reasoning-start', id }, ...words('reasoning-delta', id, block.text)]
      case 'tool-call':
        return [
          { type: 'tool-input-start', id: block.id, toolName: block.name },
          ...words('tool-input-delta', block.id, block.input),
        ]
      case 'opaque':
        return asParts(writeOpaque(block, version), id)
      default:
        throw new TypeError(`An answer holds no block of type ${block.type}.`)
    }
  }
  const end = (index: number): LanguageModelV4StreamPart[] => {
    const [block] = open.get(index)?.known.content() ?? []
    open.delete(index)
    const id = String(index)
    switch (block?.type) {
      case 'text':
        return [{ type: 'text-end', id, ...writeTextEnd(block) }]
      case 'refusal': {
        const { providerMetadata } = writeContent(block, version)
        return [{ type: 'text-end', id, providerMetadata }]
      }
      case 'thinking':
        return [{ type: 'reasoning-end', id, ...writeProof(block) }]
      case 'tool-call':
        return [
          { type: 'tool-input-end', id: block.id },
          writeContent(block, version) as Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>,
        ]
      default:
        return []
    }
  }
  const push = (delta: Delta): readonly LanguageModelV4StreamPart[] => {
    if (delta.type === 'frames') return delta.deltas.flatMap(push)
    switch (delta.type) {
      case 'block-start':
        return start(delta.index, delta.block)
      case 'text-delta':
      case 'refusal-delta':
        return words('text-delta', String(delta.index), delta.text)
      case 'thinking-delta':
        return words('reasoning-delta', String(delta.index), delta.text)
      case 'tool-input-delta':
        open.get(delta.index)?.known.add({ ...delta, index: 0 })
        return words('tool-input-delta', toolIdOf(open.get(delta.index)?.block), delta.json)
      case 'signature-delta':
      case 'extra-delta':
        open.get(delta.index)?.known.add({ ...delta, index: 0 })
        return []
      case 'block-end':
        return end(delta.index)
      case 'restart':
        throw new TypeError('An answer cannot start again in a stream of the AI SDK.')
    }
  }
  return { push }
}

const toolIdOf = (block: Block | undefined) => (block?.type === 'tool-call' ? block.id : '')

function words(
  type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta',
  id: string,
  delta: string,
): LanguageModelV4StreamPart[] {
  return delta === '' ? [] : [{ type, id, delta }]
}

/** A part of an answer that a stream tells in three. */
function asParts(part: ReturnType<typeof writeOpaque>, id: string): LanguageModelV4StreamPart[] {
  if (part.type !== 'reasoning') return [part as Exclude<typeof part, { type: 'text' | 'reasoning' }>]
  const { providerMetadata } = part
  return [
    { type: 'reasoning-start', id },
    { type: 'reasoning-end', id, providerMetadata },
  ]
}
