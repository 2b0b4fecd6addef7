import { expect, test } from 'vitest'
import { readImports } from './read-imports.ts'

const source = `/** import { x } from './in-a-comment.ts' */
import './effect.ts'
import type { A } from './type.ts'
import { type B, c } from './mixed.ts'
export type { D } from './export-type.ts'
export * as e from './export-all.ts'
const text = "import f from './in-a-string.ts'"
const g: import('./type-position.ts').G = await import('./dynamic.ts')
new Worker(new URL('./worker.ts', import.meta.url))
new URL('./page', 'http://127.0.0.1')
`

test('reads every way to import, with its line, and nothing from comments and strings', () => {
  expect(readImports(source)).toEqual([
    { specifier: './effect.ts', kind: 'value', line: 2 },
    { specifier: './type.ts', kind: 'type', line: 3 },
    { specifier: './mixed.ts', kind: 'value', line: 4 },
    { specifier: './export-type.ts', kind: 'type', line: 5 },
    { specifier: './export-all.ts', kind: 'value', line: 6 },
    { specifier: './type-position.ts', kind: 'type', line: 8 },
    { specifier: './dynamic.ts', kind: 'dynamic', line: 8 },
    { specifier: './worker.ts', kind: 'url', line: 9 },
  ])
})
