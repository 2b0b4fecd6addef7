import { grouped } from '../core/figures.ts'
import type { JsonValue } from '../core/json.ts'

/** What is expected next. Numbers, because the reader switches on them once a character. */
const expect = {
  value: 0,
  valueOrEnd: 1,
  key: 2,
  keyOrEnd: 3,
  colon: 4,
  commaOrEnd: 5,
  text: 6,
  escape: 7,
  unicode: 8,
  number: 9,
  word: 10,
  nothing: 11,
  failed: 12,
} as const
type Expect = (typeof expect)[keyof typeof expect]

type Container = unknown[] | Record<string, unknown>

const quote = 34
const backslash = 92
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const words: Readonly<Record<string, { readonly word: string; readonly value: JsonValue }>> = {
  t: { word: 'true', value: true },
  f: { word: 'false', value: false },
  n: { word: 'null', value: null },
}

/** How deep JSON may nest. */
export const maxDepth = 512

/**
 * Reads one JSON value as its text arrives, cut anywhere: within numbers, escapes, surrogate pairs. Linear in the text. After
 * each `push`, `value` is what has arrived, and grows in place: a text as far as it came, a number or word once it has ended,
 * a key with its value. Reads what `JSON.parse` reads, nested 512 deep at most, and never throws: what is no JSON is a `problem`.
 */
export class JsonReader {
  /** The value as far as it has arrived; undefined before. */
  value: unknown
  /** Grows with each change of `value`. */
  version = 0
  /** What is wrong with the text, and where; nothing is read after it. */
  problem: string | undefined
  #expect: Expect = expect.value
  /** How much was read before the present chunk. */
  #read = 0
  readonly #parents: Container[] = []
  readonly #keys: string[] = []
  #container: Container | undefined
  #key = ''
  #isKey = false
  #text = ''
  /** The first half of a surrogate pair, kept until the second half has come. */
  #half = ''
  #digits = ''
  #word = words.t!
  /** A text in a list is in place from its beginning on: what `#set` is given next is the same text, longer. */
  #isPlaced = false

  /** Whether the value is whole. A number that nothing encloses is whole at the `end` alone. */
  get isWhole(): boolean {
    return this.#expect === expect.nothing
  }

  /** Reads on. */
  push(chunk: string): void {
    let at = 0
    while (at < chunk.length && this.#expect !== expect.failed) at = this.#step(chunk, at)
    if (this.#expect === expect.text && !this.#isKey) this.#set(this.#text)
    this.#read += chunk.length
  }

  /** Nothing more comes. Afterwards there is a whole value, or a `problem`. */
  end(): void {
    if (this.#expect === expect.number) this.#endNumber(0)
    if (this.#expect === expect.nothing || this.#expect === expect.failed) return
    this.#fail(this.value === undefined && this.#read === 0 ? 'it is empty' : 'it ends before the value does', 0)
  }

  #step(chunk: string, at: number): number {
    switch (this.#expect) {
      case expect.text:
        return this.#readText(chunk, at)
      case expect.escape:
        return this.#readEscape(chunk, at)
      case expect.unicode:
        return this.#readUnicode(chunk, at)
      case expect.number:
        return this.#readNumber(chunk, at)
      case expect.word:
        return this.#readWord(chunk, at)
      default:
        return this.#readMark(chunk, at)
    }
  }

  #readText(chunk: string, from: number): number {
    let at = from
    let code = 0
    while (at < chunk.length) {
      code = chunk.charCodeAt(at)
      if (code === quote || code === backslash || code < 32) break
      at++
    }
    if (at > from) this.#append(from === 0 && at === chunk.length ? chunk : chunk.slice(from, at))
    if (at === chunk.length) return at
    if (code === quote) this.#endText()
    else if (code === backslash) this.#expect = expect.escape
    else this.#fail('a control character stands within a text', at)
    return at + 1
  }

  #append(piece: string): void {
    const last = piece.charCodeAt(piece.length - 1)
    const isHalf = last >= 0xd800 && last < 0xdc00
    this.#text += this.#half + (isHalf ? piece.slice(0, -1) : piece)
    this.#half = isHalf ? piece.slice(-1) : ''
  }

  #endText(): void {
    const text = this.#text + this.#half
    if (this.#isKey) {
      this.#key = text
      this.#expect = expect.colon
    } else {
      this.#set(text)
      this.#endValue()
    }
  }

  #readEscape(chunk: string, at: number): number {
    const character = chunk[at]!
    const meant = escapes[character]
    if (meant !== undefined) {
      this.#append(meant)
      this.#expect = expect.text
    } else if (character === 'u') {
      this.#digits = ''
      this.#expect = expect.unicode
    } else this.#fail(`"\\${character}" is no escape`, at)
    return at + 1
  }

  #readUnicode(chunk: string, at: number): number {
    const character = chunk[at]!
    if (!/[0-9a-fA-F]/.test(character)) this.#fail('an escape wants four hexadecimal digits', at)
    else {
      this.#digits += character
      if (this.#digits.length === 4) {
        this.#append(String.fromCharCode(Number.parseInt(this.#digits, 16)))
        this.#expect = expect.text
      }
    }
    return at + 1
  }

  #readNumber(chunk: string, from: number): number {
    let at = from
    while (at < chunk.length && isOfNumber(chunk.charCodeAt(at))) at++
    this.#digits += chunk.slice(from, at)
    if (at < chunk.length) this.#endNumber(at)
    return at
  }

  #endNumber(at: number): void {
    if (number.test(this.#digits)) {
      this.#set(Number(this.#digits))
      this.#endValue()
    } else this.#fail(`"${this.#digits.slice(0, 40)}" is no number`, at)
  }

  #readWord(chunk: string, at: number): number {
    const { word, value } = this.#word
    if (chunk[at] !== word[this.#digits.length]) this.#fail(`"${word}" is written otherwise`, at)
    else {
      this.#digits += chunk[at]
      if (this.#digits.length === word.length) {
        this.#set(value)
        this.#endValue()
      }
    }
    return at + 1
  }

  /** White space, and what stands between values. */
  #readMark(chunk: string, at: number): number {
    const character = chunk[at]!
    if (character === ' ' || character === '\n' || character === '\r' || character === '\t') return at + 1
    switch (this.#expect) {
      case expect.valueOrEnd:
        if (character === ']') this.#leave()
        else this.#begin(character, at)
        break
      case expect.value:
        this.#begin(character, at)
        break
      case expect.keyOrEnd:
        if (character === '}') this.#leave()
        else this.#beginKey(character, at)
        break
      case expect.key:
        this.#beginKey(character, at)
        break
      case expect.colon:
        if (character === ':') this.#expect = expect.value
        else this.#fail('a colon is missing after a key', at)
        break
      case expect.commaOrEnd:
        this.#goOn(character, at)
        break
      default:
        this.#fail('something follows the value', at)
    }
    return at + 1
  }

  #begin(character: string, at: number): void {
    const code = character.charCodeAt(0)
    if (character === '"') {
      this.#beginText(false)
      this.#set('')
    } else if (character === '{') this.#enter({}, expect.keyOrEnd, at)
    else if (character === '[') this.#enter([], expect.valueOrEnd, at)
    else if (character === '-' || (code >= 48 && code <= 57)) {
      this.#digits = character
      this.#expect = expect.number
    } else if (words[character]) {
      this.#word = words[character]
      this.#digits = character
      this.#expect = expect.word
    } else this.#fail(`${JSON.stringify(character)} begins no value`, at)
  }

  #beginKey(character: string, at: number): void {
    if (character === '"') this.#beginText(true)
    else this.#fail(`${JSON.stringify(character)} begins no key`, at)
  }

  #beginText(isKey: boolean): void {
    this.#isKey = isKey
    this.#text = ''
    this.#half = ''
    this.#expect = expect.text
  }

  #enter(container: Container, next: Expect, at: number): void {
    if (this.#parents.length >= maxDepth) {
      this.#fail(`it is nested deeper than ${maxDepth} levels`, at)
      return
    }
    this.#set(container)
    this.#parents.push(this.#container ?? [])
    this.#keys.push(this.#key)
    this.#container = container
    this.#key = ''
    this.#expect = next
  }

  #leave(): void {
    this.#container = this.#parents.pop()
    this.#key = this.#keys.pop() ?? ''
    if (this.#parents.length === 0) this.#container = undefined
    this.#endValue()
  }

  #goOn(character: string, at: number): void {
    const isList = Array.isArray(this.#container)
    if (character === ',') this.#expect = isList ? expect.value : expect.key
    else if (character === (isList ? ']' : '}')) this.#leave()
    else this.#fail(`${JSON.stringify(character)} stands where a comma or the end must`, at)
  }

  #set(value: unknown): void {
    const container = this.#container
    if (container === undefined) this.value = value
    else if (Array.isArray(container)) {
      if (this.#isPlaced) container[container.length - 1] = value
      else container.push(value)
    } else if (this.#key === '__proto__') define(container, value)
    else container[this.#key] = value
    this.#isPlaced = typeof value === 'string'
    this.version++
  }

  #endValue(): void {
    this.#isPlaced = false
    this.#expect = this.#container === undefined ? expect.nothing : expect.commaOrEnd
  }

  #fail(what: string, at: number): void {
    this.problem = `${what}, at character ${grouped(this.#read + at + 1)}`
    this.#expect = expect.failed
  }
}

const isOfNumber = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46 || code === 69 || code === 101

function define(container: Record<string, unknown>, value: unknown): void {
  Object.defineProperty(container, '__proto__', { value, enumerable: true, configurable: true, writable: true })
}
