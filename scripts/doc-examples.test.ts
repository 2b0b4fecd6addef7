import { expect, test } from 'vitest'
import { examplesOfPage, examplesOfSource } from './doc-examples.ts'

test('a page has its blocks type-checked, and run where the fence says so', () => {
  const page = 'Text\n\n```ts\none()\n```\n\n```ts run\ntwo()\n```\n\n```json\n{}\n```\n'
  expect(examplesOfPage('README.md', page)).toEqual([
    { file: 'README.md', line: 4, code: 'one()\n', runs: false },
    { file: 'README.md', line: 8, code: 'two()\n', runs: true },
  ])
})

test('an example of a doc comment runs, at the line where it stands, importing from where it stands', () => {
  const source = `import './x.ts'

/**
 * Reads.
 *
 * @example
 * \`\`\`ts
 * import { read } from './read.ts'
 * read()
 * \`\`\`
 */
export function read() {}

/**
 * Opens.
 * @example
 * \`\`\`ts no-run
 * open()
 * \`\`\`
 */
`
  expect(examplesOfSource('src/wire/read.ts', source)).toEqual([
    { file: 'src/wire/read.ts', line: 8, code: "import { read } from '../../src/wire/read.ts'\nread()\n", runs: true },
    { file: 'src/wire/read.ts', line: 18, code: 'open()\n', runs: false },
  ])
})

test('an example without a fence is code', () => {
  expect(examplesOfSource('a.ts', '/**\n * @example\n * one()\n */\n')).toMatchObject([{ line: 2, runs: true }])
})
