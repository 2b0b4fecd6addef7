import type { ClientDialect } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Block, Message } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { LossList } from '../losses.ts'
import type { Place } from '../place.ts'
import { placesOf } from '../places.ts'
import { type CalledFunction, callsIn } from './call-ids.ts'
import { encodeBlock, isCallPart } from './encode-content.ts'
import { dialect, ownFields, text } from './extras.ts'
import type { WireContent, WirePart } from './types.ts'

/** A conversation as the API has it. */
export interface EncodedMessages {
  readonly system: WirePart[]
  readonly contents: WireContent[]
}

/** What a conversation is encoded for. */
export interface EncodeMessagesOptions {
  readonly model: string
  readonly spoken: ClientDialect
  readonly losses: LossList
}

/**
 * Places system messages (leading ones in the instruction; later ones in the user's turn), merges turns of one speaker, and
 * leaves out what is empty. Results stand in the order of their calls, for they may be told apart by nothing else. Throws
 * `InvalidRequest` where nothing is left, for a result without its call, and for a call before all words.
 */
export function encodeMessages(messages: readonly Message[], options: EncodeMessagesOptions): EncodedMessages {
  const { losses, spoken } = options
  const firstTurn = messages.findIndex(({ role }) => role !== 'system')
  // A conversation of nothing but system messages ends with what is asked, and the API wants somebody to ask it.
  const leading = firstTurn === -1 ? messages.length - 1 : firstTurn
  const calls = callsIn(messages)
  const places = placesOf(messages, spoken)
  const system: WirePart[] = []
  const contents: WireContent[] = []
  for (const [index, message] of messages.entries()) {
    const place = places[index]!
    ownFields(message.extras, place.message, losses)
    const parts = encodeBlocks(message, place, calls, losses)
    if (index < leading) system.push(...textOnly(parts, place.message, losses))
    else if (message.role === 'assistant') addTurn(contents, 'model', parts)
    else if (message.role === 'user') addTurn(contents, 'user', parts)
    else {
      losses.approximated(place.message, 'A system message within the conversation is sent as text of the user.')
      addTurn(contents, 'user', textOnly(parts, place.message, losses))
    }
  }
  if (contents.length === 0) {
    throw new InvalidRequest('messages', 'no message has content that can be sent.', 'Send at least one user message.')
  }
  if (spoken !== dialect && contents[0]?.role === 'model' && contents[0].parts.some(isCallPart)) {
    throw new InvalidRequest(
      places[leading]?.message ?? 'messages',
      'a function is called after words of the user at Google, and this conversation begins with a call.',
      'Put the user message before it that it answers.',
    )
  }
  return { system, contents: needsSignatures(options.model) ? contents.map((turn) => signed(turn, losses)) : contents }
}

function encodeBlocks(
  { content }: Message,
  place: Place,
  calls: ReadonlyMap<string, CalledFunction>,
  losses: LossList,
): WirePart[] {
  const paths = new Map(content.map((block, index) => [block, place.block(index)]))
  const parts: WirePart[] = []
  let proof: string | undefined
  for (const block of inOrderOfCalls(content, calls)) {
    // A signature without a thought is that of the part which follows, or stands alone.
    const isProof = block.type === 'thinking' && block.dialect === dialect && block.redacted !== undefined
    const part = isProof ? undefined : encodeBlock(block, paths.get(block)!, calls, losses)
    if (proof !== undefined && (isProof || part)) {
      if (part && canSign(part)) parts.push({ ...part, thoughtSignature: proof })
      else parts.push({ text: '', thoughtSignature: proof }, ...(part ? [part] : []))
      proof = undefined
    } else if (part) parts.push(part)
    if (isProof) proof = block.redacted
  }
  return proof === undefined ? parts : [...parts, { text: '', thoughtSignature: proof }]
}

function canSign(part: WirePart): boolean {
  return (isCallPart(part) || typeof (part as JsonObject).text === 'string') && !('thoughtSignature' in part)
}

/** Results first, as their calls were made. */
function inOrderOfCalls(content: readonly Block[], calls: ReadonlyMap<string, CalledFunction>): readonly Block[] {
  const results = content.filter((block) => block.type === 'tool-result')
  if (results.length === 0) return content
  const ordinal = (callId: string) => calls.get(callId)?.ordinal ?? 0
  const sorted = results.toSorted((left, right) => ordinal(left.callId) - ordinal(right.callId))
  return [...sorted, ...content.filter((block) => block.type !== 'tool-result')]
}

function textOnly(parts: WirePart[], path: string, losses: LossList): WirePart[] {
  const words = parts.filter((part) => 'text' in part && part.text !== undefined)
  if (words.length < parts.length) losses.dropped(path, 'A system prompt holds text only.')
  return words
}

function addTurn(contents: WireContent[], role: WireContent['role'], parts: WirePart[]): void {
  if (parts.length === 0) return
  const last = contents.at(-1)
  if (last?.role !== role) return void contents.push({ role, parts })
  const joined = [...last.parts, ...parts]
  const isResponse = (part: WirePart): boolean => 'functionResponse' in part
  // What functions answered follows the calls at once.
  const ordered = [...joined.filter(isResponse), ...joined.filter((part) => !isResponse(part))]
  contents[contents.length - 1] = { role, parts: role === 'user' ? ordered : joined }
}

/** From generation 3 on, the API refuses a call of the model's own whose signature has not come back. */
export function needsSignatures(model: string): boolean {
  return /(?:^|\/)gemini-(?:[3-9]|\d\d)/.test(model)
}

/** Stands for the signature of calls that another model made, or that have lost theirs, as Google's page on signatures has it. */
export const unsigned = 'skip_thought_signature_validator'

/** A turn whose first call, which carries the signature for all of them, has one. */
function signed({ role, parts }: WireContent, losses: LossList): WireContent {
  const first = parts.findIndex(isCallPart)
  const call = parts[first]
  if (role !== 'model' || !call || !isCallPart(call) || text(call.thoughtSignature) !== '') return { role, parts }
  losses.approximated(
    `tool call "${call.functionCall.name}"`,
    'The thought before it did not come back with it: the model goes on without.',
  )
  return { role, parts: parts.with(first, { ...call, thoughtSignature: unsigned }) }
}
