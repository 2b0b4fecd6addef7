import type { Call } from '../core/call.ts'
import { addCost, type Cost, noCost } from '../core/cost.ts'
import type { Delta } from '../core/delta.ts'
import type { Handler } from '../core/handler.ts'
import type { CachedReply } from '../core/ports.ts'
import { replyWithoutModel } from '../core/replay.ts'
import type { Reply } from '../core/reply.ts'
import type { ModelRequest } from '../core/request.ts'
import { callKey } from './call-key.ts'

/** What the cache of vectors stands on: a store that is asked with patience, and may fail. */
export interface KeptVectors {
  /** What is kept under each key, in order; undefined where nothing is. */
  find(keys: readonly string[]): Promise<readonly (CachedReply | undefined)[]>
  /** Resolves to whether it was kept. */
  keep(entries: readonly (readonly [key: string, value: CachedReply])[]): Promise<boolean>
}

/**
 * Looks up each text of a request for vectors by itself and asks for those that are not kept, each once: a list of which one text
 * has changed costs one text. Where nothing is kept the call goes on as it came, bytes and all. What was kept of another model than
 * answers now is asked for again: vectors of two models are never given together. Linear in the texts.
 */
export async function* cacheEmbeddings(
  next: Handler,
  call: Call,
  { find, keep }: KeptVectors,
): AsyncGenerator<Delta, Reply, void> {
  const { messages } = call.request
  const keys = messages.map((message) => keyOf(call, message))
  const places = new Map<string, number>()
  for (const [index, key] of keys.entries()) if (!places.has(key)) places.set(key, index)
  const found = await find(keys)
  if (call.signal.aborted) throw call.signal.reason
  const first = found.find((value) => value !== undefined)?.reply
  const isOneModel = first !== undefined && areOfOneModel(first, found)
  const kept = isOneModel ? found.map((value) => value?.reply.vectors?.[0]) : []

  async function* ask(missing: readonly string[]): AsyncGenerator<Delta, Answered, void> {
    const asked = missing.map((key) => messages[places.get(key)!]!)
    const reply = yield* next(asked.length === messages.length ? call : without(call, asked))
    const fresh = new Map(missing.map((key, index) => [key, reply.vectors?.[index]]))
    if (reply.source !== 'coalesced' && (call.accepts?.(reply) ?? true)) {
      const cost = shareOf(reply.cost, missing.length)
      const isKept = await keep(missing.map((key) => [key, oneOf(reply, fresh.get(key), cost)]))
      if (isKept) call.story.note({ type: 'cache-stored' })
    }
    return { reply, fresh }
  }

  const all = [...places.keys()]
  const missing = all.filter((key) => !kept[places.get(key)!])
  if (missing.length === 0 && first) {
    call.story.note({ type: 'cache-hit' })
    const sparedCost = found.reduce((sum, value) => addCost(sum, value?.reply.cost ?? noCost), noCost)
    return merged({ ...replyWithoutModel(call.id, 'cache', first.model, []), target: first.target, sparedCost }, kept)
  }
  const hits = kept.filter((vector) => vector !== undefined).length
  call.story.note({ type: 'cache-miss', ...(hits > 0 && { kept: hits, texts: messages.length }) })
  let answered = yield* ask(missing)
  if (hits > 0 && !areOfOneModel(answered.reply, found)) {
    kept.length = 0
    answered = yield* ask(all)
  }
  const { reply, fresh } = answered
  if (reply.vectors?.length === messages.length) return reply
  return merged(
    reply,
    keys.map((key, index) => kept[index] ?? fresh.get(key)),
  )
}

interface Answered {
  readonly reply: Reply
  readonly fresh: ReadonlyMap<string, readonly number[] | undefined>
}

/** Whether what is kept can be compared with an answer, as far as can be seen: the same length, and one target's word for its model. */
function areOfOneModel({ target, model, vectors }: Reply, kept: readonly (CachedReply | undefined)[]): boolean {
  const length = vectors?.[0]?.length
  return kept.every(
    (value) =>
      !value ||
      (value.reply.vectors?.[0]?.length === length && (value.reply.target !== target || value.reply.model === model)),
  )
}

/** The key of one text. How its vector is written for the client, and for whom it is, changes nothing about it. */
function keyOf(call: Call, message: ModelRequest['messages'][number]): string {
  const { operation, dimensions, extensions } = call.request
  const said = Object.entries(extensions ?? {}).map(([dialect, fields]) => {
    const { encoding_format: _, ...rest } = fields
    return [dialect, rest] as const
  })
  const matters = said.filter(([, fields]) => Object.keys(fields).length > 0)
  const request: ModelRequest = {
    operation,
    dimensions,
    messages: [message],
    stream: false,
    ...(matters.length > 0 && { extensions: Object.fromEntries(matters) }),
  }
  return callKey({ ...call, wire: undefined, request })
}

/** The client's own bytes ask for more than this. */
const without = (call: Call, messages: ModelRequest['messages']): Call => ({
  ...call,
  wire: undefined,
  request: { ...call.request, messages },
})

/** The provider's bytes hold some of the vectors only. */
const merged = (
  { wire: _, ...reply }: Reply,
  vectors: Reply['vectors'] | (readonly number[] | undefined)[],
): Reply => ({
  ...reply,
  vectors: (vectors ?? []).filter((vector) => vector !== undefined),
})

/** What one of so many texts cost: providers bill the list, so it is an estimate. */
const shareOf = ({ nanoUsd, ...cost }: Cost, texts: number): Cost =>
  nanoUsd === null ? { ...cost, nanoUsd } : { ...cost, nanoUsd: Math.round(nanoUsd / texts), status: 'estimated' }

function oneOf({ model, target, callId }: Reply, vector: readonly number[] | undefined, cost: Cost): CachedReply {
  const reply = { ...replyWithoutModel(callId, 'provider', model, []), target, cost }
  return { deltas: [], reply: { ...reply, ...(vector && { vectors: [vector] }) } }
}
