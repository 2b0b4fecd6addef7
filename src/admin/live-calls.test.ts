import { expect, test } from 'vitest'
import type { CallEvent } from '../core/event.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { sampleCall } from '../stores/sample-events.suite.ts'
import { createLiveCalls } from './live-calls.ts'

const any = () => true

/** A follower that keeps what it is told, and takes more for as long as it may. */
function follower(mayTake: () => boolean = any, wants: (call: CallEvent) => boolean = any) {
  const rows: string[] = []
  let lost = 0
  let times = 0
  return {
    rows,
    get lost() {
      return lost
    },
    get times() {
      return times
    },
    wants,
    take: (told: readonly { readonly callId: string }[], missed: number) => {
      rows.push(...told.map(({ callId }) => callId))
      lost += missed
      times++
      return mayTake()
    },
  }
}

test('calls that end together are told together, in order, to each who wants them', async () => {
  const clock = createVirtualClock()
  const live = createLiveCalls({ clock })
  live.hear(sampleCall('too-early'))
  const all = follower()
  const some = follower(any, ({ feature }) => feature === 'triage')
  live.follow(all)
  live.follow(some)
  live.hear(sampleCall('1'))
  live.hear(sampleCall('2', { feature: 'triage' }))
  expect(all.rows).toEqual([])
  await clock.advance(100)
  expect(all.rows).toEqual(['1', '2'])
  expect(all.times).toBe(1)
  expect(some.rows).toEqual(['2'])
  live.hear(sampleCall('3'))
  await clock.advance(100)
  expect(all.rows).toEqual(['1', '2', '3'])
  expect(clock.pending).toBe(0)
})

test('a follower that takes no more loses what does not fit, and is told how much once it takes again', async () => {
  const clock = createVirtualClock()
  const live = createLiveCalls({ clock })
  let mayTake = false
  const slow = follower(() => mayTake)
  const following = live.follow(slow)
  live.hear(sampleCall('0'))
  await clock.advance(100)
  for (let made = 1; made <= 250; made++) live.hear(sampleCall(String(made)))
  await clock.advance(10_000)
  expect(slow.rows).toEqual(['0'])
  mayTake = true
  following.resume()
  expect(slow.rows).toHaveLength(201)
  expect(slow.rows.at(-1)).toBe('200')
  expect(slow.lost).toBe(50)
  live.hear(sampleCall('251'))
  await clock.advance(100)
  expect(slow.rows.at(-1)).toBe('251')
  expect(slow.lost).toBe(50)
})

test('who stops hears nothing more and leaves no timer behind', async () => {
  const clock = createVirtualClock()
  const live = createLiveCalls({ clock })
  const gone = follower()
  const following = live.follow(gone)
  live.hear(sampleCall('1'))
  following.stop()
  live.hear(sampleCall('2'))
  expect(clock.pending).toBe(0)
  await clock.advance(1_000)
  expect(gone.rows).toEqual([])
})
