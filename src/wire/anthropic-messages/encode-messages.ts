import type { ClientDialect } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/message.ts'
import type { ModelRequest } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { ChosenMarks } from '../cache-marks.ts'
import type { LossList } from '../losses.ts'
import { placesOf } from '../places.ts'
import { refusePrefill } from '../refuse-prefill.ts'
import { encodeBlocks, shorten } from './encode-content.ts'
import { dialect, ownFields } from './extras.ts'
import type { WireBlock, WireMessage } from './types.ts'

/** A conversation as the API has it. */
export interface EncodedMessages {
  readonly system: WireBlock[]
  readonly messages: WireMessage[]
}

/** What a conversation is encoded for. */
export interface EncodeMessagesOptions {
  readonly model: string
  readonly marks: ChosenMarks
  readonly losses: LossList
  readonly spoken: ClientDialect
}

interface Turn {
  readonly role: Message['role']
  readonly content: WireBlock[]
  readonly fields: JsonObject
  /** The places of its first and its last message. */
  readonly from: string
  readonly to: string
}

/**
 * Places system messages (leading ones at the top; later ones in the user's turn, unless this dialect itself put them where
 * they stand), merges turns of one speaker, and leaves out what is empty. Throws `InvalidRequest` where nothing is left, and, for
 * another dialect's, where the assistant speaks first, or last to a model that does not go on from its own words.
 */
export function encodeMessages(
  { messages, operation }: Pick<ModelRequest, 'messages' | 'operation'>,
  { model, marks, losses, spoken }: EncodeMessagesOptions,
): EncodedMessages {
  const firstTurn = messages.findIndex((message) => message.role !== 'system' || isPlaced(message))
  // A conversation of nothing but system messages ends with what is asked, and Anthropic wants somebody to ask it.
  const leading = firstTurn === -1 ? messages.length - 1 : firstTurn
  const system: WireBlock[] = []
  const turns: Turn[] = []
  const places = placesOf(messages, spoken)
  for (const [index, message] of messages.entries()) {
    const place = places[index]!
    const path = place.message
    const content = encodeBlocks(message.content, place.block, marks, losses)
    const { role: _, ...fields } = ownFields(message.extras, path, losses)
    if (index < leading) system.push(...textOnly(content, path, losses))
    else if (message.role !== 'system') addTurn(turns, { role: message.role, content, fields, from: path, to: path })
    else if (isPlaced(message))
      addTurn(turns, { role: 'system', content: textOnly(content, path, losses), fields, from: path, to: path })
    else {
      losses.approximated(path, 'A system message within the conversation is sent as text of the user.')
      addTurn(turns, { role: 'user', content: textOnly(content, path, losses), fields, from: path, to: path })
    }
  }
  if (turns.length === 0) {
    throw new InvalidRequest('messages', 'no message has content that can be sent.', 'Send at least one user message.')
  }
  if (spoken === dialect) return { system, messages: turns.map(encodeTurn) }
  if (operation === undefined) checkSpeakers(turns, model)
  return { system, messages: withoutLastSpace(turns, losses).map(encodeTurn) }
}

/** Whether the decoder of this dialect found the system message within the conversation. */
function isPlaced({ extras }: Message): boolean {
  return extras?.dialect === dialect && extras.fields.role === 'system'
}

/** Who speaks this dialect is told by the API itself; a count takes any conversation. */
function checkSpeakers(turns: readonly Turn[], model: string): void {
  const [first] = turns
  if (first?.role === 'assistant') {
    throw new InvalidRequest(
      first.from,
      'a conversation begins with the user at Anthropic, and this one with the assistant.',
      'Put a user message before it, or move its words into the system prompt.',
    )
  }
  const last = turns.at(-1)
  if (last?.role === 'assistant') refusePrefill(model, last.to)
}

function textOnly(content: WireBlock[], path: string, losses: LossList): WireBlock[] {
  const text = content.filter((block) => block.type === 'text')
  if (text.length < content.length) losses.dropped(path, 'A system prompt holds text only.')
  return text
}

function addTurn(turns: Turn[], turn: Turn): void {
  if (turn.content.length === 0) return
  const last = turns.at(-1)
  if (!last || last.role !== turn.role || turn.role === 'system') return void turns.push(turn)
  turns[turns.length - 1] = {
    role: turn.role,
    content: [...last.content, ...turn.content],
    fields: { ...last.fields, ...turn.fields },
    from: last.from,
    to: turn.to,
  }
}

/** The API refuses white space at the end of an answer that it is to go on with. */
function withoutLastSpace(turns: Turn[], losses: LossList): Turn[] {
  const last = turns.at(-1)
  const words = last?.content.at(-1)
  if (last?.role !== 'assistant' || words?.type !== 'text' || typeof words.text !== 'string') return turns
  if (!/\s$/.test(words.text)) return turns
  losses.approximated(last.to, 'Anthropic goes on from no white space: that at its end is left out.')
  const text: WireBlock = { ...words, text: words.text.trimEnd() }
  return turns.with(-1, { ...last, content: last.content.with(-1, text) })
}

function encodeTurn({ role, content, fields }: Turn): WireMessage {
  const isResult = (block: WireBlock) => block.type === 'tool_result'
  const ordered = [...content.filter(isResult), ...content.filter((block) => !isResult(block))]
  return { role, content: shorten(ordered), ...fields }
}
