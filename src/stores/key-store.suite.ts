import { describe, expect, it } from 'vitest'
import type { AccessKey, AuditEntry, AuditNote, KeyStore } from '../core/access-key.ts'
import { findBreak } from '../keys/index.ts'

/** A store under test, and a second one over the same file or database, as another process has it. */
export interface KeyStoresUnderTest extends AsyncDisposable {
  readonly store: KeyStore
  readonly other: KeyStore
}

/** A key as a store is given it. */
export function sampleKey(id: string, change: Partial<AccessKey> = {}): AccessKey {
  const hash = `${id}.`.padEnd(64, '0')
  return {
    id,
    name: `name of ${id}`,
    hint: 'sk-inseam-abcd',
    hash,
    role: 'caller',
    createdAt: 1_700_000_000_000,
    ...change,
  }
}

const note = (action: string, subject = 'key_1'): AuditNote => ({
  actor: 'operator',
  action,
  subject,
  details: { b: 1, a: [{ d: 1, c: null }] },
})

async function wholeAudit(store: KeyStore): Promise<AuditEntry[]> {
  return [...(await store.audit({ limit: 10_000 }))].reverse()
}

/** What every store of keys promises. */
export function keyStoreSuite(name: string, open: () => Promise<KeyStoresUnderTest>): void {
  describe(`${name} as a store of keys`, () => {
    it('finds a key by its hash, by that before its rotation, and by its id, with every field', async () => {
      await using test = await open()
      const key = sampleKey('key_1', {
        features: ['triage-ticket'],
        passThrough: ['openai'],
        budgets: [{ id: 'b', scope: 'global', limitNanoUsd: 5_000_000_001, per: 'day', hard: true, warnAt: [0.8] }],
        limits: [{ id: 'l', scope: 'global', requests: 10 }],
        previous: { hash: 'p'.repeat(64), until: 1_700_000_000_001 },
        expiresAt: 1_800_000_000_000,
      })
      await test.store.create(key, note('key-created'))
      expect(await test.other.find(key.hash)).toEqual(key)
      expect(await test.other.find('p'.repeat(64))).toEqual(key)
      expect(await test.other.get('key_1')).toEqual(key)
      expect(await test.other.find('q'.repeat(64))).toBeUndefined()
      expect(await test.other.get('key_2')).toBeUndefined()
    })

    it('lists the newest first', async () => {
      await using test = await open()
      await test.store.create(sampleKey('key_1'), note('key-created'))
      await test.store.create(sampleKey('key_2', { createdAt: 1_700_000_000_001 }), note('key-created'))
      expect((await test.store.list()).map(({ id }) => id)).toEqual(['key_2', 'key_1'])
    })

    it('refuses a name that a key has, until that is revoked, and an id for good', async () => {
      await using test = await open()
      const first = sampleKey('key_1', { name: 'shop' })
      await test.store.create(first, note('key-created'))
      const twin = sampleKey('key_2', { name: 'shop' })
      await expect(test.other.create(twin, note('key-created'))).rejects.toMatchObject({ code: 'invalid-request' })
      expect(await wholeAudit(test.store)).toHaveLength(1)
      await test.store.replace(first, { ...first, revokedAt: 1 }, note('key-revoked'))
      await test.other.create(twin, note('key-created'))
      await expect(test.store.create(sampleKey('key_1', { hash: 'x' }), note('key-created'))).rejects.toMatchObject({
        code: 'invalid-request',
      })
      const third = sampleKey('key_3')
      await test.store.create(third, note('key-created'))
      await expect(test.store.replace(third, { ...third, name: 'shop' }, note('key-changed'))).rejects.toMatchObject({
        code: 'invalid-request',
      })
      expect(await test.store.get('key_3')).toEqual(third)
    })

    it('replaces a key that is as it was known, and tells whoever comes too late', async () => {
      await using test = await open()
      const key = sampleKey('key_1')
      await test.store.create(key, note('key-created'))
      const changes = [test.store, test.other].map((store, index) =>
        store.replace(key, { ...key, aliases: [`alias-${index}`] }, note('key-changed')),
      )
      expect((await Promise.all(changes)).toSorted()).toEqual([false, true])
      expect(await wholeAudit(test.store)).toHaveLength(2)
      expect(await test.store.replace(sampleKey('key_9'), sampleKey('key_9'), note('key-changed'))).toBe(false)
    })

    it('has another version after each change of a key, whoever makes it, and after nothing else', async () => {
      await using test = await open()
      expect(await test.store.version()).toBe(0)
      const key = sampleKey('key_1')
      await test.other.create(key, note('key-created'))
      const made = await test.store.version()
      expect(made).toBeGreaterThan(0)
      await test.other.note(note('admin-opened', 'page'))
      expect(await test.store.version()).toBe(made)
      await test.other.replace(key, { ...key, revokedAt: 1 }, note('key-revoked'))
      expect(await test.store.version()).not.toBe(made)
    })

    it('keeps a log without gap and fork, however many write at once', async () => {
      await using test = await open()
      const writers = Array.from({ length: 40 }, (_, index) => {
        const store = index % 2 === 0 ? test.store : test.other
        return index % 4 === 0
          ? store.note(note(`noted-${index}`))
          : store.create(sampleKey(`key_${index}`), note('key-created', `key_${index}`))
      })
      await Promise.all(writers)
      const log = await wholeAudit(test.store)
      expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
      expect(findBreak(log)).toBeUndefined()
    })

    it('gives the log a page at a time', async () => {
      await using test = await open()
      for (let index = 1; index <= 5; index++) await test.store.note(note(`noted-${index}`))
      const first = await test.store.audit({ limit: 2 })
      expect(first.map(({ seq }) => seq)).toEqual([5, 4])
      const rest = await test.other.audit({ before: first.at(-1)!.seq, limit: 10 })
      expect(rest.map(({ action }) => action)).toEqual(['noted-3', 'noted-2', 'noted-1'])
    })

    it('takes whatever stands in a name or a hash as a value', async () => {
      await using test = await open()
      for (const text of [`'; DROP TABLE access_keys; --`, `" OR 1=1`, `$1`, `?`, `\\'`]) {
        await test.store.create(sampleKey(`key_${text}`, { name: text, hash: text }), note('key-created', text))
        expect((await test.store.find(text))?.name).toBe(text)
        expect(await test.store.find(`${text}'`)).toBeUndefined()
      }
      expect(await test.store.list()).toHaveLength(5)
    })
  })
}
