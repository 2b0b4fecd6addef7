import { expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { type PassageClock, startPassageClock } from './passage-clock.ts'

const limits = { connectMs: 10, headersMs: 1_000, idleMs: 100, maxBodyBytes: 1 }

/** What ran out, and when, where nothing more happens after these steps, each so many milliseconds after the one before. */
async function expiry(steps: readonly (readonly [ms: number, step: (time: PassageClock) => void])[], totalMs?: number) {
  const clock = createVirtualClock()
  const expired: string[] = []
  const expire = ({ message, fix }: { message: string; fix: string }) =>
    expired.push(`${/passThrough\.(\w+)/.exec(fix)?.[1]} ${clock.now() - startedAt}: ${message}`)
  const startedAt = clock.now()
  const time = startPassageClock(clock, { ...limits, ...(totalMs && { totalMs }) }, { provider: 'lab', expire })
  for (const [ms, step] of steps) {
    await clock.advance(ms)
    step(time)
  }
  await clock.advance(10_000)
  time.stop()
  expect(clock.pending).toBe(0)
  return expired.map((text) => text.replace(/:.*/, ''))
}

const connected = (isWhole: boolean) => (time: PassageClock) => time.connected(isWhole)
const moved = (time: PassageClock) => time.moved()
const asked = (time: PassageClock) => time.asked()
const answered = (time: PassageClock) => time.answered()
const pause = (time: PassageClock) => time.pause()

it.each([
  ['no connection', [], 'connect 10'],
  ['no answer to a request without a body', [[5, connected(true)]], 'headers 1005'],
  [
    'a body that stalls',
    [
      [5, connected(false)],
      [90, moved],
      [90, moved],
    ],
    'idle 285',
  ],
  [
    'no answer to a body',
    [
      [5, connected(false)],
      [90, moved],
      [10, asked],
    ],
    'headers 1105',
  ],
  [
    'an answer that stalls',
    [
      [5, connected(true)],
      [900, answered],
      [90, moved],
    ],
    'idle 1095',
  ],
  [
    'an answer that stalls once the client has taken it',
    [
      [5, connected(true)],
      [5, answered],
      [5, pause],
      [500, moved],
    ],
    'idle 615',
  ],
  [
    'an early answer that stalls while the body goes on',
    [
      [5, connected(false)],
      [5, answered],
      [90, moved],
      [5, asked],
    ],
    'idle 200',
  ],
  [
    'a body to be signed that stalls',
    [
      [5, moved],
      [90, moved],
    ],
    'idle 195',
  ],
  [
    'no connection for a body that was signed',
    [
      [5, moved],
      [90, moved],
      [50, asked],
    ],
    'connect 155',
  ],
  [
    'no answer to a body that was signed',
    [
      [5, moved],
      [50, asked],
      [5, connected(false)],
    ],
    'headers 1060',
  ],
] as const)('runs out on %s', async (_, steps, expected) => {
  expect(await expiry(steps)).toEqual([expected])
})

it('waits for a client as long as it takes, but not beyond the total', async () => {
  const steps = [
    [5, connected(true)],
    [5, answered],
    [5, pause],
  ] as const
  expect(await expiry(steps)).toEqual([])
  expect(await expiry(steps, 300)).toEqual(['total 300'])
})
