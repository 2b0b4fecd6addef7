import { expect, it } from 'vitest'
import { ProviderFailed } from '../errors/index.ts'
import { redact, redactError } from './redact.ts'

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

it('takes out what is left of a secret where a quotation was cut, and nothing that only looks like it', () => {
  const secrets = ['key-canary-1']
  expect(redact('You sent key-cana… to key-canary…, not key-c…', secrets)).toBe(
    'You sent [redacted]… to [redacted]…, not key-c…',
  )
  expect(redact('…a key-canary is a bird…', secrets)).toBe('…a key-canary is a bird…')
})
