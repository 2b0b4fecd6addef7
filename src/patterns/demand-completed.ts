import type { Ending, Reply } from '../core/reply.ts'
import { InseamError } from '../errors/index.ts'
import type { AnyFeature } from './feature.ts'

/**
 * Throws `reply-incomplete`, with what arrived, for a reply that is none: cut, refused or paused, where a whole one is needed.
 */
export function demandCompleted({ name, model }: AnyFeature, reply: Reply): void {
  const { ending, rawStop, target = model, content, usage, cost } = reply
  if (ending.type === 'completed') return
  const { what, fix } = tell(ending, name)
  const message = `${target} ${what} (${rawStop}): "${name}" has no whole answer.`
  const error = new InseamError('reply-incomplete', message, { fix })
  error.arrived = { content, usage, cost }
  throw error
}

function tell(
  ending: Exclude<Ending, { type: 'completed' }>,
  name: string,
): { readonly what: string; readonly fix: string } {
  switch (ending.type) {
    case 'truncated':
      return ending.by === 'max-tokens'
        ? {
            what: 'was cut off at its output limit',
            fix: `Raise \`maxOutputTokens\` of "${name}" or of its alias, or ask for less.`,
          }
        : {
            what: 'was cut off at its context window',
            fix: 'Shorten the prompt, or use a model with a larger context window.',
          }
    case 'refused':
      return {
        what: ending.by === 'model' ? 'refused to answer' : 'was stopped by a content filter',
        fix: 'Look at what was asked; the same is refused again. A rule can answer such inputs before the model does.',
      }
    case 'paused':
      return {
        what: 'paused in the middle of its turn',
        fix: 'Use a model that answers in one turn, without tools of its own.',
      }
  }
}
