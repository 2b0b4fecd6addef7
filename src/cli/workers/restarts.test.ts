import { expect, it } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createRestarts } from './restarts.ts'

it('starts a worker that ends soon after twice the wait each time, and gives up at the sixth', () => {
  const restarts = createRestarts(createVirtualClock())
  const waits = Array.from({ length: 6 }, () => {
    restarts.isUp()
    return restarts.next()
  })
  expect(waits).toEqual([100, 200, 400, 800, 1_600, undefined])
})

it('counts anew once a worker has lived long enough, and not for one that was never up', async () => {
  const clock = createVirtualClock()
  const restarts = createRestarts(clock)
  restarts.next()
  restarts.next()
  restarts.isUp()
  await clock.advance(10_000)
  expect(restarts.next()).toBe(100)
  await clock.advance(60_000)
  expect(restarts.next()).toBe(200)
})
