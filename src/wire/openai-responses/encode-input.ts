import type { ClientDialect } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { type Block, type Message, type ToolResultBlock, textOf } from '../../core/message.ts'
import type { Quirks } from '../codec.ts'
import type { LossList } from '../losses.ts'
import { withBreakpoint } from '../openai/breakpoint.ts'
import { text } from '../openai/fields.ts'
import type { Place } from '../place.ts'
import { placesOf } from '../places.ts'
import { fitId } from '../tool-id.ts'
import { asContent, encodePart } from './encode-content.ts'
import { encodeItems, idRule } from './encode-item.ts'
import { itemId, ownFields } from './extras.ts'
import { isInstructions } from './places.ts'

/** A conversation as the API has it. */
export interface EncodedInput {
  readonly instructions?: string
  readonly input: readonly JsonObject[]
}

/** What is known of a conversation beside its messages. */
export interface EncodeInputOptions {
  /** The dialect that said it. */
  readonly spoken: ClientDialect
  /** Whether what came before lies with the provider. */
  readonly isHeld: boolean
}

/**
 * The conversation in items. A leading system prompt of one text is `instructions`; other system messages stand where they
 * stood. Tool results stand ahead of the user's words beside them; a failed one is marked by `Error: ` before its text.
 */
export function encodeInput(
  messages: readonly Message[],
  quirks: Quirks,
  losses: LossList,
  { spoken, isHeld }: EncodeInputOptions,
): EncodedInput {
  const places = placesOf(messages, spoken)
  const [first, ...others] = messages
  // A conversation of nothing but a system prompt is what is asked, and something has to be asked.
  if (!first || !isInstructions(first) || (others.length === 0 && !isHeld)) {
    return { input: messages.flatMap((message, i) => encodeMessage(message, places[i]!, quirks, losses)) }
  }
  losses.foreignExtras(first.extras, places[0]!.message)
  const input = others.flatMap((message, i) => encodeMessage(message, places[i + 1]!, quirks, losses))
  return { instructions: textOf(first.content), input }
}

function encodeMessage(message: Message, place: Place, quirks: Quirks, losses: LossList): JsonObject[] {
  losses.foreignExtras(message.extras, place.message)
  switch (message.role) {
    case 'system':
      return encodeSystem(message, place, quirks, losses)
    case 'user':
      return encodeUser(message, place, losses)
    case 'assistant':
      return encodeItems(message.content, { path: (index) => place.block(index), losses })
  }
}

function encodeSystem(message: Message, place: Place, { developerRole }: Quirks, losses: LossList): JsonObject[] {
  const { role, ...fields } = ownFields(message.extras)
  const parts = encodeParts(message.content, (j) => place.block(j), losses)
  if (parts.length === 0 && message.content.length > 0) return []
  const said = text(role) || (developerRole ? 'developer' : 'system')
  return [{ role: said, content: asContent(parts), ...identity(message), ...fields }]
}

function encodeUser(message: Message, place: Place, losses: LossList): JsonObject[] {
  const results: JsonObject[] = []
  const parts: JsonObject[] = []
  for (const [j, block] of message.content.entries()) {
    const path = place.block(j)
    if (block.type === 'tool-result') {
      if (parts.length > 0) losses.approximated(path, 'it moved ahead of the words before it.')
      results.push(encodeResult(block, path, losses))
    } else {
      const part = encodePart(block, path, losses)
      if (part) parts.push(part)
    }
  }
  if (parts.length === 0 && message.content.length > 0) return results
  return [...results, { role: 'user', content: asContent(parts), ...identity(message), ...ownFields(message.extras) }]
}

/** A message that came under an id goes back under it. */
function identity({ extras }: Message): JsonObject {
  const id = itemId(extras)
  return id === '' ? {} : { id, type: 'message' }
}

function encodeParts(blocks: readonly Block[], path: (index: number) => string, losses: LossList): JsonObject[] {
  return blocks.map((block, j) => encodePart(block, path(j), losses)).filter((part) => part !== undefined)
}

function encodeResult(block: ToolResultBlock, path: string, losses: LossList): JsonObject {
  losses.foreignExtras(block.extras, path)
  const parts = encodeParts(block.content, (k) => `${path}.content[${k}]`, losses)
  if (block.isError) {
    losses.approximated(`${path}.is_error`, 'said by "Error: " before its text.')
    const first = parts.findIndex(({ type }) => type === 'input_text')
    const said = first === -1 ? undefined : parts.splice(first, 1)[0]
    parts.unshift({ ...said, type: 'input_text', text: `Error: ${text(said?.text)}` })
  }
  if (parts.length > 0) parts.push(withBreakpoint(parts.pop()!, block.cache))
  const id = itemId(block.extras)
  return {
    ...(id !== '' && { id }),
    type: 'function_call_output',
    call_id: fitId(block.callId, idRule),
    output: asContent(parts),
    ...ownFields(block.extras),
  }
}
