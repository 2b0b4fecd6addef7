import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from './folder-with.suite.ts'
import { loadFeatures } from './load-features.ts'

const declared = (name: string) => `{ name: '${name}', model: 'fast', prompt: () => 'x' }`

it('loads what modules export by name and by default, in files and folders, and each once', async () => {
  using folder = folderWith({
    'a.feature.mjs': `export const a = ${declared('a')}; export default a; export const other = 7; export const b = ${declared('b')}`,
    'deep/c.feature.js': `export { a as again } from '../a.feature.mjs'; export default ${declared('c')}`,
    'plain.mjs': `export const d = ${declared('d')}`,
    'package.json': '{"type":"module"}',
  })
  const features = await loadFeatures([folder.path, join(folder.path, 'plain.mjs'), join(folder.path, 'a.feature.mjs')])
  expect(features.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd'])
})

it('none are none', async () => {
  expect(await loadFeatures([])).toEqual([])
})

it.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'two of the same name',
    { 'a.feature.mjs': `export default ${declared('twin')}`, 'b.feature.mjs': `export default ${declared('twin')}` },
    /^A feature in \S+a\.feature\.mjs and another one in \S+b\.feature\.mjs are called "twin"\.$/,
  ],
  [
    'two of the same name in one file',
    { 'a.feature.mjs': `export const a = ${declared('twin')}; export const b = ${declared('twin')}` },
    /^Two features in \S+a\.feature\.mjs are called "twin"\.$/,
  ],
  [
    'a name that is no part of a model name',
    { 'a.feature.mjs': `export default ${declared('a/b')}` },
    /"a\/b" cannot be served/,
  ],
  [
    'a module without a feature',
    { 'a.feature.mjs': 'export const a = { name: "a" }' },
    /a\.feature\.mjs exports no feature\.$/,
  ],
  ['a folder without modules', { 'a.mjs': '' }, /holds no features\.$/],
])('refuses %s, and says where', async (_what, files, message) => {
  using folder = folderWith(files)
  await expect(loadFeatures([folder.path])).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringMatching(message),
    fix: expect.stringMatching(/\.$/),
  })
})

it('refuses all where one module throws', async () => {
  using folder = folderWith({
    'a.feature.mjs': `export default ${declared('a')}`,
    'b.feature.mjs': 'throw new Error("no")',
  })
  await expect(loadFeatures([folder.path])).rejects.toMatchObject({
    code: 'module-unreadable',
    message: expect.stringContaining('b.feature.mjs cannot be imported: Error: no'),
  })
})
