import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { endingsOf, findModules } from './find-modules.ts'
import { folderWith } from './folder-with.suite.ts'

it('finds the modules of a kind in a folder and all folders in it, in order, and nothing of packages or builds', async () => {
  using folder = folderWith({
    'b.feature.ts': '',
    'a/z.feature.mjs': '',
    'a/b/c.feature.js': '',
    'a/b/types.feature.d.ts': '',
    'a/plain.ts': '',
    'node_modules/x/x.feature.ts': '',
    'dist/b.feature.js': '',
    '.cache/b.feature.js': '',
  })
  symlinkSync(folder.path, join(folder.path, 'a', 'loop'))
  const found = await findModules(folder.path, endingsOf('feature'))
  expect(found.map((path) => path.slice(folder.path.length + 1))).toEqual([
    'a/b/c.feature.js',
    'a/z.feature.mjs',
    'b.feature.ts',
  ])
})

it('takes a file that is named whatever it is called', async () => {
  using folder = folderWith({ 'mine.ts': '' })
  const path = join(folder.path, 'mine.ts')
  expect(await findModules(path, endingsOf('feature'))).toEqual([path])
})

it('says that there is nothing at a path', async () => {
  await expect(findModules('/nowhere/at/all', endingsOf('feature'))).rejects.toMatchObject({
    code: 'module-unreadable',
    message: '/nowhere/at/all is not there.',
  })
})
