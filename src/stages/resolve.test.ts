import { expect, it } from 'vitest'
import type { Alias } from '../core/alias.ts'
import { drain } from '../core/handler.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { UnknownModel } from '../errors/index.ts'
import { resolve } from './resolve.ts'
import { aCall, anAlias, reply, scripted } from './scripted.suite.ts'

async function resolved(alias: Alias, maxOutputTokens?: number) {
  const clock = createVirtualClock()
  const inner = scripted(clock, [reply()])
  const call = aCall(clock, { request: { maxOutputTokens } })
  await drain(resolve({ findAlias: () => alias })(inner.handler)(call))
  return inner.calls[0]
}

it('gives the call what its model name stands for', async () => {
  const alias = anAlias({ name: 'smart' })
  expect((await resolved(alias))?.alias).toBe(alias)
})

it("gives a caller without an output limit the alias's, and leaves one that it set alone", async () => {
  const alias = anAlias({ maxOutputTokens: 2_000 })
  expect((await resolved(alias))?.request.maxOutputTokens).toBe(2_000)
  expect((await resolved(alias, 5_000))?.request.maxOutputTokens).toBe(5_000)
  expect((await resolved(anAlias()))?.request.maxOutputTokens).toBeUndefined()
})

it('asks nothing where there is no such model', () => {
  const clock = createVirtualClock()
  const inner = scripted(clock, [reply()])
  const findAlias = (model: string) => {
    throw new UnknownModel(model, ['fast', 'smart'])
  }
  expect(() => resolve({ findAlias })(inner.handler)(aCall(clock, { model: 'fsat' }))).toThrow('no model "fsat"')
  expect(inner.calls).toEqual([])
})
