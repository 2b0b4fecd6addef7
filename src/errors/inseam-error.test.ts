import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import {
  asInseamError,
  CallAborted,
  CallTimedOut,
  DeadlineExceeded,
  InseamError,
  isInseamError,
  ProviderFailed,
  StreamInterrupted,
  UnknownModel,
} from './index.ts'

it('is recognised by its brand, also from another copy of the package', () => {
  const foreign = Object.defineProperty(new Error('other copy'), Symbol.for('inseam.error'), { value: true })
  expect(isInseamError(new CallAborted())).toBe(true)
  expect(isInseamError(foreign)).toBe(true)
  expect(asInseamError(foreign)).toBe(foreign)
})

it.each([undefined, null, 'text', 0, new Error('plain'), {}, runInNewContext('new Error("realm")')])(
  'wraps %s as a defect of ours, cause and all',
  (thrown) => {
    expect(isInseamError(thrown)).toBe(false)
    const error = asInseamError(thrown)
    expect(error).toMatchObject({ code: 'internal-error', retryable: false, status: 500 })
    expect(error.cause).toBe(thrown)
  },
)

it('has the name of its class, the facts of its code, and a brand that nobody sees', () => {
  const error = new StreamInterrupted('lab/a', 'the end of the stream')
  expect(error.name).toBe('StreamInterrupted')
  expect(error).toBeInstanceOf(InseamError)
  expect(error).toMatchObject({ code: 'stream-interrupted', advice: 'retry-then-fall-back', status: 502 })
  expect(Object.keys(error)).not.toContain('Symbol(inseam.error)')
  expect(JSON.stringify(error)).not.toContain('brand')
})

it('lets an error know better than its code', () => {
  const error = new ProviderFailed({ code: 'server-error', said: 'no', target: 'lab/a', advice: 'stop' })
  expect(error).toMatchObject({ advice: 'stop', retryable: false })
})

it.each([
  [
    new ProviderFailed({
      code: 'overloaded',
      said: 'Overloaded',
      target: 'lab/a',
      providerStatus: 529,
      requestId: 'r1',
    }),
    'lab/a failed with status 529: Overloaded (request r1)',
  ],
  [
    new ProviderFailed({ code: 'connection-failed', said: 'ECONNREFUSED', target: 'lab/a' }),
    'lab/a failed: ECONNREFUSED',
  ],
  [
    new CallTimedOut('first-token', 4_000, { target: 'lab/a', alias: 'fast' }),
    'lab/a gave no first token within 4,000 ms.',
  ],
  [new DeadlineExceeded(20_000, 'fast'), 'The call was not answered within its 20,000 ms.'],
  [new UnknownModel('fsat', ['fast', 'smart']), 'There is no model "fsat".'],
])('says what happened, and what to do about it: %s', (error, message) => {
  expect(error.message).toBe(message)
  expect(error.fix).toMatch(/\w.*\.$/)
})

it('falls back from a target that was slow, to connect or to answer', () => {
  const at = { target: 'lab/a', alias: 'fast' }
  for (const clock of ['connect', 'headers', 'first-token', 'idle'] as const) {
    expect(new CallTimedOut(clock, 100, at).advice).toBe('fall-back')
  }
})
