import { describe, expect, it } from 'vitest'
import type { Delta } from '../core/delta.ts'
import type { CachedReply, ReplyCache } from '../core/ports.ts'
import { replyWithoutModel } from '../core/replay.ts'

/** A cache under test; `pass` lets its clock go on by so many seconds. */
export interface CacheUnderTest extends AsyncDisposable {
  readonly cache: ReplyCache
  pass(seconds: number): Promise<void>
}

/** A reply as a cache is given it. */
export function cachedReply(text: string, deltas: readonly Delta[] = []): CachedReply {
  return { deltas, reply: replyWithoutModel('call_1', 'provider', 'sim-small', [{ type: 'text', text }]) }
}

/** What every reply cache promises. */
export function replyCacheSuite(name: string, open: () => Promise<CacheUnderTest>): void {
  describe(`${name} as a reply cache`, () => {
    it('gives what was kept under the very key, and a miss for any other', async () => {
      await using test = await open()
      const bytes = new TextEncoder().encode('data: {}\n\n')
      const value = cachedReply('hello', [
        { type: 'block-start', index: 0, block: { type: 'text', text: '' } },
        { type: 'frames', bytes, deltas: [{ type: 'text-delta', index: 0, text: 'hello' }] },
        { type: 'block-end', index: 0 },
      ])
      await test.cache.set('scope:a', value, 60)
      expect(await test.cache.get('scope:a')).toEqual(value)
      expect(await test.cache.get('scope:b')).toBeUndefined()
      expect(await test.cache.get('scope:')).toBeUndefined()
    })

    it('keeps the last of what was set', async () => {
      await using test = await open()
      await test.cache.set('key', cachedReply('old'), 60)
      await test.cache.set('key', cachedReply('new'), 60)
      expect((await test.cache.get('key'))?.reply.text).toBe('new')
    })

    it('forgets after the time to live', async () => {
      await using test = await open()
      await test.cache.set('key', cachedReply('short'), 10)
      await test.cache.set('other', cachedReply('long'), 100)
      await test.pass(9)
      expect(await test.cache.get('key')).toBeDefined()
      await test.pass(2)
      expect(await test.cache.get('key')).toBeUndefined()
      expect(await test.cache.get('other')).toBeDefined()
    })

    it('keeps nothing without a time to live', async () => {
      await using test = await open()
      await test.cache.set('key', cachedReply('never'), 0)
      expect(await test.cache.get('key')).toBeUndefined()
    })
  })
}
