import { expect, it } from 'vitest'
import { idOf } from '../../core/event.ts'
import { eventSinkSuite } from '../event-sink.suite.ts'
import { sampleCall } from '../sample-events.suite.ts'
import { createMemoryEventSink } from './memory-event-sink.ts'

eventSinkSuite('memory', async () => {
  const sink = createMemoryEventSink()
  return {
    sink,
    ids: async () => sink.events().map(idOf),
    dropped: () => sink.dropped,
    withContent: async () => sink.events().filter((event) => event.type === 'call' && event.content?.answer).length,
    [Symbol.asyncDispose]: () => sink.close(),
  }
})

it('keeps the newest events, in order, and counts the rest', () => {
  const sink = createMemoryEventSink({ capacity: 3 })
  for (const id of ['a', 'b', 'c', 'd', 'e']) sink.record(sampleCall(id))
  expect(sink.events()).toMatchObject([{ callId: 'c' }, { callId: 'd' }, { callId: 'e' }])
  expect(sink.dropped).toBe(2)
})
