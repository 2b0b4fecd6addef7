import type { AccessKey, AuditEntry, KeyRole, KeyStore } from '../core/access-key.ts'
import type { Budget } from '../core/budget.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { newId } from '../core/identifier.ts'
import { InseamError } from '../errors/index.ts'
import { type AuditCheck, checkAudit } from './check-audit.ts'
import { type KeyAsk, type KeyBudgetAsk, readKeyAsk, readKeyChange } from './key-ask.ts'
import { type Lineage, lineageOf, reachOf } from './lineage.ts'
import { isAtLeast, type Reach, seesEverything, stated, widerIn } from './scope.ts'
import { issueSecret } from './secret.ts'

/** Who asks: the operator at the machine, the holder of the page's token, or that of a key. */
export type KeyActor =
  | { readonly type: 'operator' }
  | { readonly type: 'admin' }
  | { readonly type: 'key'; readonly lineage: Lineage }

/** A key, with the secret that nobody is shown again. */
export interface IssuedKey {
  readonly key: AccessKey
  readonly secret: string
}

/** Where keys are made, changed and ended: by the command line and by the page alike. */
export interface KeyDesk {
  /** Makes a key. What is not asked for is as its maker's key has it. Throws `forbidden` for what that does not open itself. */
  create(actor: KeyActor, json: unknown): Promise<IssuedKey>
  /** Changes what a key opens; never beyond the key that made it, nor beyond that of who asks. */
  change(actor: KeyActor, id: string, json: unknown): Promise<AccessKey>
  /** Gives a key another secret. The one before opens for `graceMs` more. */
  rotate(actor: KeyActor, id: string, graceMs: number): Promise<IssuedKey>
  /** Ends a key and all that were made with it, at once. Gives all of them, the key first. */
  revoke(actor: KeyActor, id: string): Promise<readonly AccessKey[]>
  /** The keys that who asks may see, the newest first. */
  list(actor: KeyActor): Promise<readonly AccessKey[]>
  /** By id, or by name where it is not revoked. Throws `not-found`, too, for one that who asks may not see. */
  show(actor: KeyActor, idOrName: string): Promise<AccessKey>
  /** The log of every change, the newest first. Throws `forbidden` for who may not see every key. */
  audit(actor: KeyActor, page: { readonly before?: number; readonly limit: number }): Promise<readonly AuditEntry[]>
  /** Looks through the whole log; `known` is an entry that was its newest once. Throws as `audit`. */
  verify(actor: KeyActor, known?: Pick<AuditEntry, 'seq' | 'hash'>): Promise<AuditCheck>
}

/** What a desk works with. */
export interface KeyDeskOptions {
  readonly store: KeyStore
  readonly clock?: Clock
  readonly random?: () => number
  /** Throws where a scope names what there is not: an alias that is gone, say. Default: any name will do. */
  readonly checkNames?: (scope: Pick<KeyAsk, 'aliases' | 'features' | 'passThrough' | 'providerKeys'>) => void
  /** Told once a key has changed. */
  readonly onChange?: () => void
}

const mostDepth = 8
/** The longest grace, in milliseconds: thirty days. */
const longestGraceMs = 30 * 24 * 3_600_000

/** Opens the desk over a store. All that it does is in the audit log, without any secret. */
export function openKeyDesk(options: KeyDeskOptions): KeyDesk {
  const {
    store,
    clock = systemClock,
    random = Math.random,
    checkNames = () => undefined,
    onChange = () => undefined,
  } = options
  const note = (actor: KeyActor, action: string, subject: string, details: Readonly<Record<string, unknown>>) => ({
    actor: actor.type === 'key' ? actor.lineage.key.id : actor.type,
    action,
    subject,
    details,
  })
  const list = async (actor: KeyActor): Promise<readonly AccessKey[]> => {
    demandRole(actor, 'manager')
    const all = await store.list()
    if (isOverAll(actor)) return all
    const own = new Set(descendantsOf(all, keyOf(actor)!.id).map(({ id }) => id))
    return all.filter(({ id }) => own.has(id) || id === keyOf(actor)!.id)
  }
  const show = async (actor: KeyActor, idOrName: string): Promise<AccessKey> => {
    const seen = await list(actor)
    const found =
      seen.find(({ id }) => id === idOrName) ??
      seen.find(({ name, revokedAt }) => name === idOrName && revokedAt === undefined)
    if (found) return found
    throw new InseamError('not-found', `There is no key "${idOrName.slice(0, 100)}".`, {
      fix: 'Take its id from the list of keys.',
    })
  }
  /** The key, which who asks may do something to. */
  const demand = async (actor: KeyActor, idOrName: string, what: string): Promise<AccessKey> => {
    const key = await show(actor, idOrName)
    if (key.revokedAt !== undefined)
      throw new InseamError('invalid-request', `The key "${key.name}" is revoked.`, { fix: 'Make another one.' })
    if (!isOverAll(actor) && key.id === keyOf(actor)?.id)
      throw new InseamError('forbidden', `The key "${key.name}" may not ${what} itself.`, {
        fix: 'Ask whoever made it.',
      })
    return key
  }
  const lineage = async (key: AccessKey): Promise<Lineage> => {
    const found = await lineageOf(store, key)
    if (found) return found
    throw new InseamError('invalid-request', `A key that made "${key.name}" is gone or revoked.`, {
      fix: 'Make another one.',
    })
  }
  const put = async (before: AccessKey, after: AccessKey, noted: ReturnType<typeof note>): Promise<AccessKey> => {
    if (!(await store.replace(before, after, noted)))
      throw new InseamError('invalid-request', `The key "${before.name}" was changed by somebody else meanwhile.`, {
        fix: 'Look at it as it is now, and ask again.',
      })
    onChange()
    return after
  }

  return {
    list,
    show,
    async audit(actor, page) {
      demandOverAll(actor)
      return store.audit(page)
    },
    async verify(actor, known) {
      demandOverAll(actor)
      return checkAudit(store, known)
    },
    async create(actor, json) {
      demandRole(actor, 'manager')
      const ask = readKeyAsk(json)
      if (ask.name === undefined)
        throw new InseamError('invalid-request', 'The key has no name.', { fix: 'Give `name`.' })
      checkNames(ask)
      const now = clock.date()
      const parent = keyOf(actor)
      const id = newId('key', now, random)
      const inherited = actor.type === 'key' ? inheritedFrom(actor.lineage.reach) : {}
      const scope: Reach = stated({ ...inherited, ...reachAsked(id, ask), role: ask.role ?? 'caller' })
      demandFuture(scope, now)
      if (actor.type === 'key') {
        if (actor.lineage.ancestors.length >= mostDepth)
          throw new InseamError('forbidden', `A key is made by at most ${mostDepth} others in a row.`, {
            fix: 'Ask the holder of a key further up.',
          })
        demandWithin(actor.lineage.reach, scope, actor.lineage.key)
      }
      const { secret, hash, hint } = issueSecret()
      const key: AccessKey = {
        id,
        name: ask.name,
        hint,
        hash,
        createdAt: now,
        ...(parent && { parentId: parent.id }),
        ...scope,
      }
      await store.create(key, note(actor, 'key-created', id, shownOf(key)))
      onChange()
      return { key, secret }
    },
    async change(actor, idOrName, json) {
      const { ask, cleared } = readKeyChange(json)
      const before = await demand(actor, idOrName, 'change')
      checkNames(ask)
      const { ancestors } = await lineage(before)
      const kept = Object.fromEntries(
        Object.entries(before).filter(([name]) => !cleared.some((field) => field === name)),
      )
      const after = stated({
        ...(kept as unknown as AccessKey),
        ...(ask.name !== undefined && { name: ask.name }),
        ...reachAsked(before.id, ask),
      })
      demandFuture(ask, clock.date())
      // Each by itself: what an ancestor was narrowed to meanwhile holds for this one too.
      for (const ancestor of ancestors) demandWithin(reachOf(ancestor), after, ancestor)
      if (actor.type === 'key') demandWithin(actor.lineage.reach, after, actor.lineage.key)
      return put(before, after, note(actor, 'key-changed', before.id, differenceOf(before, after)))
    },
    async rotate(actor, idOrName, graceMs) {
      if (!(Number.isSafeInteger(graceMs) && graceMs >= 0 && graceMs <= longestGraceMs))
        throw new InseamError('invalid-request', 'The time of grace is no number of milliseconds up to thirty days.', {
          fix: 'Give 0 to end the old secret at once, or 24h.',
        })
      const before = await demand(actor, idOrName, 'rotate')
      const { reach } = await lineage(before)
      // Whoever rotates a key holds its secret.
      if (actor.type === 'key') demandWithin(actor.lineage.reach, reach, actor.lineage.key)
      const { secret, hash, hint } = issueSecret()
      const { previous: _, ...rest } = before
      const until = clock.date() + graceMs
      const after: AccessKey = { ...rest, hash, hint, previous: { hash: before.hash, until } }
      const key = await put(
        before,
        after,
        note(actor, 'key-rotated', before.id, { graceMs, hint: [before.hint, hint] }),
      )
      return { key, secret }
    },
    async revoke(actor, idOrName) {
      const before = await demand(actor, idOrName, 'revoke')
      const revokedAt = clock.date()
      const ended = [
        await put(before, { ...before, revokedAt }, note(actor, 'key-revoked', before.id, { name: before.name })),
      ]
      // Without it, those that were made with it open nothing already: this writes it down for each.
      for (const key of descendantsOf(await store.list(), before.id)) {
        if (key.revokedAt !== undefined) continue
        const after = { ...key, revokedAt }
        const why = note(actor, 'key-revoked', key.id, { name: key.name, with: before.id })
        if (await store.replace(key, after, why)) ended.push(after)
      }
      onChange()
      return ended
    },
  }
}

/** A key without what only the store needs. */
export type ShownKey = Omit<AccessKey, 'hash' | 'previous'> & {
  /** Until when the secret before the last rotation opens. */
  readonly previousUntil?: number
}

/** A key for people, answers and the audit log. */
export function shownOf({ hash: _, previous, ...key }: AccessKey): ShownKey {
  return { ...key, ...(previous && { previousUntil: previous.until }) }
}

const keyOf = (actor: KeyActor): AccessKey | undefined => (actor.type === 'key' ? actor.lineage.key : undefined)

/** Whether who asks sees and changes every key: one who is bound to a tenant, features or aliases, whatever its role, those alone that it made. */
const isOverAll = (actor: KeyActor): boolean =>
  actor.type !== 'key' || (actor.lineage.reach.role === 'admin' && seesEverything(actor.lineage.reach))

function demandRole(actor: KeyActor, needed: KeyRole): void {
  if (actor.type !== 'key' || isAtLeast(actor.lineage.reach.role, needed)) return
  const { name } = actor.lineage.key
  throw new InseamError(
    'forbidden',
    `The key "${name}" is for a ${actor.lineage.reach.role}, and this for a ${needed}.`,
    {
      fix: `Use a key of the role ${needed}.`,
    },
  )
}

function demandOverAll(actor: KeyActor): void {
  if (isOverAll(actor)) return
  throw new InseamError('forbidden', 'The log of every change is for who may see every key.', {
    fix: 'Use a key of the role admin that is bound to no tenant, feature or alias.',
  })
}

function demandWithin(parent: Reach, child: Reach, { name }: AccessKey): void {
  const wider = widerIn(parent, child)
  if (wider === undefined) return
  const allowed = parent[wider]
  const open = wider === 'budgets' || wider === 'limits' ? 'its own or less' : JSON.stringify(allowed ?? false)
  throw new InseamError('forbidden', `It would be wider than the key "${name}" in \`${wider}\`.`, {
    fix: `Keep \`${wider}\` within ${open}, or ask whoever made that key.`,
  })
}

function demandFuture({ expiresAt }: Pick<Reach, 'expiresAt'>, now: number): void {
  if (expiresAt === undefined || expiresAt > now) return
  throw new InseamError('invalid-request', 'The key would have expired already.', {
    fix: 'Let `expiresAt` lie in the future.',
  })
}

/** What a new key has where nothing is said; its maker's budgets and limits count its calls without being written twice. */
function inheritedFrom({
  role: _role,
  passThrough: _all,
  providerKeys: _keys,
  budgets: _budgets,
  limits: _limits,
  ...rest
}: Reach) {
  return rest
}

function reachAsked(id: string, { name: _, budgets, limits, ...scope }: KeyAsk): Partial<Reach> {
  return stated({
    ...scope,
    budgets: budgets?.map((budget) => budgetOf(id, budget)),
    limits: limits && [{ id: `key/${id}`, scope: 'global' as const, ...limits }],
  })
}

/**
 * A key's budget counts all that carries it, the calls of keys that were made with it too: one account, whoever calls. Its id is the
 * same after a change, so that what was spent in the window stays spent.
 */
function budgetOf(id: string, { limitUsd, per, hard = true, warnAt = [0.8] }: KeyBudgetAsk): Budget {
  return {
    id: `key/${id}/${per}${hard ? '' : '/soft'}`,
    scope: 'global',
    limitNanoUsd: Math.round(limitUsd * 1e9),
    per,
    hard,
    warnAt: [...new Set(warnAt)].sort((left, right) => left - right),
  }
}

function descendantsOf(all: readonly AccessKey[], id: string): AccessKey[] {
  const children = Map.groupBy(all, ({ parentId }) => parentId)
  const found: AccessKey[] = []
  const waiting = [id]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const child of children.get(next) ?? []) {
      found.push(child)
      waiting.push(child.id)
    }
  return found
}

/** Each field that changed, as it was and as it is. */
function differenceOf(before: AccessKey, after: AccessKey): Record<string, unknown> {
  const was: Record<string, unknown> = shownOf(before)
  const is: Record<string, unknown> = shownOf(after)
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
      .map((name) => [name, { from: was[name] ?? null, to: is[name] ?? null }]),
  )
}
