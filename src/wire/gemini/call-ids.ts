import type { Block, Message } from '../../core/message.ts'
import { InvalidRequest } from '../../errors/index.ts'

/**
 * Function calls of this dialect may come without an id, and other dialects cannot do without one: then it is made, the same
 * one for the same place, and left out again on the way back. Within 40 characters, for OpenAI takes no longer one.
 */
const prefix = 'call_gemini_'

/** The id of the call at this place of an answer. */
export function idInAnswer(responseId: string, ordinal: number): string {
  return `${prefix}${responseId.replace(/[^\w-]/g, '').slice(-24)}_${ordinal}`
}

/** The id as the dialect has it: nothing where it was made here. */
export function ownId(id: string): { readonly id?: string } {
  return id.startsWith(prefix) ? {} : { id }
}

/** Knows which calls of a conversation are unanswered, while it is read. */
export interface CallBook {
  /** A call is made: its id. */
  called(name: string, id: string | undefined, path: string): string
  /** A response has come: the id of the call that it answers. Throws `InvalidRequest` where none is open. */
  answered(name: string, id: string | undefined, path: string): string
  /** The model speaks anew: what it called before stays unanswered. */
  turn(): void
}

/** A book for one conversation. A response belongs to the call of its id; without one, to the first open call of its name. */
export function callBook(): CallBook {
  const ids = new Set<string>()
  let open: { readonly id: string; readonly name: string }[] = []
  let count = 0
  return {
    called: (name, given, path) => {
      const id = given || `${prefix}${count}`
      count++
      if (ids.has(id))
        throw new InvalidRequest(`${path}.id`, `the id "${id}" is used by two function calls of one turn.`)
      ids.add(id)
      open.push({ id, name })
      return id
    },
    answered: (name, given, path) => {
      const at = open.findIndex((call) => (given ? call.id === given : call.name === name))
      const call = open[at]
      if (!call) throw orphan(path, given || name)
      open.splice(at, 1)
      return call.id
    },
    turn: () => {
      open = []
      ids.clear()
    },
  }
}

function orphan(path: string, what: string): InvalidRequest {
  return new InvalidRequest(
    path,
    `"${what}" is no unanswered function call of the model's turn before it.`,
    'Put each functionResponse, once, into the turn right after the functionCall that it answers.',
  )
}

/** The names and the order of the calls of a conversation, by id: a response must say the name, and may come without the id. */
export function callsIn(messages: readonly Message[]): ReadonlyMap<string, CalledFunction> {
  const calls = new Map<string, CalledFunction>()
  for (const { content } of messages) {
    for (const block of content) if (isCall(block)) calls.set(block.id, { name: block.name, ordinal: calls.size })
  }
  return calls
}

/** A call that a response answers. */
export interface CalledFunction {
  readonly name: string
  readonly ordinal: number
}

const isCall = (block: Block): block is Extract<Block, { type: 'tool-call' }> => block.type === 'tool-call'
