import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { findPython } from '../python.ts'
import { spelled } from './catalogue.ts'
import { holdPromises } from './hold-promises.ts'
import { type Case, casesOf, type SufferedCase, sufferMany } from './suffer-many.ts'

/*
 * The faults once more, as programs in other languages meet them by the official SDKs, which retry as they do by default in two
 * calls of three.
 */

const packages = ['openai==2.54.0', 'anthropic==2.12.0', 'google-genai==3.4.0']
const found = await findPython(packages)
const program = fileURLToPath(new URL('other-languages/ask.py', import.meta.url))
const cases = casesOf()
const nameOf = ({ number, way, cell: { client, target, stream, position } }: Case) =>
  `${number ?? '-'}: ${spelled(way)}: ${target}, ${stream ? 'streamed' : 'whole'}, ${position}, to ${client}`

describe.skipIf(found.type === 'absent')(`Python's SDKs${found.type === 'absent' ? ` (${found.whyNot})` : ''}`, () => {
  let suffered: ReadonlyMap<string, SufferedCase>
  beforeAll(async () => {
    if (found.type === 'found') suffered = await sufferMany(cases, found.python, [program])
  }, 300_000)

  it.each(cases.map((one) => [nameOf(one), one] as const))('%s', (_, one) => holdCase(one, suffered.get(one.id)!))
})

const goProgram = fileURLToPath(new URL('../../node_modules/.cache/inseam-ask-in-go', import.meta.url))

describe.skipIf(!existsSync(goProgram))('Go’s SDKs (built by `npm run test:go`)', () => {
  let suffered: ReadonlyMap<string, SufferedCase>
  beforeAll(async () => {
    suffered = await sufferMany(cases, goProgram, [])
  }, 300_000)

  it.each(cases.map((one) => [nameOf(one), one] as const))('%s', (_, one) => holdCase(one, suffered.get(one.id)!))
})

/** The promises, and that no SDK multiplies what the seam has tried: only a call that was asked once, and told a wait, comes again. */
function holdCase({ way, due, cell, retries }: Case, suffered: SufferedCase): void {
  const { calls } = suffered
  for (const { attempts } of calls.slice(0, -1)) expect(attempts, 'attempts of a call that came again').toBe(1)
  expect(calls.length, 'calls of one question').toBeLessThanOrEqual(1 + retries)
  if (calls.length === 1) holdPromises(way, due, cell, suffered)
}
