import { getEventListeners } from 'node:events'
import { expect, it, vi } from 'vitest'
import { sleep, systemClock } from './clock.ts'
import { createVirtualClock } from './virtual-clock.ts'

it('sleeps as long as it is told and leaves nothing behind', async () => {
  const clock = createVirtualClock()
  const { signal } = new AbortController()
  await clock.run(sleep(clock, 500, signal))
  expect(clock.now()).toBe(500)
  expect(clock.pending).toBe(0)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('wakes at once with the reason of its signal, and leaves nothing behind', async () => {
  const clock = createVirtualClock()
  const controller = new AbortController()
  const sleeping = sleep(clock, 500, controller.signal)
  controller.abort(new Error('left'))
  await expect(sleeping).rejects.toThrow('left')
  await expect(sleep(clock, 500, controller.signal)).rejects.toThrow('left')
  expect(clock.pending).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

it("never hands a wait to the machine's timers that they would cut to a millisecond", () => {
  vi.useFakeTimers()
  try {
    const fire = vi.fn()
    const timer = systemClock.timer(Number.POSITIVE_INFINITY, fire)
    vi.advanceTimersByTime(2 ** 31 - 2)
    expect(fire).not.toHaveBeenCalled()
    timer.cancel()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
