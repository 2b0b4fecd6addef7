import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Block, Message, ToolCallBlock } from '../../core/message.ts'
import type { Reply } from '../../core/reply.ts'
import { problemOf, readJson } from '../../structured/read-json.ts'

/** The conversation of a run so far, and what of it is told when it ends. */
export interface Conversation {
  readonly messages: Message[]
  /** How many of them the last call sent. */
  sent: number
  reply?: Reply
  /** What the model has said since tools last answered it. */
  text: string
  /** What it said last, where it said anything. */
  lastText: string
}

/** A conversation that begins with these messages. */
export function beginConversation(messages: readonly Message[]): Conversation {
  return { messages: [...messages], sent: 0, text: '', lastText: '' }
}

/** Adds an answer of the model's. One that goes on after a pause goes on with its text, too. */
export function addReply(conversation: Conversation, reply: Reply): void {
  conversation.reply = reply
  conversation.text += reply.text
  if (conversation.text !== '') conversation.lastText = conversation.text
  if (reply.content.length > 0) conversation.messages.push(answered(reply.content))
}

/** Adds what the tools answered. */
export function addResults(conversation: Conversation, results: Message): void {
  conversation.messages.push(results)
  conversation.text = ''
}

/** What the model wrote as the arguments of a tool, or why they are none. */
export type WrittenArguments =
  | { readonly type: 'object'; readonly value: JsonObject }
  | { readonly type: 'unreadable'; readonly why: string }

/** Reads the JSON that the model wrote as arguments. Nothing at all is no arguments. */
export function writtenArguments({ input }: ToolCallBlock): WrittenArguments {
  if (input.trim() === '') return { type: 'object', value: {} }
  const read = readJson(input)
  // The parser's own message would quote them, and they belong in no record.
  if (read.type === 'unreadable' || read.repair !== 'exact')
    return { type: 'unreadable', why: `They are no JSON: ${problemOf(input)}.` }
  const { value } = read
  return isJsonObject(value) ? { type: 'object', value } : { type: 'unreadable', why: 'They are no JSON object.' }
}

/** The tools that an answer asks for. An id that comes twice is one call: the first. */
export function callsIn(content: readonly Block[]): ToolCallBlock[] {
  return withoutRepeats(content).filter((block) => block.type === 'tool-call')
}

/**
 * An answer on its way back to the model: its blocks exactly as they came, with thinking, signatures and the dialect's own. Only
 * what a provider would refuse is different: a tool call whose id came before is left out, and arguments that are no JSON object
 * stand as a text within one.
 */
function answered(content: readonly Block[]): Message {
  return { role: 'assistant', content: withoutRepeats(content).map(sendable) }
}

function withoutRepeats(content: readonly Block[]): Block[] {
  const ids = new Set<string>()
  return content.filter((block) => {
    if (block.type !== 'tool-call') return true
    if (ids.has(block.id)) return false
    ids.add(block.id)
    return true
  })
}

function sendable(block: Block): Block {
  if (block.type !== 'tool-call' || writtenArguments(block).type === 'object') return block
  return { ...block, input: JSON.stringify({ unreadable: block.input }) }
}
