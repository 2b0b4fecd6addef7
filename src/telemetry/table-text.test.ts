import { expect, it } from 'vitest'
import { csvText } from './csv-text.ts'
import { tableText } from './table-text.ts'

it('makes columns as wide as they need, and cuts what is wider than allowed', () => {
  const columns = [
    { title: 'NAME', widest: 6 },
    { title: 'N', align: 'right' as const },
  ]
  expect(
    tableText(columns, [
      ['short', '1'],
      ['much too long', '1,234'],
      ['a\u001b[31mb', ''],
    ]),
  ).toBe(['NAME        N', 'short       1', 'much ~  1,234', 'a [31~', ''].join('\n'))
})

it('quotes the cells of CSV that need it', () => {
  const rows = [
    { a: 'x,y', b: 'say "hi"' },
    { a: null, b: 1.5 },
    { a: 'two\nlines', b: '' },
  ]
  expect(csvText(['a', 'b'], rows)).toBe('a,b\r\n"x,y","say ""hi"""\r\n,1.5\r\n"two\nlines",\r\n')
})
