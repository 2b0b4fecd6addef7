import type { Call } from '../core/call.ts'
import { noCost } from '../core/cost.ts'
import type { Delta } from '../core/delta.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { CachedReply, ReplyCache } from '../core/ports.ts'
import type { Reply } from '../core/reply.ts'
import { callKey } from './call-key.ts'
import { aliasOf } from './routed.ts'

/**
 * Keeps whole replies of aliases that opted in, streams too: a hit replays the same deltas and costs nothing. Only complete
 * answers in words are kept: truncations, refusals and tool calls never are. A cache that fails is a miss.
 */
export function cache({ store }: { readonly store: ReplyCache }): Stage {
  return (next) =>
    async function* cache(call) {
      const policy = aliasOf(call).cache
      if (!policy) return yield* next(call)
      const key = callKey(call)
      const cached = await lookUp(store, key)
      if (cached) {
        call.story.note({ type: 'cache-hit' })
        yield* cached.deltas
        return { ...cached.reply, source: 'cache', cost: noCost, callId: call.id }
      }
      call.story.note({ type: 'cache-miss' })
      return yield* record(next, call, (value) => store.set(key, value, policy.ttlSeconds))
    }
}

async function* record(
  next: Handler,
  call: Call,
  keep: (value: CachedReply) => Promise<void>,
): AsyncGenerator<Delta, Reply, void> {
  const deltas: Delta[] = []
  const answer = next(call)
  let isOpen = true
  try {
    for (;;) {
      const step = await answer.next()
      if (!step.done) {
        deltas.push(step.value)
        yield step.value
        continue
      }
      isOpen = false
      if (isCacheable(step.value)) {
        await keep({ deltas, reply: step.value }).then(
          () => call.story.note({ type: 'cache-stored' }),
          () => undefined,
        )
      }
      return step.value
    }
  } finally {
    if (isOpen) await answer.return(undefined as never)
  }
}

const isCacheable = ({ ending }: Reply) => ending.type === 'completed' && ending.by !== 'tool-calls'

const lookUp = (store: ReplyCache, key: string) => store.get(key).catch(() => undefined)
