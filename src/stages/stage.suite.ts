import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import { drain, type Handler } from '../core/handler.ts'
import { createVirtualClock, type VirtualClock } from '../core/virtual-clock.ts'
import { CallAborted, isInseamError, StreamInterrupted } from '../errors/index.ts'
import { aCall, anAlias, aReply, fail, never, read, reply, type Step, scripted, spell, wait } from './scripted.suite.ts'

/** Puts what is tested on top of a handler. */
export type Wrap = (inner: Handler, clock: VirtualClock) => Handler

const hello = spell('Hello there')
const streamed: readonly Step[] = [wait(10), ...hello.flatMap((delta) => [delta, wait(10)]), reply()]

/** What every stage, and any pile of them, promises to the stage above it. `alias` turns on what the stage does by choice. */
export function describeStage(name: string, wrap: Wrap, alias: Partial<Alias> = {}): void {
  const setUp = (...script: readonly Step[]) => {
    const clock = createVirtualClock()
    const inner = scripted(clock, script)
    const controller = new AbortController()
    const ask = (stream = true) =>
      wrap(
        inner.handler,
        clock,
      )(aCall(clock, { signal: controller.signal, alias: anAlias(alias), request: { stream } }))
    const expectNothingLeft = () => {
      expect(inner.open).toBe(0)
      expect(clock.pending).toBe(0)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    }
    return { clock, inner, controller, ask, expectNothingLeft }
  }
  const essence = { id: 'msg_1', text: 'Hello there', rawStop: 'stop', ending: aReply().ending, usage: aReply().usage }

  describe(`the contract of a stage, kept by ${name}`, () => {
    it('passes deltas and reply through', async () => {
      const { clock, ask, expectNothingLeft } = setUp(...streamed)
      const answer = ask()
      const { deltas, reply } = await clock.run(read(answer))
      expect(deltas).toEqual(hello)
      expect(reply).toMatchObject(essence)
      expect(await answer.next()).toEqual({ done: true, value: undefined })
      expectNothingLeft()
    })

    it('passes a whole answer through', async () => {
      const { clock, ask, expectNothingLeft } = setUp(wait(10), reply())
      const { deltas, reply: whole } = await clock.run(read(ask(false)))
      expect(deltas).toEqual([])
      expect(whole).toMatchObject(essence)
      expectNothingLeft()
    })

    it.each(hello.map((_, count) => count + 1))(
      'closes what is below when its reader stops after %i deltas',
      async (count) => {
        const { clock, ask, expectNothingLeft } = setUp(...streamed)
        const answer = ask()
        for (let read = 0; read < count; read++) await clock.run(answer.next())
        expect(await answer.return(aReply())).toMatchObject({ done: true })
        expectNothingLeft()
        expect(await answer.next()).toEqual({ done: true, value: undefined })
      },
    )

    it('asks nothing when its reader stops before it started', async () => {
      const { ask, inner, expectNothingLeft } = setUp(...streamed)
      await ask().return(aReply())
      expect(inner.calls).toEqual([])
      expectNothingLeft()
    })

    it.each([0, 1, 2])(
      'closes what is below when its reader stops while waiting for a delta after %i',
      async (count) => {
        const { clock, ask, expectNothingLeft } = setUp(...streamed)
        const answer = ask()
        for (let read = 0; read < count; read++) await clock.run(answer.next())
        const waiting = answer.next()
        await clock.run(answer.return(aReply()))
        expectNothingLeft()
        expect(await waiting).toEqual({ done: false, value: hello[count] })
      },
    )

    it.each([
      ['before the first delta', [wait(60_000), reply()], 0],
      ['where nothing ever comes', [never], 0],
      ['in the middle', [...hello.slice(0, 2), wait(60_000), reply()], 2],
      ['where nothing more ever comes', [...hello, never], hello.length],
    ] as const)('ends at once when the caller aborts %s', async (_where, script, count) => {
      const { clock, inner, controller, ask, expectNothingLeft } = setUp(...script)
      const answer = ask()
      for (let read = 0; read < count; read++) await clock.run(answer.next())
      const failed = read(answer)
      await clock.advance(40)
      controller.abort(new CallAborted())
      const { deltas, error } = await clock.run(failed)
      expect(clock.now()).toBe(40)
      expect(deltas).toEqual([])
      expect(isInseamError(error) && error.code).toBe('aborted')
      expect(inner.calls.map(({ signal }) => signal.aborted)).toEqual([true])
      expectNothingLeft()
    })

    it('ends at once when the caller aborts between two reads', async () => {
      const { clock, inner, controller, ask, expectNothingLeft } = setUp(...hello.slice(0, 2), wait(60_000), reply())
      const answer = ask()
      for (let read = 0; read < 2; read++) await clock.run(answer.next())
      controller.abort(new CallAborted())
      expect(inner.calls[0]?.signal.aborted).toBe(true)
      await expect(answer.next()).rejects.toMatchObject({ code: 'aborted' })
      await clock.advance(0)
      expectNothingLeft()
    })

    it('closes what is below when the caller aborts and its reader stops', async () => {
      const { clock, controller, ask, expectNothingLeft } = setUp(...hello.slice(0, 2), wait(60_000), reply())
      const answer = ask()
      for (let read = 0; read < 2; read++) await clock.run(answer.next())
      controller.abort(new CallAborted())
      await answer.return(aReply())
      expectNothingLeft()
    })

    it('fails with the reason of a signal that had aborted before', async () => {
      const { clock, controller, ask, expectNothingLeft } = setUp(wait(10), reply())
      controller.abort(new CallAborted())
      await expect(clock.run(drain(ask()))).rejects.toMatchObject({ code: 'aborted' })
      expect(clock.now()).toBe(0)
      expectNothingLeft()
    })

    it.each([0, 1, 2, 3])('surfaces a failure after %i deltas once, and repeats nothing', async (count) => {
      const broken = new StreamInterrupted('lab/a', 'the end of the stream')
      const { clock, inner, ask, expectNothingLeft } = setUp(wait(10), ...hello.slice(0, count), fail(broken))
      const answer = ask()
      const { deltas, error } = await clock.run(read(answer))
      expect(error).toBe(broken)
      expect(deltas).toEqual(heardOf(count, deltas.length))
      expect(inner.calls).toHaveLength(1)
      expect(await answer.next()).toEqual({ done: true, value: undefined })
      expectNothingLeft()
    })

    it.each([0, 2])('leaves nothing behind when something foreign is thrown after %i deltas', async (count) => {
      const bug = new TypeError('undefined is not a function')
      const { clock, ask, expectNothingLeft } = setUp(...hello.slice(0, count), fail(bug))
      const { error } = await clock.run(read(ask()))
      expect(isInseamError(error) ? error.cause : error).toBe(bug)
      expectNothingLeft()
    })
  })
}

/** What a reader heard of the first `count` deltas: all, unless the stage keeps back what is no content yet. */
const heardOf = (count: number, heard: number) => (count === 1 && heard === 0 ? [] : hello.slice(0, count))
