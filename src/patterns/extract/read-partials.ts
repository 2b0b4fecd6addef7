import type { Delta } from '../../core/delta.ts'
import { isJsonObject } from '../../core/json.ts'
import { JsonReader } from '../../structured/json-reader.ts'
import { fenceOpening } from '../../structured/read-json.ts'

/** An answer's value as it grows. */
export interface Partials {
  /** Reads a delta; true where the value has grown. */
  push(delta: Delta): boolean
  /** As far as it has come; undefined before it begins. */
  readonly value: unknown
}

/** A first line that is longer opens no fence. */
const longestFence = 200

/** Reads the value out of an answer's text as it arrives, without the fence that may stand before it. */
export function readPartials(isWrapped: boolean): Partials {
  let reader = new JsonReader()
  /** What came before it was known whether a fence begins the answer; undefined afterwards. */
  let opening: string | undefined = ''
  let version = 0

  const read = (text: string) => {
    if (opening === undefined) return reader.push(text)
    // White space is let go at once: a model that is stuck in it writes megabytes of it.
    const begun = (opening + text).trimStart()
    opening = begun
    const mayBeFence = begun.startsWith('`') && begun.length <= longestFence && !begun.includes('\n')
    if (begun === '' || mayBeFence) return
    reader.push(begun.replace(fenceOpening, ''))
    opening = undefined
  }
  const each = (delta: Delta): void => {
    if (delta.type === 'text-delta') read(delta.text)
    else if (delta.type === 'block-start' && delta.block.type === 'text') read(delta.block.text)
    else if (delta.type === 'frames') for (const inner of delta.deltas) each(inner)
    else if (delta.type === 'restart') {
      reader = new JsonReader()
      opening = ''
      version = 0
    }
  }
  const partials = {
    value: undefined as unknown,
    push: (delta: Delta) => {
      each(delta)
      const hasGrown = reader.version > version
      version = reader.version
      partials.value = isWrapped ? (isJsonObject(reader.value) ? reader.value.value : undefined) : reader.value
      return hasGrown && partials.value !== undefined
    },
  }
  return partials
}
