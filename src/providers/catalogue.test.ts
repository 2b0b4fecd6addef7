import { expect, test } from 'vitest'
import { catalogue, findInCatalogue } from './catalogue.ts'

/** Kinds whose address the operator's own fields say. */
const addressed = new Set(['simulator', 'azure', 'bedrock', 'vertex', 'vertex-anthropic'])

test('every entry is complete and alone of its name', () => {
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length)
  for (const { name, url, auth, envKey } of catalogue) {
    if (!addressed.has(name)) expect(url).toMatch(/^https?:\/\/[^/]+(\/[^/]+)+$/)
    expect(envKey.length > 0).toBe(auth !== 'none' && auth !== 'google')
    if (auth !== 'none' && !addressed.has(name)) expect(url).toMatch(/^https:/)
    else if (url !== '') expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/)
  }
})

test('no model id leads to two providers', () => {
  const ids = catalogue.flatMap(({ models }) => models)
  expect(new Set(ids).size).toBe(ids.length)
})

test('what is no entry is not found, names of Object included', () => {
  expect(findInCatalogue('anthropic')?.auth).toBe('x-api-key')
  expect(findInCatalogue('constructor')).toBeUndefined()
})
