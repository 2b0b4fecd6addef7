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
    ]),
  )
  const lengths = secrets.map(({ length }) => length)
  expect(lengths).toEqual(lengths.toSorted((left, right) => right - left))
})

test('what stands in for a key is no secret', () => {
  expect(secretsIn(defaultConfig({}, { simulatorUrl: 'http://127.0.0.1:1' }))).toEqual([])
})
