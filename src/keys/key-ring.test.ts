import { describe, expect, it } from 'vitest'
import type { AccessKey, KeyStore } from '../core/access-key.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { InseamError, isInseamError } from '../errors/index.ts'
import { openKeyDesk } from './key-desk.ts'
import { type KeyRing, type KeyRingOptions, openKeyRing } from './key-ring.ts'
import type { Lineage } from './lineage.ts'
import { createMemoryKeyStore } from './memory-key-store.suite.ts'
import { issueSecret } from './secret.ts'

const operator = { type: 'operator' } as const

/** A store that can be lost, a desk of another process, and a ring over it. */
async function openRing(options: Partial<KeyRingOptions> = {}) {
  const clock = createVirtualClock()
  const store = createMemoryKeyStore(() => clock.date())
  const questions: string[] = []
  let isLost = false
  const reach = async <Result>(what: string, ask: () => Promise<Result>): Promise<Result> => {
    questions.push(what)
    if (isLost) throw new InseamError('store-failed', 'The store is away.', { fix: 'Bring it back.' })
    return ask()
  }
  const seen: Pick<KeyStore, 'find' | 'get' | 'version'> = {
    find: (hash) => reach('find', () => store.find(hash)),
    get: (id) => reach('get', () => store.get(id)),
    version: () => reach('version', () => store.version()),
  }
  const ring = await openKeyRing({ store: seen, clock, ...options })
  const desk = openKeyDesk({ store, clock })
  return {
    clock,
    store,
    ring,
    desk,
    questions,
    lose: (lost: boolean) => {
      isLost = lost
    },
    create: (scope: object = {}) => desk.create(operator, { name: `key ${Math.random()}`, ...scope }),
  }
}

/** The key's name, or why it does not open. */
async function found(ring: KeyRing, secret: string, address?: string): Promise<string> {
  try {
    const lineage: Lineage | undefined = await ring.find(secret, address)
    return lineage ? 'opens' : 'unknown'
  } catch (thrown) {
    if (!isInseamError(thrown)) throw thrown
    return thrown.code
  }
}

describe('a ring of keys', () => {
  it('asks the store once for each key, and at once from then on', async () => {
    const { ring, create, questions } = await openRing()
    const { secret } = await create()
    await Promise.all(Array.from({ length: 50 }, () => ring.find(secret, undefined)))
    expect(questions.filter((what) => what === 'find')).toHaveLength(1)
    expect(ring.find(secret, undefined)).not.toBeInstanceOf(Promise)
    expect(await found(ring, 'sk-of-somebody-else')).toBe('unknown')
    expect(questions.filter((what) => what === 'find')).toHaveLength(1)
  })

  it('hears of what another process changes with its next look', async () => {
    const { ring, desk, create, clock } = await openRing({ pollMs: 2_000 })
    const { key, secret } = await create()
    expect(await found(ring, secret)).toBe('opens')
    await desk.revoke(operator, key.id)
    expect(await found(ring, secret)).toBe('opens')
    await clock.advance(2_000)
    expect(await found(ring, secret)).toBe('unauthorized')
  })

  it('hears at once of what this process changes', async () => {
    const { ring, desk, create } = await openRing()
    const { key, secret } = await create()
    expect(await found(ring, secret)).toBe('opens')
    await desk.revoke(operator, key.id)
    ring.refresh()
    expect(await found(ring, secret)).toBe('unauthorized')
  })

  it('opens with the secret before a rotation until its time is over, and not longer', async () => {
    const { ring, desk, create, clock } = await openRing()
    const first = await create()
    const second = await desk.rotate(operator, first.key.id, 60_000)
    expect([await found(ring, first.secret), await found(ring, second.secret)]).toEqual(['opens', 'opens'])
    await clock.advance(59_999)
    expect(await found(ring, first.secret)).toBe('opens')
    await clock.advance(1)
    expect([await found(ring, first.secret), await found(ring, second.secret)]).toEqual(['unauthorized', 'opens'])
  })

  it('opens until a key expires, to the millisecond, also where it is remembered', async () => {
    const { ring, create, clock } = await openRing()
    const { secret } = await create({ expiresAt: clock.date() + 1_000 })
    expect(await found(ring, secret)).toBe('opens')
    await clock.advance(999)
    expect(await found(ring, secret)).toBe('opens')
    await clock.advance(1)
    expect(await found(ring, secret)).toBe('unauthorized')
  })

  it('opens from the addresses that are named alone', async () => {
    const { ring, create } = await openRing()
    const { secret } = await create({ addresses: ['10.0.0.0/8', '2001:db8::/32'] })
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
      expect(await found(ring, secret, address)).toBe('opens')
    for (const address of ['11.0.0.1', '::1', 'nonsense', '', undefined])
      expect(await found(ring, secret, address)).toBe('forbidden')
  })

  it('lets keys that are known outlive the store, for as long as is said, and no others', async () => {
    const { ring, create, clock, lose } = await openRing({ pollMs: 1_000, outageMs: 60_000 })
    const [known, unknown] = [await create(), await create()]
    expect(await found(ring, known.secret)).toBe('opens')
    lose(true)
    await clock.advance(30_000)
    expect(ring.problem).toContain('keys that are known open for 30 s more')
    expect(await found(ring, known.secret)).toBe('opens')
    expect(await found(ring, unknown.secret)).toBe('keys-unavailable')
    expect(await found(ring, issueSecret().secret)).toBe('keys-unavailable')
    await clock.advance(30_001)
    expect(await found(ring, known.secret)).toBe('keys-unavailable')
    expect(ring.problem).toContain('no key opens')
    lose(false)
    await clock.advance(1_000)
    expect([await found(ring, known.secret), await found(ring, unknown.secret)]).toEqual(['opens', 'opens'])
    expect(ring.problem).toBeUndefined()
  })

  it('does not let a key that expires outlive its time while the store is lost', async () => {
    const { ring, create, clock, lose } = await openRing({ outageMs: 3_600_000 })
    const { secret } = await create({ expiresAt: clock.date() + 20_000 })
    expect(await found(ring, secret)).toBe('opens')
    lose(true)
    await clock.advance(20_000)
    expect(await found(ring, secret)).toBe('unauthorized')
  })

  it('cannot say whether keys are in use where the store never answered, and says so once it does', async () => {
    const { ring, clock, lose, create } = await openRing()
    expect(ring.isInUse).toBe(false)
    await create()
    await clock.advance(2_000)
    expect(ring.isInUse).toBe(true)
    lose(true)
    await clock.advance(600_000)
    expect(ring.isInUse).toBe(true)

    const away: KeyRingOptions['store'] = {
      find: () => Promise.reject(new Error('away')),
      get: () => Promise.reject(new Error('away')),
      version: () => Promise.reject(new Error('away')),
    }
    expect((await openKeyRing({ store: away, clock })).isInUse).toBeUndefined()
  })

  it('remembers no more than it may, of keys and of guesses', async () => {
    const { ring, create, questions } = await openRing({ most: 3 })
    const made = [await create(), await create(), await create(), await create()]
    for (const { secret } of made) expect(await found(ring, secret)).toBe('opens')
    for (let guess = 0; guess < 20; guess++) expect(await found(ring, issueSecret().secret)).toBe('unknown')
    const before = questions.length
    for (const { secret } of made.slice(1)) expect(ring.find(secret, undefined)).not.toBeInstanceOf(Promise)
    expect(questions).toHaveLength(before)
    expect(ring.find(made[0]!.secret, undefined)).toBeInstanceOf(Promise)
  })

  it('refuses guesses beyond what it asks at once, and goes on to open for keys that are known', async () => {
    const waiting: (() => void)[] = []
    const { store, create } = await openRing()
    const slow: KeyRingOptions['store'] = {
      find: (hash) => new Promise<AccessKey | undefined>((resolve) => waiting.push(() => resolve(store.find(hash)))),
      get: (id) => store.get(id),
      version: () => store.version(),
    }
    const { secret } = await create()
    const ring = await openKeyRing({ store: slow, clock: createVirtualClock() })
    const first = found(ring, secret)
    waiting.pop()?.()
    expect(await first).toBe('opens')
    const guesses = Array.from({ length: 200 }, () => found(ring, issueSecret().secret))
    expect(waiting).toHaveLength(64)
    expect(await found(ring, secret)).toBe('opens')
    for (const answer of waiting) answer()
    const codes = await Promise.all(guesses)
    expect(codes.filter((code) => code === 'keys-unavailable')).toHaveLength(136)
  })

  it('is not fooled by a clock that jumps: what counts down is another clock', async () => {
    const { store, create } = await openRing()
    const clock = createVirtualClock()
    const { secret } = await create()
    const limited = await create({ expiresAt: clock.date() + 1_000 })
    let shift = 0
    const jumping = { now: () => clock.now(), date: () => clock.date() + shift, timer: clock.timer }
    const ring = await openKeyRing({ store, clock: jumping, outageMs: 60_000 })
    expect([await found(ring, secret), await found(ring, limited.secret)]).toEqual(['opens', 'opens'])
    shift = 3_600_000
    expect([await found(ring, secret), await found(ring, limited.secret)]).toEqual(['opens', 'unauthorized'])
    shift = -3_600_000
    expect([await found(ring, secret), await found(ring, limited.secret)]).toEqual(['opens', 'opens'])
    expect(ring.problem).toBeUndefined()
  })
})
