import type { Reply } from '../core/reply.ts'
import { InseamError } from '../errors/index.ts'
import type { AnyFeature } from './feature.ts'

/** The error for a reply that is none: cut, refused or paused, where a whole one was needed. */
export function incompleteReply({ name, model }: AnyFeature, { ending, rawStop, target = model }: Reply): InseamError {
  const { what, fix } = tell(ending, name)
  return new InseamError('reply-incomplete', `${target} ${what} (${rawStop}): "${name}" has no whole answer.`, { fix })
}

function tell(ending: Reply['ending'], name: string): { readonly what: string; readonly fix: string } {
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
    case 'completed':
      return { what: 'ended without an answer', fix: 'Ask again.' }
  }
}
