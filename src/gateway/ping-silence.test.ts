import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import type { Call } from '../core/call.ts'
import { beginStory } from '../core/story.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { codecs } from '../wire/codecs.ts'
import { pingSilence } from './ping-silence.ts'

/** A response that keeps what is written, and when. */
function start(pingMs: number | undefined) {
  const clock = createVirtualClock()
  const written: [number, string][] = []
  const response = {
    headersSent: false,
    destroyed: false,
    writableNeedDrain: false,
    writeHead(status: number) {
      response.headersSent = true
      written.push([clock.now(), String(status)])
    },
    write: (text: string) => written.push([clock.now(), text]),
  }
  const call = { id: 'call_1', story: beginStory(clock) } as Call
  const pings = pingSilence(call, response as unknown as ServerResponse, codecs['openai-chat'], { clock, pingMs })
  return { clock, written, response, pings }
}

it('sends headers and a ping after ten silent seconds, and a ping after every ten more', async () => {
  const { clock, written, pings } = start(10_000)
  await clock.advance(9_999)
  expect(written).toEqual([])
  await clock.advance(20_001)
  const ping = ': ping\n\n'
  expect(written).toEqual([
    [10_000, '200'],
    [10_000, ping],
    [20_000, ping],
    [30_000, ping],
  ])
  pings.stop()
  expect(clock.pending).toBe(0)
})

it('counts the silence from the last thing that was written', async () => {
  const { clock, written, response, pings } = start(10_000)
  response.headersSent = true
  await clock.advance(9_000)
  pings.rest()
  pings.watch()
  await clock.advance(9_999)
  expect(written).toEqual([])
  await clock.advance(1)
  expect(written).toEqual([[19_000, ': ping\n\n']])
  pings.stop()
})

it('says nothing while something else is being written, nor to a reader that does not keep up or is gone', async () => {
  const { clock, written, response, pings } = start(10_000)
  response.headersSent = true
  pings.rest()
  await clock.advance(60_000)
  pings.watch()
  response.writableNeedDrain = true
  await clock.advance(60_000)
  response.destroyed = true
  response.writableNeedDrain = false
  await clock.advance(60_000)
  expect(written).toEqual([])
  expect(clock.pending).toBe(0)
})

it('needs no timer where it is off', () => {
  const { clock, pings } = start(undefined)
  pings.watch()
  pings.rest()
  pings.stop()
  expect(clock.pending).toBe(0)
})
