import type { Delta } from './delta.ts'
import type { Tongue } from './dialect.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Block } from './message.ts'

/** Puts deltas together into the blocks that they spell. */
export interface Collector {
  add(delta: Delta): void
  /** The blocks so far; a block that has not ended is given as far as it came. */
  content(): Block[]
}

interface Growing {
  readonly block: Block
  text: string
  signature: string
  extras: { readonly dialect: Tongue; readonly fields: Record<string, JsonValue[]> } | undefined
}

/** An empty collector. Linear in what it is given. */
export function collect(): Collector {
  let blocks: Growing[] = []
  const at = (index: number): Growing => {
    const growing = blocks[index]
    if (!growing) throw new RangeError(`A delta names block ${index}, which has not started.`)
    return growing
  }
  const collector: Collector = {
    add: (delta) => {
      switch (delta.type) {
        case 'block-start':
          blocks[delta.index] = { block: delta.block, text: '', signature: '', extras: undefined }
          break
        case 'text-delta':
        case 'refusal-delta':
        case 'thinking-delta':
          at(delta.index).text += delta.text
          break
        case 'tool-input-delta':
          at(delta.index).text += delta.json
          break
        case 'signature-delta':
          at(delta.index).signature += delta.signature
          break
        case 'extra-delta': {
          const growing = at(delta.index)
          growing.extras ??= { dialect: delta.dialect, fields: {} }
          growing.extras.fields[delta.key] ??= []
          growing.extras.fields[delta.key]?.push(delta.value)
          break
        }
        case 'frames':
          for (const inner of delta.deltas) collector.add(inner)
          break
        case 'restart':
          blocks = []
          break
      }
    },
    content: () => blocks.filter((growing) => growing !== undefined).map(grown),
  }
  return collector
}

function grown({ block, text, signature, extras }: Growing): Block {
  const whole: Block = extras
    ? { ...block, extras: { dialect: extras.dialect, fields: { ...block.extras?.fields, ...copy(extras.fields) } } }
    : block
  switch (whole.type) {
    case 'text':
    case 'refusal':
      return { ...whole, text: whole.text + text }
    case 'thinking':
      return { ...whole, text: whole.text + text, ...(signature && { signature }) }
    case 'tool-call':
      return { ...whole, input: whole.input + text }
    default:
      return whole
  }
}

/** The lists go on growing; what was given out does not. */
function copy(lists: Readonly<Record<string, readonly JsonValue[]>>): JsonObject {
  return Object.fromEntries(Object.entries(lists).map(([key, values]) => [key, [...values]]))
}
