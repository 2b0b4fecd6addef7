import type { Alias } from '../core/alias.ts'
import type { Call } from '../core/call.ts'
import { grouped } from '../core/figures.ts'
import type { Reply } from '../core/reply.ts'
import type { Target } from '../core/target.ts'

/** What a prompt met that another target of the same kind would meet too. */
export type Obstacle = 'context-exceeded' | 'content-blocked'

/** Who may still be asked after an obstacle; nobody where the alias names nobody for it. */
export interface WaysOn {
  after(obstacle: Obstacle, target: Target): readonly Target[]
}

/**
 * The ways on that an alias names: a target with a larger context window, one whose provider's policy allows more. None is asked twice,
 * nor one whose window is known to be no larger than one that the prompt did not fit; each that is left out is in the story. Vectors
 * have none: those of another model cannot be compared.
 */
export function waysOn({ onContextExceeded = [], onContentBlocked = [] }: Alias, { request, story }: Call): WaysOn {
  const met = new Set<string>()
  let outgrown = 0
  const isLarger = ({ name, contextTokens }: Target): boolean => {
    if (contextTokens === undefined || contextTokens > outgrown) return true
    const because = `its context window of ${grouped(contextTokens)} tokens is no larger than that which the prompt does not fit`
    story.note({ type: 'target-left-out', target: name, because })
    return false
  }
  return {
    after: (obstacle, target) => {
      if (request.operation === 'embed') return []
      met.add(target.name)
      if (obstacle === 'context-exceeded') outgrown = Math.max(outgrown, target.contextTokens ?? 0)
      const named = obstacle === 'context-exceeded' ? onContextExceeded : onContentBlocked
      return named.filter(({ name }) => !met.has(name)).filter(isLarger)
    },
  }
}

/** Whether a refusal of this call's answer is seen before anything of it was passed on. */
export function seesRefusals(alias: Alias, { request, holdBack }: Call): boolean {
  if (!alias.onContentBlocked?.length) return false
  return !request.stream || (holdBack ?? alias.holdBack) === 'whole'
}

/** Whether the answer is that there is none. */
export function isRefusal({ ending }: Pick<Reply, 'ending'>): boolean {
  return ending.type === 'refused'
}
