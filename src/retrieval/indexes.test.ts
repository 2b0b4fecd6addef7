import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createVirtualClock } from '../core/virtual-clock.ts'
import type { InseamError } from '../errors/index.ts'
import { type DocumentInput, type DocumentsOptions, documents } from './documents.ts'
import type { IndexProgress } from './index-messages.ts'
import { createIndexes, type Indexes } from './indexes.ts'

const root = mkdtempSync(join(tmpdir(), 'inseam-indexes-'))
afterAll(() => rmSync(root, { recursive: true }))

let folder = root
let index = ''
let count = 0
beforeEach(() => {
  folder = join(root, String(++count))
  mkdirSync(join(folder, 'docs'), { recursive: true })
  index = join(folder, 'index.db')
})

const put = (name: string, text: string | Uint8Array) => {
  const path = join(folder, 'docs', name)
  writeFileSync(path, text)
  return path
}
const { signal } = new AbortController()
const long = (word: string) => `The ${word} is here. `.repeat(20)

/** Opens indexes on a virtual clock, and closes them with their scope. */
function open() {
  const clock = createVirtualClock()
  const progress: IndexProgress[] = []
  const indexes = createIndexes({ clock, onProgress: (report) => progress.push(report) })
  return {
    indexes,
    clock,
    progress,
    async find(
      query: string,
      from: Parameters<typeof documents>[0] = join(folder, 'docs'),
      options: DocumentsOptions = {},
    ) {
      const opened = await indexes.open(documents(from, { index, ...options }), signal)
      return (await opened.search(query, 10, signal)).map(({ document }) =>
        document.slice(document.lastIndexOf('/') + 1),
      )
    },
    [Symbol.asyncDispose]: () => indexes.close(),
  }
}
const errorOf = (work: Promise<unknown>): Promise<InseamError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error) => error,
  )
const rows = (sql: string) => {
  using database = new DatabaseSync(index, { readOnly: true })
  return database.prepare(sql).all()
}

it('finds passages by stemmed words, best first, and nothing where no word is known', async () => {
  put('a.txt', `${long('kettle')} Refunds take days.`)
  put('b.txt', long('toaster'))
  await using opened = open()
  expect(await opened.find('kettles')).toEqual(['a.txt'])
  expect(await opened.find('Are refunded kettles good?')).toEqual(['a.txt'])
  expect(await opened.find('dishwasher')).toEqual([])
  expect(await opened.find('')).toEqual([])
  expect(await opened.find('"kettle" AND (NEAR')).toEqual(['a.txt'])
})

it('gives passages that are exact slices of their documents', async () => {
  const text = `${long('kettle')}\u0000 😀 ${long('toaster')}`
  const html: DocumentInput = { id: 'page.html', text: `<p>${long('<b>kettle</b> &amp; pot')}</p>` }
  await using opened = open()
  const index_ = await opened.indexes.open(
    documents([{ id: 'a', text }, html], { index, chunkCharacters: 100 }),
    signal,
  )
  const passages = await index_.search('kettle toaster', 50, signal)
  expect(passages.length).toBeGreaterThan(4)
  for (const { document, start, end, text: slice, plain } of passages) {
    expect((document === 'a' ? text : html.text).slice(start, end)).toBe(slice)
    expect(plain?.text.includes('<') ?? false).toBe(false)
  }
  expect(passages.find(({ plain }) => plain)?.plain?.text).toContain('kettle & pot is here.')
})

it('looks at files again after five seconds, reads what has changed and forgets what is gone', async () => {
  put('a.txt', long('kettle'))
  put('b.txt', long('toaster'))
  await using opened = open()
  expect(await opened.find('kettle toaster')).toHaveLength(2)
  put('a.txt', long('dishwasher'))
  put('c.txt', long('fridge'))
  rmSync(join(folder, 'docs/b.txt'))
  await opened.clock.advance(4_999)
  expect(await opened.find('dishwasher fridge')).toEqual([])
  await opened.clock.advance(1)
  expect((await opened.find('dishwasher fridge')).sort()).toEqual(['a.txt', 'c.txt'])
  expect(await opened.find('kettle toaster')).toEqual([])
  expect(rows('SELECT count(*) AS n FROM search_1_docsize')).toEqual(rows('SELECT count(*) AS n FROM chunks'))
})

it('indexes again what changed alone, in another process too', async () => {
  const path = put('a.txt', long('kettle'))
  put('b.txt', long('toaster'))
  const indexedAt = () => rows('SELECT document_id FROM documents ORDER BY id').map(({ document_id }) => document_id)
  {
    await using opened = open()
    await opened.find('kettle')
  }
  const before = indexedAt()
  utimesSync(path, 1, 1)
  {
    await using opened = open()
    expect(await opened.find('kettle')).toEqual(['a.txt'])
  }
  expect(indexedAt()).toEqual(before)
  put('a.txt', long('fridge'))
  {
    await using opened = open()
    expect(await opened.find('fridge')).toEqual(['a.txt'])
  }
  expect(indexedAt()[0]).not.toBe(before[0])
  expect(indexedAt()[1]).toBe(before[1])
})

it('cuts anew where chunks are to have another size', async () => {
  put('a.txt', long('kettle').repeat(3))
  const chunks = async (chunkCharacters: number) => {
    await using opened = open()
    await opened.find('kettle', join(folder, 'docs'), { chunkCharacters })
    return Number(rows('SELECT count(*) AS n FROM chunks')[0]?.n)
  }
  expect(await chunks(1100)).toBeLessThan(3)
  expect(await chunks(100)).toBeGreaterThan(9)
})

it('keeps a document as it was where its new version cannot be read, and says so to each question', async () => {
  const path = put('a.txt', long('kettle'))
  const [text, other] = [long('kettle'), put('b.txt', long('toaster'))]
  await using opened = open()
  await opened.find('kettle')
  writeFileSync(path, Buffer.concat([Buffer.from(text), Buffer.from([0xff])]))
  rmSync(other)
  await opened.clock.advance(5_000)
  for (const _ of [1, 2]) {
    const { code, message } = await errorOf(opened.find('kettle'))
    expect({ code, message }).toMatchObject({ code: 'documents-unreadable', message: expect.stringContaining(path) })
  }
  expect(rows('SELECT count(*) AS n FROM documents')[0]?.n).toBe(2)
  writeFileSync(path, text)
  expect(await opened.find('kettle')).toEqual(['a.txt'])
})

it('leaves nothing half written where a document of several cannot be read', async () => {
  put('a.txt', long('kettle'))
  put('b.txt', Buffer.from([0x80]))
  await using opened = open()
  expect((await errorOf(opened.find('kettle'))).message).toContain('byte 0 (0x80)')
  expect(rows('SELECT count(*) AS n FROM chunks')[0]?.n).toBe(rows('SELECT count(*) AS n FROM search_1_docsize')[0]?.n)
})

it('shares one opening and one look at the files among questions that come together', async () => {
  for (let file = 0; file < 20; file++) put(`${file}.txt`, long(`kettle${file}`))
  await using opened = open()
  const found = await Promise.all(Array.from({ length: 20 }, (_, file) => opened.find(`kettle${file}`)))
  expect(found).toEqual(Array.from({ length: 20 }, (_, file) => [`${file}.txt`]))
  expect(opened.progress.filter(({ done, of }) => done === of)).toHaveLength(1)
})

it('lets two openers of one file, which index at the same time, both come to their end', async () => {
  for (let file = 0; file < 50; file++) put(`${file}.txt`, long(`kettle${file}`))
  const both: Indexes[] = [createIndexes(), createIndexes()]
  const set = documents(join(folder, 'docs'), { index })
  const opened = await Promise.all(both.map((indexes) => indexes.open(set, signal)))
  for (const index of opened) expect(await index.search('kettle7', 5, signal)).toHaveLength(1)
  expect(rows('SELECT count(*) AS n FROM documents')[0]?.n).toBe(50)
  await Promise.all(both.map((indexes) => indexes.close()))
})

it('keeps sets of different names apart, and refuses two different ones of one name', async () => {
  await using opened = open()
  expect(await opened.find('kettle', { id: 'a', text: long('kettle') })).toEqual(['a'])
  expect(await opened.find('kettle', { id: 'b', text: long('kettle') }, { name: 'other' })).toEqual(['b'])
  expect(await opened.find('kettle', { id: 'a', text: long('kettle') })).toEqual(['a'])
  const { code, message } = await errorOf(opened.find('kettle', { id: 'b', text: long('kettle') }))
  expect({ code, message }).toEqual({
    code: 'feature-invalid',
    message: `Two different sets of documents are called "documents" in the index ${index}.`,
  })
})

it('tells apart by their place what has the same score, whenever it was indexed', async () => {
  const text = long('kettle')
  for (const name of ['c.txt', 'a.txt', 'b.txt']) put(name, text)
  await using opened = open()
  expect(await opened.find('kettle')).toEqual(['a.txt', 'b.txt', 'c.txt'])
  put('a.txt', long('toaster'))
  await opened.clock.advance(5_000)
  await opened.find('kettle')
  put('a.txt', text)
  await opened.clock.advance(5_000)
  expect(await opened.find('kettle')).toEqual(['a.txt', 'b.txt', 'c.txt'])
})

it('refuses a file that is damaged, or something else, and touches neither', async () => {
  const set = { id: 'a', text: long('kettle') }
  writeFileSync(index, 'no database at all, but long enough to be taken for one by nobody'.repeat(20))
  {
    await using opened = open()
    const { code, fix } = await errorOf(opened.find('kettle', set))
    expect({ code, fix }).toEqual({ code: 'index-failed', fix: expect.stringContaining('move it away') })
  }
  rmSync(index)
  const foreign = new DatabaseSync(index)
  foreign.exec('CREATE TABLE customers (name TEXT)')
  foreign.close()
  {
    await using opened = open()
    const { code, message } = await errorOf(opened.find('kettle', set))
    expect({ code, message }).toEqual({ code: 'index-failed', message: expect.stringContaining('something else') })
    expect(rows("SELECT name FROM sqlite_master WHERE type = 'table'")).toMatchObject([{ name: 'customers' }])
    rmSync(index)
    expect(await opened.find('kettle', set)).toEqual(['a'])
  }
})

it('refuses the file of a newer version', async () => {
  {
    await using opened = open()
    await opened.find('kettle', { id: 'a', text: long('kettle') })
  }
  const newer = new DatabaseSync(index)
  newer.exec("INSERT INTO inseam_index_migrations VALUES ('2099-01-vectors', 0)")
  newer.close()
  await using opened = open()
  expect((await errorOf(opened.find('kettle', { id: 'a', text: '' }))).message).toContain('"2099-01-vectors"')
})

it('takes an empty set and empty documents for what they are', async () => {
  put('empty.txt', '')
  put('blank.md', ' \n ')
  await using opened = open()
  expect(await opened.find('kettle')).toEqual([])
  expect(rows('SELECT count(*) AS n FROM documents')[0]?.n).toBe(2)
})

it('stops waiting when the caller leaves, and goes on for the next', async () => {
  put('a.txt', long('kettle').repeat(5_000))
  await using opened = open()
  const leaver = new AbortController()
  const leaving = opened.indexes.open(documents(join(folder, 'docs'), { index }), leaver.signal)
  leaver.abort()
  expect((await errorOf(leaving)).code).toBe('aborted')
  expect(await opened.find('kettle')).toHaveLength(10)
})

it('ends an update that is under way when it is closed, and keeps the file sound', async () => {
  put('a.txt', long('kettle').repeat(20_000))
  const indexes = createIndexes()
  const opening = errorOf(indexes.open(documents(join(folder, 'docs'), { index }), signal))
  await indexes.close()
  expect((await opening).code).toBe('index-failed')
  expect((await errorOf(indexes.open(documents(join(folder, 'docs'), { index }), signal))).code).toBe('index-failed')
  await using opened = open()
  expect(await opened.find('kettle')).toHaveLength(10)
})

it('lets the rarer words of a question choose where the set is large, and finds the rare one', async () => {
  const text = Array.from({ length: 9_000 }, (_, at) => `${long('kettle')} ${at === 4_321 ? 'unicorn' : ''}`).join(
    '\n\n',
  )
  await using opened = open()
  const found = await opened.indexes.open(documents({ id: 'a', text }, { index, chunkCharacters: 400 }), signal)
  const [best] = await found.search('Is the kettle with the unicorn here?', 5, signal)
  expect(best?.text).toContain('unicorn')
})
