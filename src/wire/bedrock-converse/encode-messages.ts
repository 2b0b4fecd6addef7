import type { ClientDialect } from '../../core/dialect.ts'
import type { ModelRequest } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import { placesOf } from '../places.ts'
import { refusePrefill } from '../refuse-prefill.ts'
import type { Marked } from './cache-points.ts'
import { encodeBlock } from './encode-content.ts'
import { ownFields } from './extras.ts'
import type { Family } from './family.ts'
import { nameDocuments } from './media.ts'
import type { WireBlock } from './types.ts'

/** One turn, before its cache points are placed. */
export interface MarkedTurn {
  readonly role: 'user' | 'assistant'
  /** The place of its last message. */
  readonly path: string
  readonly content: Marked<WireBlock>[]
}

/** A conversation as the API has it, before its cache points are placed. */
export interface EncodedMessages {
  readonly system: Marked<{ text: string }>[]
  readonly turns: MarkedTurn[]
}

/** What a conversation is encoded for. */
export interface EncodeMessagesOptions {
  readonly model: string
  readonly family: Family
  readonly spoken: ClientDialect
  readonly losses: LossList
}

/**
 * Places system messages (leading ones apart; later ones in the user's turn), merges turns of one speaker, puts tool results before
 * what else the user says, and leaves out what is empty. Throws `InvalidRequest` where nothing is left, where the assistant speaks first,
 * and where it speaks last to a model that does not go on from its own words.
 */
export function encodeMessages(
  { messages, operation }: Pick<ModelRequest, 'messages' | 'operation'>,
  options: EncodeMessagesOptions,
): EncodedMessages {
  const { model, family, spoken, losses } = options
  const firstTurn = messages.findIndex(({ role }) => role !== 'system')
  // A conversation of nothing but system messages ends with what is asked, and the API wants somebody to ask it.
  const leading = firstTurn === -1 ? messages.length - 1 : firstTurn
  const nameDocument = nameDocuments()
  const places = placesOf(messages, spoken)
  const system: Marked<{ text: string }>[] = []
  const turns: MarkedTurn[] = []
  for (const [index, { role, content, extras }] of messages.entries()) {
    const place = places[index]!
    ownFields(extras, place.message, losses)
    const written: Marked<WireBlock>[] = []
    for (const [position, block] of content.entries()) {
      const path = place.block(position)
      const one = encodeBlock(block, path, { role, family, nameDocument, losses })
      if (one) written.push({ written: one, holder: block })
    }
    if (index < leading) system.push(...textOnly(written, place.message, losses))
    else if (role !== 'system') addTurn(turns, { role, path: place.message, content: written })
    else {
      losses.approximated(place.message, 'A system message within the conversation is sent as text of the user.')
      addTurn(turns, { role: 'user', path: place.message, content: textOnly(written, place.message, losses) })
    }
  }
  const [first] = turns
  if (!first) {
    throw new InvalidRequest('messages', 'no message has content that can be sent.', 'Send at least one user message.')
  }
  if (first.role === 'assistant') {
    throw new InvalidRequest(
      places[leading]?.message ?? 'messages',
      'a conversation begins with the user at Bedrock, and this one with the assistant.',
      'Put a user message before it, or move its words into the system prompt.',
    )
  }
  const last = turns.at(-1)
  if (last?.role === 'assistant' && operation === undefined) refusePrefill(model, last.path)
  return { system, turns: turns.map((turn) => withWords(resultsFirst(turn), losses)) }
}

function textOnly(blocks: Marked<WireBlock>[], path: string, losses: LossList): Marked<{ text: string }>[] {
  const isText = (block: Marked<WireBlock>): block is Marked<{ text: string }> =>
    'text' in block.written && typeof block.written.text === 'string'
  const words = blocks.filter(isText)
  if (words.length < blocks.length) losses.dropped(path, 'A system prompt holds text only.')
  return words
}

function addTurn(turns: MarkedTurn[], turn: MarkedTurn): void {
  if (turn.content.length === 0) return
  const last = turns.at(-1)
  if (last?.role !== turn.role) turns.push(turn)
  else turns[turns.length - 1] = { ...turn, content: [...last.content, ...turn.content] }
}

function resultsFirst(turn: MarkedTurn): MarkedTurn {
  const { content } = turn
  const isResult = ({ written }: Marked<WireBlock>) => 'toolResult' in written
  return { ...turn, content: [...content.filter(isResult), ...content.filter((block) => !isResult(block))] }
}

/** The API refuses a document in a turn without words: its name is said again. */
function withWords(turn: MarkedTurn, losses: LossList): MarkedTurn {
  const document = turn.content.find(({ written }) => 'document' in written)?.written
  const hasWords = turn.content.some(({ written }) => 'text' in written)
  if (!document || hasWords || !('document' in document)) return turn
  const { name } = document.document as { readonly name: string }
  losses.approximated(turn.path, `Bedrock wants words beside a document: its name ("${name}") was added as text.`)
  return { ...turn, content: [...turn.content, { written: { text: name } }] }
}
