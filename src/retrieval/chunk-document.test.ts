import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkDocument } from './chunk-document.ts'
import type { DocumentFormat } from './documents.ts'
import { htmlText } from './html-text.ts'

const cut = (source: string, format: DocumentFormat, characters = 60) => [...chunkDocument(source, format, characters)]

const text = fc.string({ unit: 'binary', maxLength: 60 }).map((string) => string.toWellFormed())
const words = fc.array(fc.oneof(fc.lorem({ mode: 'sentences', maxCount: 4 }), text), { maxLength: 12 })
const markdown = fc
  .array(fc.tuple(fc.constantFrom('# ', '### ', '', '- ', '```\n', '\n\n', '> '), fc.lorem({ maxCount: 12 })), {
    maxLength: 20,
  })
  .map((lines) => lines.map(([mark, line]) => `${mark}${line}\n`).join(''))
const html = fc
  .array(
    fc.oneof(
      fc.lorem({ maxCount: 12 }),
      text,
      fc.constantFrom(
        ...[
          '<p>',
          '</p>',
          '<h2 class="a>b">',
          '</h2>',
          '<br/>',
          '&amp;',
          '&lt;p&gt;',
          '&#x1F600;',
          '&NotEqualTilde;',
          '&ampx',
          '<pre>',
        ],
        ...[
          '</pre>',
          '<script>if (a < b) "</p>"</script>',
          '<style>p{}</style>',
          '<!-- <p> -->',
          '<a href="&amp;">',
          '</a>',
          '<td>',
          '<',
          '&',
        ],
        ...[
          '<title>',
          '</title>',
          '<textarea>',
          '</textarea>',
          '<script>',
          '\u00a0',
          '   \n\t ',
          '😀',
          '<![CDATA[x]]>',
          '<svg/>',
        ],
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

const bare = (string: string) => string.replaceAll(/\s/g, '')
/** Within these, tags are text: a slice that begins there cannot know it. */
const isPlainTextWithin = /<(?:title|textarea)/

describe('of arbitrary text', () => {
  it('cuts chunks that are exact slices, in order, with nothing but white space between them', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          words.map((all) => all.join('\n')),
          markdown,
        ),
        fc.constantFrom('text', 'markdown'),
        (source, format) => {
          let end = 0
          for (const chunk of cut(source, format as DocumentFormat)) {
            expect(chunk.start).toBeLessThan(chunk.end)
            expect(source.slice(end, chunk.start).trim()).toBe('')
            const slice = source.slice(chunk.start, chunk.end)
            expect(slice).toBe(chunk.plain)
            expect(slice.trim()).toBe(slice)
            expect(slice.isWellFormed()).toBe(true)
            expect(slice.length).toBeLessThanOrEqual(72)
            end = chunk.end
          }
          expect(source.slice(end).trim()).toBe('')
        },
      ),
    )
  })

  it('cuts HTML into slices of its source that show the same text by themselves', () => {
    fc.assert(
      fc.property(html, (source) => {
        const { plain } = htmlText(source)
        const chunks = cut(source, 'html')
        expect(
          chunks
            .map((chunk) => chunk.plain)
            .join('')
            .replaceAll(/\s/g, ''),
        ).toBe(plain.text.replaceAll(/\s/g, ''))
        let end = 0
        for (const chunk of chunks) {
          expect(chunk.start).toBeGreaterThanOrEqual(end)
          expect(chunk.end).toBeGreaterThan(chunk.start)
          const slice = source.slice(chunk.start, chunk.end)
          expect(slice.isWellFormed()).toBe(true)
          if (!isPlainTextWithin.test(source)) expect(bare(htmlText(slice).plain.text)).toBe(bare(chunk.plain))
          end = chunk.end
        }
      }),
    )
  })
})

it('cuts before a heading, at the end of a paragraph, of a sentence, of a word, in this order', () => {
  const paragraph = 'One two three four five six. Seven eight nine ten.'
  expect(cut(`${paragraph}\n\n## Next\n\n${paragraph}`, 'markdown').map(({ plain }) => plain)).toEqual([
    paragraph,
    `## Next\n\n${paragraph}`,
  ])
  expect(cut(`${paragraph}\n\n${paragraph}`, 'text').map(({ plain }) => plain)).toEqual([paragraph, paragraph])
  expect(cut(`${paragraph} ${paragraph}`, 'text')[0]?.plain).toBe(paragraph)
  expect(cut('word '.repeat(30), 'text')[0]?.plain).toBe('word '.repeat(12).trim())
  expect(cut('x'.repeat(100), 'text').map(({ plain }) => plain.length)).toEqual([60, 40])
})

it('never cuts within a surrogate pair', () => {
  const chunks = cut(`a${'😀'.repeat(100)}`, 'text')
  expect(chunks.length).toBeGreaterThan(2)
  for (const { plain } of chunks) expect(plain.isWellFormed()).toBe(true)
})

it.each<[DocumentFormat, string]>([
  ['html', `<h1>${'<b>x</b> '.repeat(5_000)}</h1>`],
  ['markdown', `# ${'x '.repeat(5_000)}\n`],
])('keeps no more of a title of %s than people read, for it stands beside every chunk', (format, title) => {
  for (const { headings } of cut(`${title}${'word '.repeat(100)}`, format))
    expect(headings.length).toBeLessThanOrEqual(200)
})

it('keeps the titles above a chunk beside it, those in fenced code aside', () => {
  const source = `# Guide\n\n${'a '.repeat(30)}\n\n## Install #\n\n\`\`\`\n# not a title\n\`\`\`\n\n${'b '.repeat(30)}\n\n# Reference\n\n${'c '.repeat(30)}`
  const paths = cut(source, 'markdown').map(({ plain, headings }) => [plain.trim().at(-1), headings])
  expect(paths).toContainEqual(['b', 'Guide > Install'])
  expect(paths.at(-1)).toEqual(['c', 'Reference'])
  expect(JSON.stringify(paths)).not.toContain('not a title')
})

it('reads HTML as a reader sees it', () => {
  const source = `<html><head><title>Kettle</title><style>p{}</style></head><body><h1>Warranty &amp; repair</h1>
    <p>It lasts <b>two</b>
    years.</p><script>"<p>never"</script><ul><li>one<li>two</ul><pre>a\n  b</pre></body></html>`
  expect(htmlText(source).plain.text).toBe('Kettle\n\nWarranty & repair\n\nIt lasts two years.\n\none\ntwo\n\na\n  b')
  expect(cut(source, 'html', 1000)[0]).toMatchObject({ start: source.indexOf('Kettle'), headings: '' })
  expect(cut(source, 'html', 50).at(-1)?.headings).toBe('Warranty & repair')
})

it('gives no chunks of a document without text', () => {
  for (const source of ['', ' \n\t ', '\u00a0']) expect(cut(source, 'text')).toEqual([])
  expect(cut('<html><script>x</script><!-- y --></html>', 'html')).toEqual([])
})
