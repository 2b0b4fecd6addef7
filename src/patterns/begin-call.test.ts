import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { ask } from './begin-call.ts'
import { feature } from './feature.ts'
import { inTime } from './in-time.ts'
import { prompt } from './prompt.ts'

/** A feature whose schema takes as long as the test says. */
function slow() {
  const read = Promise.withResolvers<{ value: string }>()
  const input = { '~standard': { version: 1, vendor: 'slow', validate: () => read.promise } } as const
  return { read, slowly: feature({ name: 'slow', model: 'fast', input, prompt: (text: string) => prompt`${text}` }) }
}

describe('input whose schema takes its time', () => {
  it('takes it from the time of the caller', async () => {
    const clock = createVirtualClock()
    const { read, slowly } = slow()
    const asked = ask(slowly, 'x', inTime(clock, { timeoutMs: 100 }, 'fast'))
    await clock.advance(40)
    read.resolve({ value: 'read' })
    expect(await asked).toMatchObject({ input: 'read', timeoutMs: 60 })
  })

  it('is waited for until that is over, and no longer', async () => {
    const clock = createVirtualClock()
    const asked = ask(slow().slowly, 'x', inTime(clock, { timeoutMs: 100 }, 'fast'))
    const refused = expect(asked).rejects.toMatchObject({ code: 'deadline-exceeded' })
    await clock.advance(100)
    await refused
  })

  it('is waited for until the caller leaves', async () => {
    const caller = new AbortController()
    const asked = ask(slow().slowly, 'x', inTime(createVirtualClock(), { signal: caller.signal }, 'fast'))
    caller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'aborted' })
  })

  it('is refused where the schema throws late', async () => {
    const { read, slowly } = slow()
    read.reject(new Error('no database'))
    await expect(ask(slowly, 'x')).rejects.toMatchObject({
      code: 'input-invalid',
      message: 'The input schema of "slow" threw: Error: no database',
    })
  })
})
