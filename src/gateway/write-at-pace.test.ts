import { EventEmitter, getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { CallAborted } from '../errors/index.ts'
import { writeAtPace } from './write-at-pace.ts'

/** A response whose reader is this test. */
class Slow extends EventEmitter {
  destroyed = false
  readonly written: string[] = []
  takes = true
  write(chunk: string): boolean {
    this.written.push(chunk)
    return this.takes
  }
  destroy(): void {
    this.destroyed = true
  }
}

const start = () => {
  const response = new Slow()
  const leave = new AbortController()
  return { response, leave, write: writeAtPace(response as unknown as ServerResponse, leave.signal, 30_000) }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('does not wait for a reader that keeps up', () => {
  const { response, write } = start()
  expect(write('a')).toBeUndefined()
  expect(response.written).toEqual(['a'])
})

it('waits for one that does not, and leaves nothing behind', async () => {
  const { response, leave, write } = start()
  response.takes = false
  const paced = write('a')
  expect(response.listenerCount('drain')).toBe(1)
  response.emit('drain')
  await paced
  expect(response.listenerCount('drain')).toBe(0)
  expect(getEventListeners(leave.signal, 'abort')).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

it('ends the wait when the reader leaves', async () => {
  const { response, leave, write } = start()
  response.takes = false
  const paced = write('a')
  const reason = new CallAborted()
  leave.abort(reason)
  await expect(paced).rejects.toBe(reason)
  expect(response.listenerCount('drain')).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('cuts off a reader that takes nothing for half a minute', () => {
  const { response, write } = start()
  response.takes = false
  void write('a')
  vi.advanceTimersByTime(29_999)
  expect(response.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  expect(response.destroyed).toBe(true)
})

it('does not wait where nobody reads any more', () => {
  const { response, write } = start()
  response.takes = false
  response.destroyed = true
  expect(write('a')).toBeUndefined()
})
