import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { cutOff } from './cut-off.ts'
import { createVirtualClock } from './virtual-clock.ts'

const never = new Promise<never>(() => undefined)

function stage() {
  const clock = createVirtualClock()
  const outer = new AbortController()
  return {
    clock,
    outer,
    options: { clock, timeoutMs: 100, signal: outer.signal },
    left: () => clock.pending + getEventListeners(outer.signal, 'abort').length,
  }
}

describe('cutting off', () => {
  it('gives what the work gives, or throws, at once or later', async () => {
    const { options, left } = stage()
    const cause = new Error('no')
    expect(await cutOff(() => 1, options)).toEqual({ type: 'done', value: 1 })
    expect(await cutOff(async () => 2, options)).toEqual({ type: 'done', value: 2 })
    expect(await cutOff(() => Promise.reject(cause), options)).toEqual({ type: 'failed', cause })
    const throws = () => {
      throw cause
    }
    expect(await cutOff(throws, options)).toEqual({ type: 'failed', cause })
    expect(left()).toBe(0)
  })

  it('waits no longer than its time, and tells the work', async () => {
    const { clock, options, left } = stage()
    let own: AbortSignal | undefined
    const ended = cutOff((signal) => {
      own = signal
      return never
    }, options)
    await clock.advance(99)
    expect(own?.aborted).toBe(false)
    await clock.advance(1)
    expect(await ended).toEqual({ type: 'timed-out' })
    expect(own?.reason).toMatchObject({ name: 'TimeoutError' })
    expect(left()).toBe(0)
  })

  it('stops with the signal, and does not begin after it', async () => {
    const { outer, options, left } = stage()
    let own: AbortSignal | undefined
    const ended = cutOff((signal) => {
      own = signal
      return never
    }, options)
    outer.abort('gone')
    expect(await ended).toEqual({ type: 'stopped' })
    expect(own?.reason).toBe('gone')
    expect(await cutOff(() => expect.unreachable(), options)).toEqual({ type: 'stopped' })
    expect(left()).toBe(0)
  })

  it('ignores what comes of the work when nobody waits any more', async () => {
    const { clock, options, left } = stage()
    const late = Promise.withResolvers<never>()
    const ended = cutOff(() => late.promise, options)
    await clock.advance(100)
    late.reject(new Error('unhandled, were it not for us'))
    expect(await ended).toEqual({ type: 'timed-out' })
    await clock.advance(1)
    expect(left()).toBe(0)
  })
})
