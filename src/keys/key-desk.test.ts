import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccessKey, KeyStore } from '../core/access-key.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { isInseamError } from '../errors/index.ts'
import { checkAudit } from './check-audit.ts'
import { type KeyActor, type KeyDesk, openKeyDesk } from './key-desk.ts'
import { type Lineage, lineageOf } from './lineage.ts'
import { createMemoryKeyStore } from './memory-key-store.suite.ts'
import { opened } from './opened.suite.ts'
import { keyRoles, seesEverything } from './scope.ts'
import { hashSecret } from './secret.ts'

const operator: KeyActor = { type: 'operator' }

function openDesk() {
  const clock = createVirtualClock()
  const store = createMemoryKeyStore(() => clock.date())
  let seed = 1
  // Ids must differ, and a property must be the same each time.
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  return { clock, store, desk: openKeyDesk({ store, clock, random }) }
}

/** Whose key this is, as it is now. */
async function actorOf(store: KeyStore, id: string): Promise<KeyActor & { readonly lineage: Lineage }> {
  const lineage = await lineageOf(store, (await store.get(id))!)
  if (!lineage) throw new Error('It opens nothing.')
  return { type: 'key', lineage }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (thrown) {
    if (!isInseamError(thrown)) throw thrown
    return thrown.code
  }
}

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })
const opening = fc.oneof(fc.boolean(), fc.uniqueArray(fc.constantFrom('openai', 'anthropic'), { maxLength: 2 }))
const ranges = fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '2001:db8::/32'), {
  maxLength: 2,
})
const budgets = fc.uniqueArray(
  fc.record({ limitUsd: fc.integer({ min: 1, max: 9 }), per: fc.constantFrom('hour', 'day'), hard: fc.boolean() }),
  { maxLength: 2, selector: ({ per, hard }) => `${per} ${hard}` },
)
const limits = fc.record({ requests: fc.integer({ min: 1, max: 9 }) })
const scope = fc.record(
  {
    role: fc.constantFrom(...keyRoles),
    tenant: fc.constantFrom('t1', 't2'),
    features: names,
    aliases: names,
    passThrough: opening,
    providerKeys: opening,
    addresses: ranges,
    budgets,
    limits,
    expiresAt: fc.integer({ min: 1, max: 100 }).map((hours) => 1_700_000_000_000 + hours * 3_600_000),
  },
  { requiredKeys: [] },
)
const step = fc.record({
  by: fc.nat(9),
  what: fc.constantFrom('create', 'create', 'create', 'change', 'change', 'rotate', 'revoke'),
  of: fc.nat(9),
  scope,
  cleared: fc.subarray(['aliases', 'features', 'addresses', 'budgets', 'limits', 'expiresAt', 'passThrough'], {
    maxLength: 2,
  }),
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function take(desk: KeyDesk, actor: KeyActor, id: string | undefined, { what, scope, cleared }: Step, at: number) {
  if (what === 'create') return desk.create(actor, { ...scope, name: `key ${at}` }).then(({ key }) => [key])
  if (id === undefined) return Promise.resolve([])
  if (what === 'rotate') return desk.rotate(actor, id, 0).then(({ key }) => [key])
  if (what === 'revoke') return desk.revoke(actor, id).then(() => [])
  const { tenant: _, ...changed } = scope
  return desk
    .change(actor, id, { ...Object.fromEntries(cleared.map((field) => [field, null])), ...changed })
    .then((key) => [key])
}

/** What this lineage opens, and which budgets and limits count it. */
async function expectWithin(store: KeyStore, touched: readonly AccessKey[], { reach }: Lineage): Promise<void> {
  const right = new Set(opened(reach))
  for (const { id } of touched) {
    const lineage = await lineageOf(store, (await store.get(id))!)
    if (!lineage) continue
    expect(opened(lineage.reach).filter((what) => !right.has(what))).toEqual([])
    for (const { id, limitNanoUsd } of reach.budgets ?? [])
      expect(lineage.reach.budgets?.some((own) => own.id === id && own.limitNanoUsd <= limitNanoUsd) ?? false).toBe(
        true,
      )
    for (const { id, requests = 0 } of reach.limits ?? [])
      expect(lineage.reach.limits?.some((own) => own.id === id && (own.requests ?? 0) <= requests) ?? false).toBe(true)
  }
}

const descendants = (all: readonly AccessKey[], id: string): Set<string> => {
  const found = new Set<string>()
  for (const { id: child, parentId } of [...all].reverse())
    if (parentId === id || (parentId !== undefined && found.has(parentId))) found.add(child)
  return found
}

describe('a desk of keys', () => {
  it('gives nobody anything that their own key does not open, whatever is asked in whichever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { clock, store, desk } = openDesk()
        clock.advance(Math.max(0, 1_700_000_000_000 - clock.date()))
        for (const [at, one] of steps.entries()) {
          const before = await store.list()
          const actingId = before.length > 0 && one.by > 2 ? before[one.by % before.length]?.id : undefined
          const acting = actingId === undefined ? undefined : await store.get(actingId)
          const lineage = acting && acting.revokedAt === undefined ? await lineageOf(store, acting) : undefined
          // Whose key ended is let in nowhere.
          if (acting && !lineage) continue
          const actor: KeyActor = lineage ? { type: 'key', lineage } : operator
          const of = before[one.of % Math.max(1, before.length)]
          let touched: readonly AccessKey[] = []
          try {
            touched = await take(desk, actor, of?.id, one, at)
          } catch (thrown) {
            if (!isInseamError(thrown) || !['forbidden', 'not-found', 'invalid-request'].includes(thrown.code))
              throw thrown
            // What is refused has changed nothing.
            expect(await store.list()).toEqual(before)
          }
          if (!lineage) continue
          await expectWithin(store, touched, lineage)
          if (lineage.reach.role === 'admin' && seesEverything(lineage.reach)) continue
          const own = descendants(before, lineage.key.id)
          for (const key of before) if (!own.has(key.id)) expect(await store.get(key.id)).toEqual(key)
        }
        expect((await checkAudit(store)).broken).toBeNull()
      }),
      { numRuns: 1_000 },
    )
  })

  it('gives a new key what its maker has where nothing is said, but for its role and what is closed', async () => {
    const { store, desk } = openDesk()
    const boss = await desk.create(operator, {
      name: 'boss',
      role: 'manager',
      tenant: 't1',
      aliases: ['a'],
      passThrough: true,
      budgets: [{ limitUsd: 5, per: 'day' }],
    })
    const { key } = await desk.create(await actorOf(store, boss.key.id), { name: 'child' })
    expect(key).toMatchObject({ role: 'caller', tenant: 't1', aliases: ['a'], parentId: boss.key.id })
    expect(key.passThrough).toBeUndefined()
    expect((await actorOf(store, key.id)).lineage.reach.budgets?.map(({ id }) => id)).toEqual([
      `key/${boss.key.id}/day`,
    ])
  })

  it.each([
    [{ role: 'admin' }, 'role'],
    [{ tenant: 't2' }, 'tenant'],
    [{ aliases: ['a', 'z'] }, 'aliases'],
    [{ features: ['z'] }, 'features'],
    [{ passThrough: true }, 'passThrough'],
    [{ passThrough: ['other'] }, 'passThrough'],
    [{ providerKeys: ['other'] }, 'providerKeys'],
    [{ addresses: ['0.0.0.0/0'] }, 'addresses'],
    [{ addresses: ['::ffff:11.0.0.0/104'] }, 'addresses'],
    [{ budgets: [{ limitUsd: 6, per: 'day' }] }, 'budgets'],
    [{ limits: { requests: 11 } }, 'limits'],
    [{ expiresAt: 8.64e15 }, 'expiresAt'],
  ])('refuses %j to who has less', async (wider, field) => {
    const { clock, store, desk } = openDesk()
    const boss = await desk.create(operator, {
      name: 'boss',
      role: 'manager',
      tenant: 't1',
      aliases: ['a'],
      features: ['f'],
      passThrough: ['openai'],
      providerKeys: ['openai'],
      addresses: ['10.0.0.0/8'],
      budgets: [{ limitUsd: 5, per: 'day' }],
      limits: { requests: 10 },
      expiresAt: clock.date() + 1_000,
    })
    const actor = await actorOf(store, boss.key.id)
    const child = await desk.create(actor, { name: 'child' })
    const before = await store.list()
    await expect(desk.create(actor, { name: 'wider', ...wider })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(`\`${field}\``),
    })
    if (field !== 'tenant') expect(await codeOf(desk.change(actor, child.key.id, wider))).toBe('forbidden')
    expect(await codeOf(desk.change(actor, boss.key.id, wider))).not.toBe('ok')
    expect(await store.list()).toEqual(before)
  })

  it('keeps the secret of a wider key, and wider changes, from an admin who has less', async () => {
    const { store, desk } = openDesk()
    const admin = await desk.create(operator, { name: 'admin', role: 'admin' })
    const wider = await desk.create(operator, { name: 'wider', passThrough: true })
    const plain = await desk.create(operator, { name: 'plain' })
    const actor = await actorOf(store, admin.key.id)
    expect(await codeOf(desk.rotate(actor, wider.key.id, 0))).toBe('forbidden')
    expect(await codeOf(desk.rotate(actor, plain.key.id, 0))).toBe('ok')
    expect(await codeOf(desk.change(actor, plain.key.id, { passThrough: true }))).toBe('forbidden')
    expect(await codeOf(desk.change(actor, admin.key.id, { passThrough: true }))).toBe('forbidden')
    expect(await codeOf(desk.revoke(actor, wider.key.id))).toBe('ok')
  })

  it('narrows at once what was made with a key that is narrowed, and ends what was made with one that is ended', async () => {
    const { store, desk } = openDesk()
    const boss = await desk.create(operator, { name: 'boss', role: 'manager', aliases: ['a', 'b'] })
    const child = await desk.create(await actorOf(store, boss.key.id), { name: 'child', role: 'manager' })
    const grandchild = await desk.create(await actorOf(store, child.key.id), { name: 'grandchild' })
    await desk.change(operator, boss.key.id, { aliases: ['b'] })
    expect((await actorOf(store, grandchild.key.id)).lineage.reach.aliases).toEqual(['b'])
    // What it may be changed to is what those above it open now.
    expect(await codeOf(desk.change(operator, grandchild.key.id, { aliases: ['a'] }))).toBe('forbidden')
    const ended = await desk.revoke(operator, boss.key.id)
    expect(ended.map(({ name }) => name)).toEqual(['boss', 'child', 'grandchild'])
    expect(await codeOf(desk.rotate(operator, grandchild.key.id, 0))).toBe('invalid-request')
  })

  it('puts a secret nowhere but into its answer', async () => {
    const { store, desk } = openDesk()
    const { key, secret } = await desk.create(operator, { name: 'one' })
    const rotated = await desk.rotate(operator, key.id, 0)
    const kept = JSON.stringify([await store.list(), await store.audit({ limit: 100 })])
    for (const one of [secret, rotated.secret]) expect(kept).not.toContain(one.slice('sk-inseam-'.length + 4))
    expect(kept).toContain(hashSecret(rotated.secret))
    expect(JSON.stringify(await store.audit({ limit: 100 }))).not.toContain(hashSecret(secret))
  })

  it('tells who changes the same key at the same time that one of them was later', async () => {
    const { desk, store } = openDesk()
    const { key } = await desk.create(operator, { name: 'one' })
    const codes = await Promise.all(
      ['a', 'b', 'c'].map((alias) => codeOf(desk.change(operator, key.id, { aliases: [alias] }))),
    )
    expect(codes.sort()).toEqual(['invalid-request', 'invalid-request', 'ok'])
    expect(await store.audit({ limit: 10 })).toHaveLength(2)
  })

  it('stops at eight keys in a row', async () => {
    const { store, desk } = openDesk()
    let { key } = await desk.create(operator, { name: 'key 0', role: 'manager' })
    for (let depth = 1; depth <= 8; depth++)
      key = (await desk.create(await actorOf(store, key.id), { name: `key ${depth}`, role: 'manager' })).key
    expect(await codeOf(desk.create(await actorOf(store, key.id), { name: 'key 9' }))).toBe('forbidden')
  })
})
