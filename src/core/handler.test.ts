import { expect, it } from 'vitest'
import type { Call } from './call.ts'
import type { Delta } from './delta.ts'
import { close, compose, drain, type Handler, resume, type Stage } from './handler.ts'
import { replyWithoutModel } from './replay.ts'

const reply = replyWithoutModel('call_1', 'rule', 'test', [{ type: 'text', text: 'Hi' }])
const delta = (text: string): Delta => ({ type: 'text-delta', index: 0, text })

function counting(...texts: readonly string[]) {
  const state = { open: 0 }
  const handler: Handler = async function* () {
    state.open++
    try {
      for (const text of texts) yield delta(text)
      return reply
    } finally {
      state.open--
    }
  }
  return { state, handler }
}
const call = {} as Call

it('puts the first stage outermost', async () => {
  const order: string[] = []
  const stage =
    (name: string): Stage =>
    (next) =>
      async function* (call) {
        order.push(`${name} in`)
        const reply = yield* next(call)
        order.push(`${name} out`)
        return reply
      }
  const { handler } = counting('a')
  expect(await drain(compose([stage('outer'), stage('inner')], handler)(call))).toBe(reply)
  expect(order).toEqual(['outer in', 'inner in', 'inner out', 'outer out'])
})

it('goes on after a first step that was awaited apart, and repeats nothing', async () => {
  const { handler } = counting('a', 'b', 'c')
  const answer = handler(call)
  const resumed = resume(await answer.next(), answer)
  const heard: Delta[] = []
  for await (const part of resumed) heard.push(part)
  expect(heard).toEqual([delta('a'), delta('b'), delta('c')])
})

it('gives the reply where the first step was the last', async () => {
  const answer = counting().handler(call)
  expect(await drain(resume(await answer.next(), answer))).toBe(reply)
})

it.each([1, 2])('closes a resumed answer whose reader stops after %i deltas', async (count) => {
  const { state, handler } = counting('a', 'b', 'c')
  const answer = handler(call)
  const resumed = resume(await answer.next(), answer)
  for (let read = 0; read < count; read++) await resumed.next()
  await close(resumed)
  expect(state.open).toBe(0)
})
