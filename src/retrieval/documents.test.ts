import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, expect, it } from 'vitest'
import type { InseamError } from '../errors/index.ts'
import { documents } from './documents.ts'
import { findDocuments } from './find-documents.ts'
import { readDocument } from './read-document.ts'

const root = mkdtempSync(join(tmpdir(), 'inseam-documents-'))
afterAll(() => rmSync(root, { recursive: true }))

let folder = root
let count = 0
beforeEach(() => {
  folder = join(root, String(++count))
  mkdirSync(folder)
})
const put = (path: string, content: string | Uint8Array = 'text') => {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), content)
  return join(folder, path)
}
const found = (...from: Parameters<typeof findDocuments>[0]) => findDocuments(from, Date.now())
const read = (path: string, limit = 1_000_000) => {
  const [document] = found(path).values()
  if (!document) throw new Error('nothing was found')
  return readDocument(document, limit)
}
const errorOf = (work: () => unknown): InseamError => {
  try {
    work()
  } catch (error) {
    return error as InseamError
  }
  throw new Error('nothing was thrown')
}

it('finds text, Markdown and HTML in a folder and below it, in the order of their names', () => {
  for (const path of ['b.md', 'a.txt', 'deep/er/c.HTML', 'd.htm', 'e.markdown', 'image.png', 'code.ts']) put(path)
  for (const path of ['.hidden/x.md', '.hidden.md', 'node_modules/p/readme.md']) put(path)
  const ids = [...found(folder).keys()].map((id) => id.slice(folder.length + 1))
  expect(ids).toEqual(['a.txt', 'b.md', 'd.htm', 'deep/er/c.HTML', 'e.markdown'])
  expect([...found(folder).values()].map(({ format }) => format)).toEqual([
    'text',
    'markdown',
    'html',
    'html',
    'markdown',
  ])
})

it('follows links to files within the folder, and none that leads out, round or nowhere', () => {
  put('inside/.data/a.md')
  put('outside/secret.md')
  symlinkSync(join(folder, 'inside/.data/a.md'), join(folder, 'inside/a.md'))
  symlinkSync(join(folder, 'outside/secret.md'), join(folder, 'inside/b.md'))
  symlinkSync(join(folder, 'outside'), join(folder, 'inside/out'))
  symlinkSync(join(folder, 'inside'), join(folder, 'inside/round'))
  symlinkSync(join(folder, 'gone.md'), join(folder, 'inside/gone.md'))
  expect([...found(join(folder, 'inside')).keys()]).toEqual([join(folder, 'inside/a.md')])
})

it('names a file by its path from the working directory where it lies below it', () => {
  expect([...found('README.md', join(process.cwd(), 'docs/errors.md')).keys()]).toEqual(['README.md', 'docs/errors.md'])
})

it('lets the last of two documents of one id count', () => {
  const both = found({ id: 'a.md', text: 'first' }, { id: 'a.md', text: 'second' })
  expect([...both.values()]).toEqual([{ type: 'memory', id: 'a.md', text: 'second', format: 'markdown' }])
})

it('says which path is missing', () => {
  const { code, message, fix } = errorOf(() => found(join(folder, 'gone.md')))
  expect({ code, message, fix }).toEqual({
    code: 'documents-unreadable',
    message: `There is no document at ${join(folder, 'gone.md')}.`,
    fix: 'Correct the path, or create the file.',
  })
})

it('refuses a file that is too large before it reads it', () => {
  const path = put('large.txt')
  truncateSync(path, 200 * 1024 * 1024)
  const before = process.memoryUsage().external
  const { code, message, fix } = errorOf(() => read(path, documents([]).maxFileBytes))
  expect(process.memoryUsage().external - before).toBeLessThan(10_000_000)
  expect(code).toBe('documents-unreadable')
  expect(message).toBe(`${path} has 209,715,200 bytes, and a document may have 67,108,864.`)
  expect(fix).toContain('maxFileBytes')
})

it('keeps a byte order mark, so that places are those of the file', () => {
  expect(read(put('a.txt', '\ufeffText'))).toBe('\ufeffText')
})

it('names the byte at which a file is not UTF-8', () => {
  const broken = fc.constantFrom(
    [0xff],
    [0x80],
    [0xc3],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xc0, 0xaf],
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }).map((string) => string.toWellFormed()),
    fc.constant('ok \ufffd €'),
  )
  fc.assert(
    fc.property(text, broken, fc.constantFrom('', 'after'), (before, bytes, after) => {
      const path = put('broken.txt', Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]))
      const { code, message } = errorOf(() => read(path))
      expect(code).toBe('documents-unreadable')
      expect(message).toContain(`byte ${Buffer.byteLength(before).toLocaleString('en-US')} (0x`)
    }),
    { numRuns: 60 },
  )
})

it('refuses half of a surrogate pair in memory', () => {
  const [document] = found({ id: 'half', text: 'a\ud800b' }).values()
  expect(errorOf(() => readDocument(document as never, 1)).message).toContain('"half" is not Unicode')
})

it('refuses options that make no sense', () => {
  for (const options of [
    { chunkCharacters: 0 },
    { chunkCharacters: 1.5 },
    { sources: 0 },
    { maxFileBytes: Number.NaN },
  ])
    expect(errorOf(() => documents('.', options)).code).toBe('feature-invalid')
})
