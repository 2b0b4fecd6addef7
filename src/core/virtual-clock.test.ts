import { expect, it } from 'vitest'
import { sleep } from './clock.ts'
import { createVirtualClock } from './virtual-clock.ts'

const nobody = new AbortController().signal

it('jumps from timer to timer while work is under way, and takes no time for it', async () => {
  const clock = createVirtualClock(1_000)
  await clock.run(async () => {
    await sleep(clock, 60_000, nobody)
    await sleep(clock, 5_000, nobody)
  })
  expect([clock.now(), clock.date()]).toEqual([65_000, 66_000])
})

it('fires timers in the order in which they are due, and those due together as they were started', async () => {
  const clock = createVirtualClock()
  const fired: string[] = []
  clock.timer(20, () => fired.push('c'))
  clock.timer(10, () => fired.push('a'))
  clock.timer(10, () => fired.push('b'))
  await clock.advance(15)
  expect(fired).toEqual(['a', 'b'])
  await clock.advance(5)
  expect(fired).toEqual(['a', 'b', 'c'])
})

it('starts a refreshed timer anew, also after it has fired, but never after it was cancelled', async () => {
  const clock = createVirtualClock()
  const fired: number[] = []
  const timer = clock.timer(10, () => fired.push(clock.now()))
  await clock.advance(6)
  timer.refresh()
  await clock.advance(30)
  timer.refresh()
  await clock.advance(10)
  expect(fired).toEqual([16, 46])
  timer.cancel()
  timer.refresh()
  await clock.advance(100)
  expect(fired).toHaveLength(2)
  expect(clock.pending).toBe(0)
})

it('says so where the work waits for something that will never come', async () => {
  const clock = createVirtualClock()
  await expect(clock.run(new Promise(() => {}))).rejects.toThrow('no timer is due')
})

it('gives what the work gives, or throws what it throws', async () => {
  const clock = createVirtualClock()
  expect(await clock.run(Promise.resolve(1))).toBe(1)
  await expect(clock.run(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})
