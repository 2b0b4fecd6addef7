import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block, Message, ToolResultBlock } from '../../core/message.ts'
import type { Quirks } from '../codec.ts'
import type { LossList } from '../losses.ts'
import { withBreakpoint } from '../openai/breakpoint.ts'
import { text } from '../openai/fields.ts'
import type { Place } from '../place.ts'
import { placesOf } from '../places.ts'
import { fitId } from '../tool-id.ts'
import { asContent, encodeCustomCall, encodePart, encodeToolCall, idRule } from './encode-content.ts'
import { ownFields, thinkingField } from './extras.ts'
import { dialect } from './types.ts'

/**
 * The conversation in the dialect's roles. Tool results become messages of their own, ahead of the user's words beside them;
 * a failed one is marked by `Error: ` before its text; pictures and files inside one move to the user message that follows.
 */
export function encodeMessages(
  messages: readonly Message[],
  quirks: Quirks,
  losses: LossList,
  spoken: ClientDialect,
): JsonObject[] {
  const places = placesOf(messages, spoken)
  const turns = messages.map((message, i): Turn => ({ message, place: places[i]! }))
  const joined = spoken === dialect ? turns : joinCallers(turns, losses)
  const written: JsonObject[] = []
  let heard: Heard = { results: [], words: [] }
  const flush = (): void => {
    written.push(...heard.results, ...heard.words)
    heard = { results: [], words: [] }
  }
  for (const { message, place } of joined) {
    losses.foreignExtras(message.extras, place.message)
    if (message.role === 'system') heard.words.push(...encodeSystem(message, place, quirks, losses))
    else if (message.role === 'user') encodeUser(message, place, heard, losses)
    else {
      flush()
      written.push(...encodeAssistant(message, place, losses))
    }
  }
  flush()
  return written
}

interface Turn {
  readonly message: Message
  readonly place: Place
}

/** An assistant who goes on after a call, as other dialects allow, goes on in the same message: results must follow it at once. */
function joinCallers(turns: readonly Turn[], losses: LossList): Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    const hasCalled =
      last?.message.role === 'assistant' && last.message.content.some(({ type }) => type === 'tool-call')
    if (!last || !hasCalled || turn.message.role !== 'assistant') {
      joined.push(turn)
      continue
    }
    losses.foreignExtras(turn.message.extras, turn.place.message)
    const { content } = last.message
    const block = (j: number) => (j < content.length ? last.place.block(j) : turn.place.block(j - content.length))
    const message = { ...last.message, content: [...content, ...turn.message.content] }
    joined[joined.length - 1] = { message, place: { message: last.place.message, block } }
  }
  return joined
}

/** What was said since the assistant spoke: the dialect wants all that its tools answered before anything else. */
interface Heard {
  readonly results: JsonObject[]
  readonly words: JsonObject[]
}

function encodeSystem(message: Message, place: Place, { developerRole }: Quirks, losses: LossList): JsonObject[] {
  const { role: _, ...fields } = ownFields(message.extras)
  const parts = encodeParts(message.content, place, losses)
  if (parts.length === 0 && message.content.length > 0) return []
  return [{ role: developerRole ? 'developer' : 'system', content: asContent(parts), ...fields }]
}

function encodeParts(blocks: readonly Block[], place: Place, losses: LossList): JsonObject[] {
  const parts = blocks.map((block, j) => encodePart(block, place.block(j), losses))
  return parts.filter((part) => part !== undefined)
}

function encodeUser(message: Message, place: Place, heard: Heard, losses: LossList): void {
  const [only] = message.content
  if (only?.type === 'opaque' && only.dialect === dialect && isJsonObject(only.value)) {
    // Messages that only this dialect has: the result of a custom tool stands with the others.
    if (only.value.role === 'tool') return void heard.results.push(only.value)
    if (only.value.role === 'function') return void heard.words.push(only.value)
  }
  const moved: JsonObject[] = []
  const parts: JsonObject[] = []
  for (const [j, block] of message.content.entries()) {
    const path = place.block(j)
    if (block.type === 'tool-result') {
      if (heard.words.length + parts.length > 0) losses.approximated(path, 'it moved ahead of the words before it.')
      const result = encodeToolResult(block, path, losses)
      heard.results.push(result.message)
      moved.push(...result.moved)
    } else {
      const part = encodePart(block, path, losses)
      if (part) parts.push(part)
    }
  }
  const spoken = [...moved, ...parts]
  if (spoken.length === 0 && message.content.length > 0) return
  heard.words.push({ role: 'user', content: asContent(spoken), ...ownFields(message.extras) })
}

function encodeToolResult(
  block: ToolResultBlock,
  path: string,
  losses: LossList,
): { message: JsonObject; moved: JsonObject[] } {
  losses.foreignExtras(block.extras, path)
  const texts: JsonObject[] = []
  const moved: JsonObject[] = []
  for (const [k, inner] of block.content.entries()) {
    const innerPath = `${path}.content[${k}]`
    const part = encodePart(inner, innerPath, losses)
    if (!part) continue
    if (part.type === 'text') {
      texts.push(part)
      continue
    }
    losses.approximated(innerPath, `moved to the next user message: a tool result holds only text in ${dialect}.`)
    if (moved.length === 0) moved.push({ type: 'text', text: `From the result of tool call ${block.callId}:` })
    moved.push(part)
  }
  if (texts.length === 0 && moved.length > 0) texts.push({ type: 'text', text: 'See the next user message.' })
  if (block.isError) {
    losses.approximated(`${path}.is_error`, 'said by "Error: " before its text.')
    const [first, ...others] = texts
    texts.splice(0, texts.length, { ...first, type: 'text', text: `Error: ${text(first?.text)}` }, ...others)
  }
  if (texts.length > 0) texts.push(withBreakpoint(texts.pop()!, block.cache))
  const message = {
    role: 'tool',
    tool_call_id: fitId(block.callId, idRule),
    content: asContent(texts),
    ...ownFields(block.extras),
  }
  return { message, moved }
}

function encodeAssistant(message: Message, place: Place, losses: LossList): JsonObject[] {
  const said = assistantFields(message.content, (j) => place.block(j), losses)
  const isEmpty = said.parts.length === 0 && Object.keys(said.fields).length === 0
  const own = ownFields(message.extras)
  if (isEmpty && message.content.length > 0 && Object.keys(own).length === 0) return []
  const hasOther = said.fields.tool_calls !== undefined || said.fields.refusal !== undefined
  const content = said.parts.length === 0 && hasOther ? null : asContent(said.parts)
  return [{ role: 'assistant', content, ...said.fields, ...own }]
}

/** What an assistant says, by the fields in which the dialect says it: content parts, and all else. */
function assistantFields(
  blocks: readonly Block[],
  path: (index: number) => string,
  losses: LossList,
): { parts: JsonObject[]; fields: JsonObject } {
  const parts: JsonObject[] = []
  const calls: JsonObject[] = []
  const thoughts: Record<string, string> = {}
  let refusal = ''
  let audio: string | undefined
  const speak = (block: Block, j: number): void => {
    const part = encodePart(block, path(j), losses)
    if (!part) return
    if (calls.length > 0) losses.approximated(path(j), 'it stood after a tool call.')
    parts.push(part)
  }
  for (const [j, block] of blocks.entries()) {
    switch (block.type) {
      case 'text':
        speak(block, j)
        break
      case 'thinking':
        if (block.dialect !== dialect) {
          losses.dropped(path(j), `reasoning goes back to ${block.dialect} only.`)
        } else if (block.text !== '') {
          const field = thinkingField(block.extras)
          thoughts[field] = (thoughts[field] ?? '') + block.text
        }
        break
      case 'refusal':
        losses.foreignExtras(block.extras, path(j))
        refusal += block.text
        break
      case 'tool-call':
        losses.foreignExtras(block.extras, path(j))
        calls.push(encodeToolCall(block))
        break
      case 'opaque': {
        const call = encodeCustomCall(block)
        audio ??= audioId(block)
        if (call) calls.push(call)
        else if (audioId(block) === undefined) speak(block, j)
        break
      }
      default:
        losses.dropped(path(j), `a ${block.type} cannot stand in an assistant message of ${dialect}.`)
    }
  }
  const fields: JsonObject = {
    ...thoughts,
    ...(refusal !== '' && { refusal }),
    ...(audio !== undefined && { audio: { id: audio } }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return { parts, fields }
}

/** The id of an answer in sound, by which the dialect refers back to it. */
function audioId(block: Block): string | undefined {
  if (block.type !== 'opaque' || block.dialect !== dialect || !isJsonObject(block.value)) return undefined
  return block.value.type === 'audio' ? text(block.value.id) : undefined
}
