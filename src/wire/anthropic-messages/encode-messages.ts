import type { ClientDialect } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { ChosenMarks } from '../cache-marks.ts'
import type { LossList } from '../losses.ts'
import { placesOf } from '../places.ts'
import { encodeBlocks, shorten } from './encode-content.ts'
import { dialect, ownFields } from './extras.ts'
import type { WireBlock, WireMessage } from './types.ts'

/** A conversation as the API has it. */
export interface EncodedMessages {
  readonly system: WireBlock[]
  readonly messages: WireMessage[]
}

interface Turn {
  readonly role: Message['role']
  readonly content: WireBlock[]
  readonly fields: JsonObject
}

/**
 * Places system messages (leading ones at the top; later ones in the user's turn, unless this dialect itself put them where
 * they stand), merges turns of one speaker, and leaves out what is empty. Throws `InvalidRequest` where nothing is left.
 */
export function encodeMessages(
  messages: readonly Message[],
  marks: ChosenMarks,
  losses: LossList,
  spoken: ClientDialect,
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
    else if (message.role !== 'system') addTurn(turns, { role: message.role, content, fields })
    else if (isPlaced(message)) addTurn(turns, { role: 'system', content: textOnly(content, path, losses), fields })
    else {
      losses.approximated(path, 'A system message within the conversation is sent as text of the user.')
      addTurn(turns, { role: 'user', content: textOnly(content, path, losses), fields })
    }
  }
  if (turns.length === 0) {
    throw new InvalidRequest('messages', 'no message has content that can be sent.', 'Send at least one user message.')
  }
  const said = spoken === dialect ? turns : withoutLastSpace(turns, places.at(-1)!.message, losses)
  return { system, messages: said.map(encodeTurn) }
}

/** Whether the decoder of this dialect found the system message within the conversation. */
function isPlaced({ extras }: Message): boolean {
  return extras?.dialect === dialect && extras.fields.role === 'system'
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
  }
}

/** The API refuses white space at the end of an answer that it is to go on with. */
function withoutLastSpace(turns: Turn[], path: string, losses: LossList): Turn[] {
  const last = turns.at(-1)
  const words = last?.content.at(-1)
  if (last?.role !== 'assistant' || words?.type !== 'text' || typeof words.text !== 'string') return turns
  if (!/\s$/.test(words.text)) return turns
  losses.approximated(path, 'Anthropic goes on from no white space: that at its end is left out.')
  const text: WireBlock = { ...words, text: words.text.trimEnd() }
  return turns.with(-1, { ...last, content: last.content.with(-1, text) })
}

function encodeTurn({ role, content, fields }: Turn): WireMessage {
  const isResult = (block: WireBlock) => block.type === 'tool_result'
  const ordered = [...content.filter(isResult), ...content.filter((block) => !isResult(block))]
  return { role, content: shorten(ordered), ...fields }
}
