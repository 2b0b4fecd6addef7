import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openSeam } from '../src/open-seam.ts'
import { feature } from '../src/patterns/feature.ts'
import { prompt } from '../src/patterns/prompt.ts'

const greet = feature({ name: 'greet', model: 'fast', prompt: () => prompt`Say hello.` })

it('answers from a simulator of its own where it is told to, and ends it with the seam', async () => {
  const existed = existsSync('.inseam')
  const seam = await openSeam({ simulate: true })
  const { text, ending, target } = await seam.complete(greet, {})
  expect(text).not.toBe('')
  expect({ ending, target }).toMatchObject({ ending: { type: 'completed' }, target: 'simulator/sim-small' })
  await seam.close()
  await expect(seam.complete(greet, {}, { timeoutMs: 2_000 })).rejects.toMatchObject({ code: expect.any(String) })
  expect(existsSync('.inseam')).toBe(existed)
})

it('refuses a time that nobody can keep, and says so on the record', async () => {
  await using seam = await openSeam({ simulate: true })
  for (const timeoutMs of [0, -4, Number.NaN]) {
    await expect(seam.complete(greet, {}, { timeoutMs })).rejects.toMatchObject({
      code: 'invalid-request',
      message: `timeoutMs: expected a number of milliseconds above 0, found ${timeoutMs}.`,
    })
  }
})
