import type { Alias } from '../core/alias.ts'
import type { OwnKeys } from '../core/own-keys.ts'
import type { Target } from '../core/target.ts'
import { InseamError } from '../errors/index.ts'

/**
 * An alias as it is for a call whose caller brought keys: the targets of their providers alone, each with the caller's own credential, so that
 * it neither spends the operator's money nor shares a breaker or a limit with anybody. Nothing is kept, and nothing is shared. Throws
 * `forbidden` where no target is left.
 */
export function withOwnKeys(alias: Alias, keys: OwnKeys): Alias {
  const own = (targets: readonly Target[]): readonly Target[] =>
    targets.flatMap((target) => {
      const key = keys.get(target.provider)
      return key ? [{ ...target, credential: key.credential, insteadOf: target }] : []
    })
  const targets = own(alias.targets)
  if (targets.length === 0) throw leadsElsewhere(alias, keys)
  const { cache: _, onContextExceeded, onContentBlocked, ...rest } = alias
  return {
    ...rest,
    targets,
    coalesce: false,
    ...(onContextExceeded && { onContextExceeded: own(onContextExceeded) }),
    ...(onContentBlocked && { onContentBlocked: own(onContentBlocked) }),
  }
}

function leadsElsewhere({ name, targets }: Alias, keys: OwnKeys): InseamError {
  const providers = [...new Set(targets.map(({ provider }) => provider))].join(', ')
  const brought = [...keys.keys()].join(', ')
  return new InseamError(
    'forbidden',
    `"${name}" leads to ${providers}, and the keys that you brought are for ${brought}.`,
    {
      fix: `Bring a key for ${providers}, name a model of ${brought}, or leave \`x-inseam-provider-key\` out.`,
    },
  )
}
