import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'
import { nearest } from './nearest.ts'
import { isSecretName } from './secret-name.ts'
import { parseSize } from './size.ts'

test.each([
  ['250ms', 250],
  ['20s', 20_000],
  ['1.5s', 1_500],
  ['2 m', 120_000],
  ['1h', 3_600_000],
  ['20', undefined],
  ['20 sec', undefined],
  ['-1s', undefined],
  ['1h30m', undefined],
  ['s', undefined],
  ['', undefined],
])('the duration %j is %j ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each([
  ['64 MiB', 67_108_864],
  ['10MB', 10_000_000],
  ['1 kB', 1_000],
  ['1.5 KiB', 1_536],
  ['2GiB', 2_147_483_648],
  ['12 B', 12],
  ['64', undefined],
  ['64 M', undefined],
  ['-1 MB', undefined],
])('the size %j is %j bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each([
  ['firstTokn', 'firstToken'],
  ['first_token', 'firstToken'],
  ['tiemout', 'timeout'],
  ['apiKey', 'key'],
  ['baseURL', 'url'],
  ['zebra', undefined],
  ['', undefined],
])('%j means %j', (written, meant) => {
  expect(nearest(written, ['firstToken', 'timeout', 'key', 'url'])).toBe(meant)
})

test('names of secrets are known, and names that only look like them', () => {
  const secrets = [
    'key',
    'apiKey',
    'api_key',
    'OPENAI_API_KEY',
    'x-auth-token',
    'clientSecret',
    'password',
    'Authorization',
  ]
  const plain = ['keys', 'firstToken', 'maxOutputTokens', 'monkey', 'keyboard', 'name', '']
  expect(secrets.filter((name) => !isSecretName(name))).toEqual([])
  expect(plain.filter(isSecretName)).toEqual([])
})
