import { expect, it } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { cachedReply, replyCacheSuite } from '../reply-cache.suite.ts'
import { createMemoryCache } from './memory-cache.ts'

replyCacheSuite('memory', async () => {
  const clock = createVirtualClock()
  const cache = createMemoryCache({ clock })
  return { cache, pass: (seconds) => clock.advance(seconds * 1000), [Symbol.asyncDispose]: () => cache.close() }
})

it('lets the least recently used give way once its bytes are full', async () => {
  const cache = createMemoryCache({ maxBytes: 100_000 })
  const large = cachedReply('x'.repeat(10_000))
  await cache.set('a', large, 60)
  await cache.set('b', large, 60)
  await cache.get('a')
  await cache.set('c', large, 60)
  expect(await cache.get('b')).toBeUndefined()
  expect(await cache.get('a')).toBeDefined()
  expect(await cache.get('c')).toBeDefined()
})

it('counts the bytes of frames, and does not keep what is larger than all of it', async () => {
  const cache = createMemoryCache({ maxBytes: 100_000 })
  await cache.set('small', cachedReply('small'), 60)
  await cache.set('large', cachedReply('', [{ type: 'frames', bytes: new Uint8Array(200_000), deltas: [] }]), 60)
  expect(await cache.get('large')).toBeUndefined()
  expect(await cache.get('small')).toBeDefined()
})
