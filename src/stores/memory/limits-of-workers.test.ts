import { expect, it } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { describeLimiter, enter, limiting, nothing } from '../limiter.suite.ts'
import { type AskingLimiter, askForLimits, countForWorkers } from './limits-of-workers.ts'

/** A worker of that supervisor; what they say to each other crosses as between processes. */
function workerOf(limits: ReturnType<typeof countForWorkers<AskingLimiter>>): AskingLimiter {
  const worker: AskingLimiter = askForLimits((question) =>
    limits.take(worker, structuredClone(question), (answer) =>
      queueMicrotask(() => worker.hear(structuredClone(answer))),
    ),
  )
  return worker
}

describeLimiter('a worker that asks its supervisor', async (clock) => workerOf(countForWorkers({ clock })))

it('workers hold a limit together, and one that ends gives its places back', async () => {
  const limits = countForWorkers<AskingLimiter>({ clock: createVirtualClock() })
  const [one, other] = [workerOf(limits), workerOf(limits)]
  const subjects = [limiting({ requests: 3, concurrency: 2 })]
  await enter(one, subjects)
  const second = await enter(other, subjects)
  expect(await other.admit(subjects, nothing)).toMatchObject({ type: 'refused', kind: 'concurrency' })
  limits.forget(one)
  await enter(other, subjects)
  expect(await other.admit(subjects, nothing)).toMatchObject({ type: 'refused', kind: 'requests' })
  second.release()
  limits.forget(other)
})

it('a worker whose supervisor is gone lets what waits end', async () => {
  const worker = askForLimits(() => undefined)
  const waiting = worker.admit([limiting({ requests: 1 })], nothing)
  worker.stopAsking()
  expect(await waiting).toMatchObject({ type: 'admitted' })
  expect(await worker.admit([limiting({ requests: 1 })], nothing)).toMatchObject({ type: 'admitted' })
})
