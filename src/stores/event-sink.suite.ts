import { describe, expect, it } from 'vitest'
import { idOf, type SeamEvent } from '../core/event.ts'
import type { EventSink } from '../core/ports.ts'
import { sampleAttempt, sampleCall, sampleRun, sampleStep } from './sample-events.suite.ts'

/** A sink under test and a way to look into it. */
export interface SinkUnderTest extends AsyncDisposable {
  readonly sink: EventSink
  /** The ids of what is kept, in any order. */
  ids(): Promise<string[]>
  dropped(): number
  /** How many of what is kept has its whole content. */
  withContent(): Promise<number>
}

/** What every event sink promises. */
export function eventSinkSuite(name: string, open: () => Promise<SinkUnderTest>): void {
  const makers: readonly ((index: number) => SeamEvent)[] = [
    (index) => sampleCall(`call_${index}`, { runId: 'run_3' }),
    (index) => sampleAttempt(`attempt_${index}`, `call_${index - 1}`),
    (index) => sampleStep(`step_${index}`, 'run_3'),
    (index) => sampleRun(`run_${index}`),
  ]
  const events = (count: number): SeamEvent[] =>
    Array.from({ length: count }, (_, index) => makers[index % makers.length]!(index))

  describe(`${name} as an event sink`, () => {
    it('has what was recorded once a flush resolves', async () => {
      await using test = await open()
      const recorded = events(1_003)
      for (const event of recorded) test.sink.record(event)
      await test.sink.flush()
      expect((await test.ids()).sort()).toEqual(recorded.map(idOf).sort())
      expect(test.dropped()).toBe(0)
    })

    it('flushes when nothing was recorded, and any number of times at once', async () => {
      await using test = await open()
      await test.sink.flush()
      test.sink.record(sampleCall('call_1'))
      await Promise.all([test.sink.flush(), test.sink.flush(), test.sink.flush()])
      expect(await test.ids()).toEqual(['call_1'])
    })

    it('keeps every event under a flood, and content of so many only as memory has room for', async () => {
      await using test = await open()
      const content = { messages: [], answer: [{ type: 'text', text: 'x' }], isCut: false } as const
      for (let index = 0; index < 1_500; index++) test.sink.record(sampleCall(`call_${index}`, { content }))
      await test.sink.flush()
      expect(await test.ids()).toHaveLength(1_500)
      const whole = await test.withContent()
      expect(whole).toBeGreaterThan(900)
      expect(whole).toBeLessThan(1_100)
    })

    it('counts what is recorded after the end, and does not throw', async () => {
      await using test = await open()
      test.sink.record(sampleCall('call_1'))
      await test.sink.close()
      await test.sink.close()
      test.sink.record(sampleCall('call_2'))
      await test.sink.flush()
      expect(test.dropped()).toBe(1)
      expect(await test.ids()).toEqual(['call_1'])
    })
  })
}
