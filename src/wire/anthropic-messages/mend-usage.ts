import type { Delta } from '../../core/delta.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { DecodeContext } from '../codec.ts'
import { peekFields, spliceFields } from '../splice.ts'

/** As many as English has. */
const charactersPerToken = 4

/** The event as clients can read it, where it lacks its usage; else undefined. */
type Mend = (type: string, event: JsonObject, deltas: readonly Delta[], data: string) => string | undefined

/**
 * Anthropic's own clients break on a `message_start` or a `message_delta` without usage, which hosts of its dialect leave out: both get an
 * estimate there, all else stays as it was said. The books make their own.
 */
export function mendUsage({ estimateInput = () => 0 }: DecodeContext): Mend {
  let characters = 0

  const counted = (usage: JsonObject): string => {
    const output = Math.ceil(characters / charactersPerToken)
    return JSON.stringify({ ...usage, output_tokens: output })
  }
  return (type, event, deltas, data) => {
    for (const delta of deltas) characters += lengthOf(delta)
    if (type === 'message_delta') {
      const usage = isJsonObject(event.usage) ? event.usage : {}
      return counts(usage.output_tokens) ? undefined : framed(type, spliceFields(data, { usage: counted(usage) }))
    }
    if (type !== 'message_start' || !isJsonObject(event.message) || isJsonObject(event.message.usage)) return undefined
    const { message = '{}' } = peekFields(data, ['message'])
    const usage = counted({ input_tokens: estimateInput() })
    return framed(type, spliceFields(data, { message: spliceFields(message, { usage }) }))
  }
}

const counts = (value: unknown): boolean => typeof value === 'number'

/** A line feed within JSON is white space, and within a frame the end of a field. */
const framed = (type: string, data: string): string => `event: ${type}\ndata: ${data.replaceAll('\n', ' ')}\n\n`

function lengthOf(delta: Delta): number {
  switch (delta.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'thinking-delta':
      return delta.text.length
    case 'tool-input-delta':
      return delta.json.length
    default:
      return 0
  }
}
