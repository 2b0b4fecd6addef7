import { asList, asObject, asText, type JsonObject } from '../json.ts'
import type { Problem } from '../problem.ts'

const maxThreads = 10_000

/** Conversations that the provider holds, each by the id of the answer that ended its last turn. */
export interface Threads {
  /** The body with what is held of its conversation; the problem where that is not held. */
  resume(body: JsonObject): { readonly body: JsonObject } | { readonly problem: Problem }
  /** Holds the conversation, where the body asks for it. `body` is whole, as `resume` gave it. */
  hold(body: JsonObject, reply: object): void
  clear(): void
}

export function threads(): Threads {
  const held = new Map<string, JsonObject>()
  return {
    resume(body) {
      const { type, previous_message_id: id } = asObject(body.thread)
      if (type !== 'continue') return { body }
      const before = held.get(asText(id))
      if (before === undefined) {
        return { problem: { kind: 'not-found', message: `Thread not found: ${asText(id)}`, code: 'thread_not_found' } }
      }
      return { body: { ...body, ...before, messages: [...asList(before.messages), ...asList(body.messages)] } }
    },
    hold(body, reply) {
      if (asObject(body.thread).type === undefined) return
      const { id, content } = asObject(reply)
      const { system, tools } = body
      const messages = [...asList(body.messages), { role: 'assistant', content }]
      held.set(asText(id), { ...(system !== undefined && { system }), ...(tools !== undefined && { tools }), messages })
      if (held.size > maxThreads) held.delete(held.keys().next().value!)
    },
    clear() {
      held.clear()
    },
  }
}
