import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from './folder-with.suite.ts'

/** Imported by Node itself: what runs the tests transforms modules, and fails in its own words. */
function importByNode(path: string, timeoutMs = 30_000): { readonly message: string; readonly fix: string } {
  const script = `
    const { importModule } = await import(${JSON.stringify(new URL('./import-module.ts', import.meta.url).href)})
    const seen = await importModule(process.argv[1], Number(process.argv[2])).then(Object.keys, ({ code, message, fix }) => ({ code, message, fix }))
    console.log(JSON.stringify(seen))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script, path, String(timeoutMs)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(said)
}

const errors = JSON.stringify(new URL('../../errors/index.ts', import.meta.url).href)

it.each([
  [
    'throws',
    'bad.feature.ts',
    '\nexport const a = 1\nthrow new Error("no database")\n',
    /Error: no database \(line 3:7\)/,
    /must not throw/,
  ],
  [
    'has an enum',
    'bad.feature.ts',
    'export const a = 1\nenum Colour { Red }\n',
    /enum.*not supported.*\(line 2/,
    /stripped/,
  ],
  ['is broken', 'bad.feature.ts', 'export const a = ;\n', /SyntaxError: .*\(line 1/, /Correct the file/],
  ['names no package', 'bad.feature.mjs', "import 'not-installed'\n", /Cannot find package 'not-installed'/, /Install/],
  ['is no ES module', 'bad.feature.mjs', 'exports.a = 1\n', /exports is not defined.*\(line 1/, /ES module/],
  [
    'imports a type as a value',
    'bad.feature.ts',
    "import { Stats2 } from 'node:fs'\nexport const a: Stats2 = 1\n",
    /does not provide an export named 'Stats2'/,
    /import type/,
  ],
  [
    'throws an error of ours',
    'bad.eval.ts',
    `import { InseamError } from ${errors}\nthrow new InseamError('suite-invalid', 'No cases.', { fix: 'Add one.' })\n`,
    /InseamError: No cases \(line 2:7\)/,
    /^Add one\.$/,
  ],
  ['throws no error', 'bad.feature.mjs', 'throw "words"\n', /it threw words/, /must not throw/],
])('names the file that %s, what it threw and where, and the fix', (_what, name, text, message, fix) => {
  using folder = folderWith({ [name]: text, 'package.json': '{"type":"module"}' })
  const path = join(folder.path, name)
  const said = importByNode(path)
  expect(said.message).toContain(`${path} cannot be imported: `)
  expect(said.message).toMatch(message)
  expect(said.fix).toMatch(fix)
})

it('waits for no import that does not end', () => {
  using folder = folderWith({ 'a.feature.mjs': 'await new Promise(() => {})\n' })
  const path = join(folder.path, 'a.feature.mjs')
  expect(importByNode(path, 20).message).toBe(`${path} cannot be imported: it was not done within 20 ms.`)
})

it('says where in another file it was thrown', () => {
  using folder = folderWith({
    'a.feature.mjs': "import './shared.mjs'\n",
    'shared.mjs': 'export const a = 1\n\nthrow new TypeError("broken")\n',
  })
  expect(importByNode(join(folder.path, 'a.feature.mjs')).message).toMatch(
    /TypeError: broken \(\S*shared\.mjs:3:7\)\.$/,
  )
})

it('gives the exports', () => {
  using folder = folderWith({ 'a.feature.ts': 'export const a: number = 1\nexport default 2\n' })
  expect(importByNode(join(folder.path, 'a.feature.ts'))).toEqual(['a', 'default'])
})
