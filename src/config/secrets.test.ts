import { expect, test } from 'vitest'
import { defaultConfig, parseConfig } from '../config.ts'
import { secretsIn } from './secrets.ts'

test('every secret of a configuration is known, in each form that it may have in a text, the longest first', () => {
  const config = parseConfig(
    `
providers:
  openai: { key: sk-provider, headers: { authorization: "Bearer token-of-the-team", x: short } }
gateway: { keys: [{ name: a, key: 'key/of "a"' }] }
admin: { token: token-of-the-page-itself }
events: { store: postgres, url: "postgres://me:pass%2Fword@db/events" }
webhooks: [{ url: "https://hooks.example.com/T0KEN", secret: whsec_${'A'.repeat(32)} }]
`,
    { env: {} },
  )
  const secrets = secretsIn(config)
  expect(new Set(secrets)).toEqual(
    new Set([
      'sk-provider',
      'Bearer token-of-the-team',
      'Bearer%20token-of-the-team',
      'token-of-the-team',
      'key/of "a"',
      'key/of \\"a\\"',
      'key%2Fof%20%22a%22',
      'token-of-the-page-itself',
      'postgres://me:pass%2Fword@db/events',
      'postgres%3A%2F%2Fme%3Apass%252Fword%40db%2Fevents',
      'pass%2Fword',
      'pass%252Fword',
      'pass/word',
      'https://hooks.example.com/T0KEN',
      'https%3A%2F%2Fhooks.example.com%2FT0KEN',
      `whsec_${'A'.repeat(32)}`,
    ]),
  )
  const lengths = secrets.map(({ length }) => length)
  expect(lengths).toEqual(lengths.toSorted((left, right) => right - left))
})

test('what stands in for a key is no secret', () => {
  expect(secretsIn(defaultConfig({}, { simulatorUrl: 'http://127.0.0.1:1' }))).toEqual([])
})
