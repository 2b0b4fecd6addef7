import { expect, it } from 'vitest'
import { noSuchRoute, repeatsVersion } from './no-such-route.ts'

it.each([
  ['/chat/completions', 'with /v1 at its end'],
  ['/responses', 'with /v1 at its end'],
  ['/embeddings', 'with /v1 at its end'],
  ['/messages', 'alone'],
  ['/messages/count_tokens', 'alone'],
  ['/models', 'with /v1 at its end'],
  ['/v1/v1/messages', 'alone'],
  ['/v1/v1/chat/completions', 'alone'],
  ['/v1beta/v1beta/models/fast:generateContent', 'alone'],
  ['/v1beta/v1/models/fast:generateContent', 'alone'],
])('says which base URL a client of %s wants: %s', (path, meant) => {
  const { message, fix } = noSuchRoute('POST', path)
  expect(message).toBe(`There is no POST ${path} here.`)
  expect(fix).toMatch(new RegExp(`^Set the client's base URL to the gateway's address ${meant}`))
})

it('lists what there is for a path that no client means, and shows no more of it than can be read', () => {
  const { message, fix } = noSuchRoute('GET', `/${'x'.repeat(5_000)}`)
  expect(message.length).toBeLessThan(250)
  expect(fix).toMatch(/POST \/v1\/chat\/completions.*\/providers\/NAME/)
})

it.each([
  ['/v1/models', false],
  ['/v1/v1x', false],
  ['/v1/files/v1/content', false],
  ['/v1/v1/files', true],
  ['/v1beta/v1/files', true],
])('takes %s for a version said twice: %s', (path, isTwice) => {
  expect(repeatsVersion(path)).toBe(isTwice)
})
