import { expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { inTime } from './in-time.ts'

it('leaves no rejection behind of work that began before the time was over, and was not waited for', async () => {
  const clock = createVirtualClock()
  const time = inTime(clock, { timeoutMs: 10 }, 'fast')
  await clock.advance(10)
  const work = Promise.withResolvers<never>()
  await expect(time.wait(work.promise)).rejects.toMatchObject({ code: 'deadline-exceeded' })
  const unheard: unknown[] = []
  const hear = (reason: unknown) => unheard.push(reason)
  process.on('unhandledRejection', hear)
  work.reject(new Error('too late'))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})
