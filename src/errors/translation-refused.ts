import type { Call } from '../core/call.ts'
import type { Loss } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { InseamError } from './inseam-error.ts'

/** A request that the target's dialect cannot say whole, where losses are not allowed. Nothing was sent. */
export class TranslationRefused extends InseamError {
  readonly losses: readonly Loss[]

  constructor({ name, dialect }: Pick<Target, 'name' | 'dialect'>, losses: readonly Loss[]) {
    const named = losses
      .slice(0, maxNamed)
      .map(({ path, effect, detail }) => `${path} (${effect}: ${detail.replace(/\.$/, '')})`)
    if (losses.length > maxNamed) named.push(`and ${losses.length - maxNamed} more`)
    super(
      'translation-refused',
      `${name} speaks ${dialect}, which cannot say all of the request: ${named.join('; ')}.`,
      {
        fix: "Leave out what is named (or set it, where it is missing), name a model that speaks the request's own dialect, or allow losses: `translation: loud`.",
      },
    )
    this.losses = losses
  }
}

const maxNamed = 8

/**
 * Tells the story of a call what its translation loses. Throws `TranslationRefused` where the caller or the alias is strict, so it
 * stands before anything is sent.
 */
export function tellLosses(call: Call, target: Pick<Target, 'name' | 'dialect'>, losses: readonly Loss[]): void {
  if (losses.length === 0) return
  if (call.translation === 'strict' || call.alias?.translation === 'strict')
    throw new TranslationRefused(target, losses)
  call.story.lose(losses)
}
