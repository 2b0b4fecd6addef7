import type { CachePolicy } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { type Cost, noCost } from '../core/cost.ts'
import type { Delta } from '../core/delta.ts'
import { type Handler, mapAnswer, type Stage } from '../core/handler.ts'
import { maxInputs } from '../core/max-inputs.ts'
import type { CachedReply, ReplyCache } from '../core/ports.ts'
import type { Reply } from '../core/reply.ts'
import { cacheEmbeddings, type KeptVectors } from './cache-embeddings.ts'
import { callKey } from './call-key.ts'
import { interruptible } from './interruptible.ts'
import { aliasOf } from './routed.ts'

/** What the cache needs. */
export interface CacheOptions {
  readonly store: ReplyCache
  /** Default: the machine's. */
  readonly clock?: Clock
  /** A store that takes longer, in milliseconds, is not waited for. Default 250. */
  readonly patienceMs?: number
}

/**
 * Keeps whole replies of aliases that opted in, streams too: a hit replays the same deltas and costs nothing. Only complete
 * answers in words that the call accepts are kept: truncations, refusals and tool calls never are. Vectors are kept one by one. A
 * cache that fails, is slow, or gives what is no whole reply, is a miss.
 */
export function cache({ store, clock = systemClock, patienceMs = 250 }: CacheOptions): Stage {
  /** What the store gives in time; undefined where it fails, is slow, or the signal aborts. */
  const ask = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> => {
    const patience = interruptible()
    const giveUp = () => patience.interrupt(undefined)
    const timer = clock.timer(patienceMs, giveUp)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await patience.wait(work())
    } catch {
      return undefined
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', giveUp)
    }
  }
  /** A store may be shared, and older than this release: what is in it is no reply until it looks like one. */
  const get = async (key: string): Promise<CachedReply | undefined> => {
    const kept = await store.get(key)
    return kept && isReply(kept) ? kept : undefined
  }
  const keep = async (
    entries: readonly (readonly [key: string, value: CachedReply])[],
    ttlSeconds: number,
    { signal }: Call,
  ): Promise<boolean> => {
    const isStored = await ask(async () => {
      await Promise.all(entries.map(([key, value]) => store.set(key, value, ttlSeconds)))
      return true
    }, signal)
    return isStored ?? false
  }
  const keptVectors = (call: Call, { ttlSeconds }: CachePolicy): KeptVectors => ({
    find: async (keys) => (await ask(() => Promise.all(keys.map(get)), call.signal)) ?? keys.map(nothing),
    keep: (entries) => keep(entries, ttlSeconds, call),
  })

  async function* lookUp(next: Handler, call: Call, { ttlSeconds }: CachePolicy): AsyncGenerator<Delta, Reply, void> {
    const key = callKey(call)
    const cached = await ask(() => get(key), call.signal)
    if (call.signal.aborted) throw call.signal.reason
    if (cached) {
      call.story.note({ type: 'cache-hit' })
      yield* cached.deltas
      const { cost: sparedCost } = cached.reply
      return {
        ...cached.reply,
        source: 'cache',
        cost: noCost,
        ...(isCost(sparedCost) && { sparedCost }),
        callId: call.id,
      }
    }
    call.story.note({ type: 'cache-miss' })
    const deltas: Delta[] = []
    const keepDelta = (delta: Delta) => {
      // What was void when it was said is not said again.
      if (delta.type === 'restart') deltas.length = 0
      else deltas.push(delta)
      return delta
    }
    const reply = yield* mapAnswer(next(call), keepDelta)
    if (isCacheable(reply) && (call.accepts?.(reply) ?? true)) {
      if (await keep([[key, { deltas, reply }]], ttlSeconds, call)) call.story.note({ type: 'cache-stored' })
    }
    return reply
  }

  return (next) =>
    function cache(call) {
      const policy = aliasOf(call).cache
      if (!policy) return next(call)
      if (call.request.operation === 'embed') {
        const isKeepable = call.request.messages.length <= mostTexts
        return isKeepable ? cacheEmbeddings(next, call, keptVectors(call, policy)) : next(call)
      }
      return lookUp(next, call, policy)
    }
}

/** A list of more texts than any dialect takes is not looked up: its provider will refuse it, and a key for each takes time. */
const mostTexts = Math.max(...Object.values(maxInputs))

const nothing = () => undefined

function isReply({ deltas, reply }: Partial<CachedReply>): boolean {
  return Array.isArray(deltas) && Array.isArray(reply?.content) && reply.ending?.type === 'completed'
}

function isCost(cost: Partial<Cost> | undefined): boolean {
  return cost?.nanoUsd === null || Number.isSafeInteger(cost?.nanoUsd)
}

/** A follower's reply is its leader's to keep. */
function isCacheable({ ending, content, source }: Reply): boolean {
  return (
    ending.type === 'completed' &&
    ending.by !== 'tool-calls' &&
    source !== 'coalesced' &&
    content.every(({ type }) => type === 'text' || type === 'thinking')
  )
}
