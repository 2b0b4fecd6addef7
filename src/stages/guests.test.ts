import { expect, it } from 'vitest'
import type { Target } from '../core/target.ts'
import { createVirtualClock } from '../core/virtual-clock.ts'
import { createBreakers } from './breakers.ts'
import { createGates } from './gates.ts'
import { aTarget, failure, flatBooks } from './scripted.suite.ts'

/** The operator's target with a key that a caller brought. */
const guest = (credential: string): Target => ({ ...aTarget('lab/one'), credential, insteadOf: aTarget('lab/one') })

it('keys that callers bring, however many, make no gate of the operator’s forgotten', () => {
  const gates = createGates({ clock: createVirtualClock(), books: flatBooks })
  const operator = gates.of(aTarget('lab/one'))
  const first = gates.of(guest('caller-first'))
  for (let key = 0; key < 3_000; key++) gates.of(guest(`caller-${key}`))
  expect(gates.of(aTarget('lab/one'))).toBe(operator)
  expect(gates.of(guest('caller-first'))).not.toBe(first)
  expect(gates.of(guest('caller-2999'))).toBe(gates.of(guest('caller-2999')))
})

it('keys that callers bring, however bad, make no breaker of the operator’s forgotten', () => {
  const clock = createVirtualClock()
  const breakers = createBreakers({ clock, random: () => 0.5, most: 10 })
  const fail = (target: Target) => {
    for (let count = 0; count < 10; count++) {
      const passage = breakers.of(target).enter(false)
      if ('fail' in passage) passage.fail(failure('server-error'))
    }
  }
  fail(aTarget('lab/one'))
  const operator = breakers.of(aTarget('lab/one'))
  for (let key = 0; key < 100; key++) fail(guest(`caller-${key}`))
  expect(breakers.of(aTarget('lab/one'))).toBe(operator)
  expect(operator.isAtRest).toBe(false)
})
