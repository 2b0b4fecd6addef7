import { expect, it } from 'vitest'
import { ProviderFailed } from '../errors/index.ts'
import { redactError } from './redact.ts'

it('takes secrets out of all that an error says, and of what caused it', () => {
  const cause = new SyntaxError('Unexpected token in "key-canary-1"')
  const failure = {
    code: 'server-error',
    said: 'no key-canary-1 here',
    providerCode: 'key-canary-1',
    target: 'a/b',
    cause,
  } as const
  const error = redactError(new ProviderFailed(failure), ['', 'key-canary-1'])
  const seen = [error.message, error.stack, error.said, error.providerCode, cause.message, cause.stack].join()
  expect(seen).not.toContain('key-canary-1')
  expect(error.message).toContain('no [redacted] here')
  expect(error.target).toBe('a/b')
})
