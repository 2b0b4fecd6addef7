import type { Cost } from '../../core/cost.ts'
import type { RunStop } from '../../core/event.ts'
import type { ToolCallBlock } from '../../core/message.ts'
import type { Reply } from '../../core/reply.ts'
import { ReplyUnreadable } from '../../errors/index.ts'
import { callsIn } from './conversation.ts'
import type { ActLimits } from './limits-of.ts'

/** What stops a run before the model has finished. */
export interface Stop {
  readonly by: RunStop
  readonly detail: string
}

/** What follows from a reply. */
export type Next =
  | { readonly type: 'finished' }
  | ({ readonly type: 'stopped' } & Stop)
  /** The model goes on, once it has the results of these; none after a pause. */
  | { readonly type: 'goes-on'; readonly asked: readonly ToolCallBlock[] }

/**
 * What follows from a reply. Only tools of an answer that is whole are run: one that was cut may have been cut within their
 * arguments. Throws `reply-unreadable` for an ending that speaks of tools and an answer that asks for none.
 */
export function nextAfter(reply: Reply): Next {
  const { ending, content } = reply
  const goesOn: Next = { type: 'goes-on', asked: callsIn(content) }
  switch (ending.type) {
    case 'truncated': {
      const detail = `The answer was cut off (${ending.by}); tools that it asks for were not run.`
      return { type: 'stopped', by: 'truncated', detail }
    }
    case 'refused':
      return { type: 'stopped', by: 'refused', detail: `The ${ending.by} refused.` }
    case 'paused':
      if (content.length > 0) return goesOn
      return {
        type: 'stopped',
        by: 'paused',
        detail: 'The model paused and had said nothing that it could go on from.',
      }
    case 'completed':
      if (ending.by === 'stop-sequence') return { type: 'finished' }
      if (goesOn.asked.length > 0) return goesOn
      if (ending.by === 'end') return { type: 'finished' }
      throw new ReplyUnreadable(reply.target ?? reply.model, 'an ending for tool calls and no tool call')
  }
}

/** The limit that lets no further call begin. What the last one asks for is not run either: nobody would read the result. */
export function limitReached(
  { steps, costUsd }: ActLimits,
  { calls, cost }: { readonly calls: number; readonly cost: Cost },
): Stop | undefined {
  if (calls >= steps)
    return { by: 'steps', detail: `The model had not finished after ${calls} calls, the limit (\`limits.steps\`).` }
  if (!Number.isFinite(costUsd)) return undefined
  const limit = `its limit of $${costUsd} (\`limits.costUsd\`)`
  if (cost.nanoUsd === null)
    return { by: 'money', detail: `A call has no price, so that ${limit} cannot be held. Give the model a price.` }
  if (cost.nanoUsd < costUsd * 1e9) return undefined
  return { by: 'money', detail: `The calls so far cost $${(cost.nanoUsd / 1e9).toFixed(6)}: ${limit} is reached.` }
}
