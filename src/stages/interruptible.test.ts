import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { interruptible, unlessAborted } from './interruptible.ts'

const forever = new Promise<never>(() => {})

it('gives what the work gives', async () => {
  const { wait } = interruptible()
  expect(await wait(Promise.resolve(1))).toBe(1)
  await expect(wait(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})

it('ends the wait under way and every later one with the first reason', async () => {
  const { wait, interrupt } = interruptible()
  const waiting = wait(forever)
  interrupt(new Error('first'))
  interrupt(new Error('second'))
  await expect(waiting).rejects.toThrow('first')
  await expect(wait(forever)).rejects.toThrow('first')
  await expect(wait(Promise.resolve(1))).rejects.toThrow('first')
})

it('keeps quiet about work that fails after nobody waits for it', async () => {
  const { wait, interrupt } = interruptible()
  const work = Promise.withResolvers<void>()
  const waiting = wait(work.promise)
  interrupt(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  work.reject(new Error('late'))
})

it('waits until a signal aborts and leaves no listener on it', async () => {
  const controller = new AbortController()
  const { signal } = controller
  expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  const waiting = unlessAborted(forever, signal)
  controller.abort(new Error('left'))
  await expect(waiting).rejects.toThrow('left')
  await expect(unlessAborted(forever, signal)).rejects.toThrow('left')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
