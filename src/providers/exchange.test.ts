import type { Dispatcher } from 'undici'
import { afterEach, expect, it, vi } from 'vitest'
import { type Dispatch, type Exchange, type ExchangePart, openExchange } from './exchange.ts'

/** A connection whose other end is this test. */
function wire() {
  const done: string[] = []
  let handler: Dispatcher.DispatchHandler = {}
  const controller = {
    pause: () => void done.push('pause'),
    resume: () => void done.push('resume'),
    abort: (reason: Error) => {
      done.push(`abort: ${reason.message}`)
      handler.onResponseError?.(controller, reason)
    },
  } as unknown as Dispatcher.DispatchController
  const dispatcher: Dispatch = {
    dispatch(_request, given) {
      handler = given
      return true
    },
  }
  return {
    dispatcher,
    done,
    start: () => handler.onRequestStart?.(controller, {}),
    head: (status: number) => handler.onResponseStart?.(controller, status, {}, ''),
    data: (bytes: number) => handler.onResponseData?.(controller, Buffer.alloc(bytes)),
    end: () => handler.onResponseEnd?.(controller, {}),
    fail: (message: string) => handler.onResponseError?.(controller, new Error(message)),
  }
}

const request = { method: 'POST', path: '/' } as const
const open = ({ dispatcher }: { readonly dispatcher: Dispatch }, signal = new AbortController().signal): Exchange =>
  openExchange(dispatcher, request, signal, 'openai/gpt')

async function parts(exchange: Exchange): Promise<ExchangePart['type'][]> {
  const types: ExchangePart['type'][] = []
  while (types.at(-1) !== 'end') types.push((await exchange.next()).type)
  return types
}

afterEach(() => vi.useRealTimers())

it('gives all parts in order, whether they came before they were asked for or after', async () => {
  const early = wire()
  const ready = open(early)
  for (const happen of [early.start, () => early.head(103), () => early.head(200), () => early.data(3), early.end])
    happen()
  expect(await parts(ready)).toEqual(['connected', 'answered', 'data', 'end'])

  const late = wire()
  const asked = parts(open(late))
  for (const happen of [late.start, () => late.head(200), () => late.data(3), () => late.data(3), late.end]) {
    await Promise.resolve()
    happen()
  }
  expect(await asked).toEqual(['connected', 'answered', 'data', 'data', 'end'])
})

it('tells of a failure after what came before it', async () => {
  const connection = wire()
  const exchange = open(connection)
  connection.start()
  connection.head(200)
  connection.fail('reset')
  expect((await exchange.next()).type).toBe('connected')
  expect((await exchange.next()).type).toBe('answered')
  await expect(exchange.next()).rejects.toThrow('reset')
  await expect(exchange.next()).rejects.toThrow('reset')
})

it('says whether a connection broke before an answer or within one, and keeps the cause', async () => {
  const before = wire()
  const unanswered = open(before)
  before.fail('refused')
  await expect(unanswered.next()).rejects.toMatchObject({ code: 'connection-failed', cause: { message: 'refused' } })

  const within = wire()
  const answered = open(within)
  within.head(103)
  within.head(200)
  within.fail('reset')
  expect((await answered.next()).type).toBe('answered')
  await expect(answered.next()).rejects.toMatchObject({ code: 'stream-interrupted', cause: { message: 'reset' } })
})

it('pauses the socket while too much is unread, and resumes it once it is not', async () => {
  const connection = wire()
  const exchange = open(connection)
  connection.start()
  connection.head(200)
  connection.data(200 * 1024)
  expect(connection.done).toEqual([])
  connection.data(100 * 1024)
  expect(connection.done).toEqual(['pause'])
  for (let part = 0; part < 2; part++) await exchange.next()
  expect(connection.done).toEqual(['pause'])
  expect(await exchange.next()).toMatchObject({ type: 'data', bytes: { length: 300 * 1024 } })
  expect(connection.done).toEqual(['pause', 'resume'])
})

it('ends with the reason for an abort, before the connection, while it waits, and with parts unread', async () => {
  const reason = new Error('left')
  const never = wire()
  await expect(open(never, AbortSignal.abort(reason)).next()).rejects.toBe(reason)

  const before = new AbortController()
  const unconnected = wire()
  const waiting = open(unconnected, before.signal).next()
  before.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  unconnected.start()
  expect(unconnected.done).toEqual(['abort: left'])

  const during = new AbortController()
  const connected = wire()
  const exchange = open(connected, during.signal)
  connected.start()
  connected.head(200)
  connected.data(10)
  during.abort(reason)
  expect(connected.done).toEqual(['abort: left'])
  await expect(exchange.next()).rejects.toBe(reason)
})

it('closes the socket with the exchange, once, and not after the response has ended', () => {
  const open1 = wire()
  const left = open(open1)
  open1.start()
  left.close()
  left.close()
  expect(open1.done).toEqual(['abort: The exchange was closed.'])

  const ended = wire()
  const whole = open(ended)
  ended.start()
  ended.head(200)
  ended.end()
  whole.close()
  expect(ended.done).toEqual([])
})

it('lets a released response end by itself, but not for long, and takes no more content from it', () => {
  vi.useFakeTimers()
  const polite = wire()
  const one = open(polite)
  polite.start()
  polite.head(200)
  one.release()
  one.close()
  polite.end()
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(10_000)
  expect(polite.done).toEqual(['resume'])

  const silent = wire()
  const two = open(silent)
  silent.start()
  silent.head(200)
  two.release()
  vi.advanceTimersByTime(10_000)
  expect(silent.done).toEqual(['resume', 'abort: The exchange was abandoned.'])

  const talkative = wire()
  const three = open(talkative)
  talkative.start()
  talkative.head(200)
  three.release()
  talkative.data(5)
  expect(talkative.done).toEqual(['resume', 'abort: The exchange was abandoned.'])
  expect(vi.getTimerCount()).toBe(0)
})

it('listens to its signal no longer than it lives', () => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  for (const finish of ['end', 'fail', 'close', 'release'] as const) {
    const connection = wire()
    const exchange = open(connection, signal)
    connection.start()
    if (finish === 'end') connection.end()
    if (finish === 'fail') connection.fail('reset')
    if (finish === 'close') exchange.close()
    if (finish === 'release') exchange.release()
    const listener = added.mock.lastCall?.[1]
    expect(
      removed.mock.calls.some(([, gone]) => gone === listener),
      finish,
    ).toBe(true)
  }
})
