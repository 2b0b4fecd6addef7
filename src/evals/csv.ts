import { Readable } from 'node:stream'
import type { CaseFile, FileCase } from './case-file.ts'
import { pathOf, readText, shownPath } from './read-text.ts'
import { suiteInvalid } from './suite-invalid.ts'

/**
 * Cases from a CSV file (RFC 4180, with a row of headers). The columns `id`, `expected`, `tags` (separated by spaces) and
 * `mustPass` (`true` or nothing) are what their names say; every other column is a field of the input, and a dot in a header
 * nests: `expected.category`, `customer.name`. A column `input`, alone, is the input itself. Cells are text: use
 * `z.coerce.number()` where the feature wants a number. An empty cell of `expected` is none. A path is relative to the working
 * directory; `new URL('cases.csv', import.meta.url)` stands beside the suite.
 *
 * Does nothing until it is read; reading throws `suite-invalid`, which names the line.
 */
export function csv(file: string | URL): CaseFile {
  const path = pathOf(file)
  return { path, open: () => readRows(path) }
}

async function* readRows(path: string): AsyncGenerator<FileCase, void, void> {
  const { parse, CsvError } = await import('csv-parse')
  const shown = shownPath(path)
  const parser = parse({ info: true, skip_empty_lines: true })
  const text = Readable.from(readText(path))
  text.on('error', (error) => parser.destroy(error))
  text.pipe(parser)
  let columns: Column[] | undefined
  let line = 1
  try {
    for await (const { record, info } of parser as AsyncIterable<Row>) {
      const place = `${shown}:${line}`
      line = info.lines + 1
      if (!columns) columns = readHeaders(record, place)
      else yield { value: caseOf(columns, record), place }
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw suiteInvalid(
      `${shown}:${'lines' in cause ? cause.lines : line} cannot be read as CSV: ${cause.message}.`,
      'Give each row as many cells as there are headers, and put quotes around cells that hold commas, quotes or line breaks.',
      cause,
    )
  } finally {
    text.destroy()
    parser.destroy()
  }
}

interface Row {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** Where a column's cells go: the names from the case down. */
type Column = readonly string[]

const ownColumns = new Set(['id', 'expected', 'tags', 'mustPass', 'input'])

function readHeaders(headers: readonly string[], place: string): Column[] {
  const columns = headers.map((header) => {
    const names = header.trim().split('.')
    return ownColumns.has(names[0]!) ? names : ['input', ...names]
  })
  const seen = new Set<string>()
  for (const [index, names] of columns.entries()) {
    const path = names.join('.')
    const header = JSON.stringify(headers[index])
    if (names.includes('') || names.includes('__proto__'))
      throw suiteInvalid(`${place} has the header ${header}, which is no name.`, 'Name every column.')
    if (seen.has(path)) throw suiteInvalid(`${place} has the header ${header} twice.`, 'Give each column its own name.')
    const other = [...seen].find((known) => known.startsWith(`${path}.`) || path.startsWith(`${known}.`))
    if (other !== undefined)
      throw suiteInvalid(
        `${place} has the columns "${other}" and "${path}": one is a part of the other.`,
        'Rename one: a field cannot be text and have fields of its own.',
      )
    seen.add(path)
  }
  return columns
}

function caseOf(columns: readonly Column[], cells: readonly string[]): unknown {
  const value: Record<string, unknown> = {}
  for (const [index, names] of columns.entries()) {
    const cell = cells[index] ?? ''
    const [first] = names
    if (cell === '' && first !== 'input') continue
    if (first === 'tags') value.tags = cell.split(/\s+/).filter((tag) => tag !== '')
    else if (first === 'mustPass') value.mustPass = cell === 'true' ? true : cell === 'false' ? false : cell
    else put(value, names, cell)
  }
  return value
}

function put(into: Record<string, unknown>, [name, ...deeper]: readonly string[], cell: string): void {
  if (deeper.length === 0) into[name!] = cell
  else {
    // What an object only inherits is nobody's field: `constructor.prototype.x` must not lead out of the case.
    if (!Object.hasOwn(into, name!)) into[name!] = {}
    put(into[name!] as Record<string, unknown>, deeper, cell)
  }
}
