import { Tokenizer } from 'htmlparser2'
import { type Heading, titleCharacters } from './heading.ts'
import type { PlainText } from './plain-text.ts'

const dropped = new Set(['script', 'style'])
const lines = new Set(['br', 'dd', 'dt', 'li', 'option', 'tr'])
const paragraphs = new Set(
  `address article aside blockquote body caption details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
  head header hr html main nav ol p pre section summary table tbody tfoot thead title ul`.split(/\s+/),
)
const cells = new Set(['td', 'th'])
/** What stands between two texts, by how far apart they are. */
const gaps = ['', ' ', '\n', '\n\n']
const whiteSpace = /[^\S ]\s*| \s+/g

/** Reads HTML as a reader sees it: tags are gone, entities are characters, blocks stand apart, scripts and styles are left out. */
export function htmlText(source: string): { readonly plain: PlainText; readonly headings: readonly Heading[] } {
  const writer = new PlainWriter()
  let dropping: string | undefined
  let preformatted = 0

  const open = (name: string) => {
    if (dropping !== undefined) return
    if (dropped.has(name)) dropping = name
    if (name === 'pre') preformatted++
    writer.apart(distance(name))
    if (/^h[1-6]$/.test(name)) writer.beginHeading(Number(name[1]))
  }
  const close = (name: string) => {
    if (name === dropping) dropping = undefined
    if (dropping !== undefined) return
    if (name === 'pre') preformatted = Math.max(0, preformatted - 1)
    if (/^h[1-6]$/.test(name)) writer.endHeading()
    writer.apart(distance(name))
  }
  const text = (start: number, end: number) => {
    if (dropping !== undefined) return
    if (preformatted > 0) writer.put(source.slice(start, end), start, end)
    else putCollapsed(writer, source.slice(start, end), start)
  }
  const entity = (codePoint: number, end: number) => {
    if (dropping !== undefined) return
    const character = String.fromCodePoint(codePoint)
    if (/\s/.test(character) && preformatted === 0) writer.apart(1)
    else writer.put(character, source.lastIndexOf('&', end - 1), end)
  }

  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ...deaf,
      ontext: text,
      ontextentity: entity,
      onopentagname: (start, end) => open(source.slice(start, end).toLowerCase()),
      onclosetag: (start, end) => close(source.slice(start, end).toLowerCase()),
    },
  )
  tokenizer.write(source)
  tokenizer.end()
  return writer.finish()
}

const ignore = () => undefined
const deaf = {
  onattribdata: ignore,
  onattribentity: ignore,
  onattribend: ignore,
  onattribname: ignore,
  oncdata: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onopentagend: ignore,
  onprocessinginstruction: ignore,
  onselfclosingtag: ignore,
}

function distance(tag: string): number {
  if (paragraphs.has(tag)) return 3
  if (lines.has(tag)) return 2
  return cells.has(tag) ? 1 : 0
}

/** White space is one space, wherever it is not already; a text's own edges only set it apart. */
function putCollapsed(writer: PlainWriter, text: string, at: number): void {
  let from = 0
  const put = (to: number) => {
    const start = text[from] === ' ' ? from + 1 : from
    const end = to > start && text[to - 1] === ' ' ? to - 1 : to
    if (start > from) writer.apart(1)
    if (end > start) writer.put(text.slice(start, end), at + start, at + end)
    if (end < to) writer.apart(1)
  }
  for (const { index, 0: run } of text.matchAll(whiteSpace)) {
    put(index)
    writer.apart(1)
    from = index + run.length
  }
  put(text.length)
}

class PlainWriter {
  readonly #parts: string[] = []
  readonly #plainAt: number[] = []
  readonly #sourceAt: number[] = []
  readonly #sourceEnd: number[] = []
  readonly #headings: Heading[] = []
  #length = 0
  #gap = 0
  #isVerbatim = false
  #heading: { level: number; at: number; title: string } | undefined

  /** What comes next stands this far from what came last. */
  apart(distance: number): void {
    this.#gap = Math.max(this.#gap, distance)
  }

  put(text: string, from: number, to: number): void {
    if (text === '') return
    if (this.#gap > 0 && this.#length > 0) this.#piece(gaps[this.#gap] as string, from, from)
    if (this.#heading) {
      if (this.#heading.title === '') this.#heading.at = this.#length
      else if (this.#gap > 0) this.#heading.title += ' '
      this.#heading.title = (this.#heading.title + text.slice(0, titleCharacters)).slice(0, titleCharacters)
    }
    this.#gap = 0
    this.#piece(text, from, to)
  }

  beginHeading(level: number): void {
    this.#heading = { level, at: this.#length, title: '' }
  }

  endHeading(): void {
    if (this.#heading?.title) this.#headings.push(this.#heading)
    this.#heading = undefined
  }

  finish(): { readonly plain: PlainText; readonly headings: readonly Heading[] } {
    const pieces = { plainAt: this.#plainAt, sourceAt: this.#sourceAt, sourceEnd: this.#sourceEnd }
    return { plain: { text: this.#parts.join(''), pieces }, headings: this.#headings }
  }

  #piece(text: string, from: number, to: number): void {
    const isVerbatim = to - from === text.length
    const last = this.#sourceEnd.length - 1
    if (isVerbatim && this.#isVerbatim && this.#sourceEnd[last] === from) this.#sourceEnd[last] = to
    else {
      this.#plainAt.push(this.#length)
      this.#sourceAt.push(from)
      this.#sourceEnd.push(to)
    }
    this.#isVerbatim = isVerbatim
    this.#parts.push(text)
    this.#length += text.length
  }
}
