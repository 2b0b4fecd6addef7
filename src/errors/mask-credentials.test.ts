import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { environmentSecrets } from './environment-secrets.ts'
import { failureText } from './failure-text.ts'
import { maskCredentials } from './mask-credentials.ts'

describe('masking credentials', () => {
  it.each([
    ['connect ECONNREFUSED postgres://app:hunter2@db:5432/x', 'connect ECONNREFUSED postgres://[redacted]@db:5432/x'],
    ['redis://:p@ss@cache', 'redis://[redacted]@cache'],
    ['GET https://api.test/v1?key=abc123&page=2', 'GET https://api.test/v1?key=[redacted]&page=2'],
    ['password=hunter2; host=db', 'password=[redacted]; host=db'],
    ['{"api_key": "abc def", "page": 2}', '{"api_key": [redacted], "page": 2}'],
    ["DB_PASSWORD='a b c'", 'DB_PASSWORD=[redacted]'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['x-goog-api-key: AIza', 'x-goog-api-key: [redacted]'],
    ['wrong token sk-live-0123456789', 'wrong token [redacted]'],
    ['jwt eyJhbGciOiJI.eyJzdWIi.c2ln here', 'jwt [redacted] here'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----!', '[redacted]!'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE', '[redacted]'],
  ])('finds it in %j', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked)
  })

  it.each([
    'The order 4711 has no monkey: it was shipped.',
    'https://shop.test/orders?page=2',
    'keyboard at ada@shop.test',
    '',
  ])('leaves %j as it is', (text) => {
    expect(maskCredentials(text)).toBe(text)
  })

  it('finds a known value wherever it stands', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{8,20}$/)
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        expect(maskCredentials(`${before}${value}${after}`, [value])).not.toContain(value)
      }),
    )
  })

  it('knows the environment by the names that say secret, longest value first', () => {
    const environment = {
      DB_PASSWORD: '12345678',
      OPENAI_API_KEY: '1234567890',
      SHORT_KEY: '1',
      PATH: '/usr/local/bin',
    }
    expect(environmentSecrets(environment)).toEqual(['1234567890', '12345678'])
  })
})

describe('what a tool threw, in words', () => {
  it('has its class and message, is short, and never throws', () => {
    expect(failureText(new RangeError('too far'))).toBe('RangeError: too far')
    expect(failureText('a word')).toBe('It threw a word')
    expect(failureText({ password: 'hunter2' })).toBe('It threw an object')
    expect(failureText(undefined)).toBe('It threw undefined')
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('gotcha')
      },
    })
    expect(failureText(hostile)).toBe('It threw what cannot be read.')
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(failureText(thrown).length).toBeLessThanOrEqual(500)
      }),
    )
    expect(failureText(new Error(`${'x'.repeat(1_000)} password=hunter2`))).toHaveLength(500)
  })

  it('leaves no half of a secret where it is cut', () => {
    for (let length = 430; length < 520; length++) {
      expect(failureText(new Error(`${'x '.repeat(length / 2)}password=hunter2hunter2`))).not.toContain('hunt')
    }
    const key = `-----BEGIN PRIVATE KEY-----${'x'.repeat(3_900)}-----END PRIVATE KEY-----`
    expect(failureText(new Error(`${key} and ${'hunter2'.repeat(20)}`))).toBe('Error: [redacted] and …')
  })
})
