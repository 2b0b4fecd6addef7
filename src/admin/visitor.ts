import type { KeyRole } from '../core/access-key.ts'
import { InseamError } from '../errors/index.ts'
import { isAtLeast, type KeyActor, seesEverything } from '../keys/index.ts'

/** Who was let in, and as what. */
export interface Visitor {
  readonly actor: KeyActor
  readonly role: KeyRole
  /** Whether it sees what every tenant, feature and alias did. */
  readonly seesAll: boolean
}

/** What a route asks of its visitor. Each method of each route says it: there is none without. */
export interface Right {
  /** At least this role. */
  readonly role: Exclude<KeyRole, 'caller'>
  /** `everything`: a key that is bound to a tenant, to features or to aliases is refused. `own`: the answer shows what is its own alone. */
  readonly shows: 'everything' | 'own'
}

/** The holder of the page's token: everything is open. */
export const tokenHolder: Visitor = { actor: { type: 'admin' }, role: 'admin', seesAll: true }

/** The holder of a stored key. */
export function visitorWith(lineage: Extract<KeyActor, { type: 'key' }>['lineage']): Visitor {
  const { reach } = lineage
  return { actor: { type: 'key', lineage }, role: reach.role, seesAll: seesEverything(reach) }
}

/** Throws `forbidden` where the visitor has no such right. */
export function demandRight({ actor, role, seesAll }: Visitor, right: Right): void {
  const name = actor.type === 'key' ? actor.lineage.key.name : ''
  if (!isAtLeast(role, right.role))
    throw new InseamError('forbidden', `The key "${name}" is for a ${role}, and this is for a ${right.role}.`, {
      fix: `Use a key of the role ${right.role}, or the token that opens the page.`,
    })
  if (right.shows === 'everything' && !seesAll)
    throw new InseamError(
      'forbidden',
      `This shows what everybody did, and the key "${name}" is bound to a tenant, to features or to aliases.`,
      { fix: 'Use a key that is bound to none of them, or the token that opens the page.' },
    )
}
