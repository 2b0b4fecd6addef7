import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { HoldBack } from '../core/commit.ts'
import { type Delta, isContent } from '../core/delta.ts'
import { close, type Handler, type Stage } from '../core/handler.ts'
import type { Reply } from '../core/reply.ts'
import { estimateTokens } from '../models/index.ts'
import { aliasOf } from './routed.ts'

/** What holding back needs. */
export interface HoldBackOptions {
  readonly clock: Clock
}

/** More than this many bytes are not kept back, whatever was asked: an answer without an end must not fill the memory. */
const maxHeldBytes = 4 * 1024 * 1024

/**
 * Keeps the beginning of a stream, or all of it, until the call's or its alias's hold-back is over. What breaks meanwhile has passed
 * nothing on, so that `retry` and `route` above mend it unseen. Stands right above `attempt`, below those.
 */
export function holdBack({ clock }: HoldBackOptions): Stage {
  async function* hold(next: Handler, call: Call, until: HoldBack): AsyncGenerator<Delta, Reply, void> {
    const answer = next(call)
    const held: Delta[] = []
    let isOpen = true
    try {
      let contentAt: number | undefined
      let heldBytes = 0
      let tokens = 0
      while (true) {
        const step = await answer.next()
        if (step.done) {
          isOpen = false
          yield* held
          return step.value
        }
        held.push(step.value)
        if (isContent(step.value)) contentAt ??= clock.now()
        heldBytes += sizeOf(step.value)
        if (until !== 'whole' && until.tokens !== undefined) tokens += estimateTokens(textIn(step.value))
        const heldMs = contentAt === undefined ? 0 : clock.now() - contentAt
        if (heldBytes > maxHeldBytes || isOver(until, heldMs, tokens)) break
      }
      yield* held
      const reply = yield* answer
      isOpen = false
      return reply
    } finally {
      if (isOpen) await close(answer)
    }
  }

  return (next) =>
    function holdBack(call) {
      const until = call.request.stream ? (call.holdBack ?? aliasOf(call).holdBack) : undefined
      return until ? hold(next, call, until) : next(call)
    }
}

function isOver(until: HoldBack, heldMs: number, tokens: number): boolean {
  if (until === 'whole') return false
  return (until.ms !== undefined && heldMs >= until.ms) || (until.tokens !== undefined && tokens >= until.tokens)
}

/** What is kept of a delta, about; one that says nothing takes room too. */
function sizeOf(delta: Delta): number {
  return delta.type === 'frames' ? delta.bytes.byteLength : JSON.stringify(delta).length
}

function textIn(delta: Delta): string {
  switch (delta.type) {
    case 'text-delta':
    case 'refusal-delta':
    case 'thinking-delta':
      return delta.text
    case 'tool-input-delta':
      return delta.json
    case 'frames':
      return delta.deltas.map(textIn).join('')
    default:
      return ''
  }
}
