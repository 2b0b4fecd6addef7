import { expect, it } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { describeLimiter, enter, limiting, nothing } from '../limiter.suite.ts'
import { createMemoryLimiter } from './memory-limiter.ts'

describeLimiter('memory', async (clock) => createMemoryLimiter({ clock }))

it('forgets whoever used nothing for a minute and has no call under way', async () => {
  const clock = createVirtualClock()
  const limiter = createMemoryLimiter({ clock })
  const slow = [limiting({ concurrency: 1 }, 'slow')]
  const underWay = await enter(limiter, slow)
  for (let minute = 0; minute < 5; minute++) {
    for (let subject = 0; subject < 1_000; subject++)
      (await enter(limiter, [limiting({ requests: 1 }, `${minute} ${subject}`)])).release()
    await clock.advance(61_000)
  }
  expect(limiter.size).toBeLessThanOrEqual(1_001)
  expect(limiter.admit(slow, nothing)).toMatchObject({ type: 'refused' })
  underWay.release()
  expect(limiter.admit(slow, nothing)).toMatchObject({ type: 'admitted' })
})
