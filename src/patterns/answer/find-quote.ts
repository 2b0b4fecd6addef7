import type { Span } from '../../retrieval/split-text.ts'
import { findNearly } from './find-nearly.ts'
import { normalise } from './normalise.ts'

/** A quote must be this like the source's own words, where it is not them. */
const leastLikeness = 0.95
/** Beyond this many characters a quote must be the source's own words. */
const longestNearQuote = 2_000

/**
 * Where a passage holds a quote: word for word; else but for white space, case, quotation marks, dashes and emphasis; else with
 * one character in twenty different, but the same words: a letter of a long one aside, none is left out, put in or another, and no
 * number is. It begins and ends with whole words and numbers: "14 days" stands neither in "114 days" nor in "3.14 days".
 * Undefined where the passage does not hold it.
 */
export function findQuote(passage: string, quote: string): Span | undefined {
  const exact = quote.trim()
  if (!/[\p{L}\p{N}]/u.test(exact)) return undefined
  const start = findWords(passage, exact)
  if (start !== undefined) return { start, end: start + exact.length }

  const source = normalise(passage)
  const wanted = normalise(quote).text
  const found = findSame(source.text, wanted) ?? findLike(source.text, wanted)
  if (!found || found.end <= found.start) return undefined
  return { start: source.starts[found.start] as number, end: source.ends[found.end - 1] as number }
}

function findSame(text: string, quote: string): Span | undefined {
  const start = findWords(text, quote)
  return start === undefined ? undefined : { start, end: start + quote.length }
}

function findWords(text: string, quote: string): number | undefined {
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    if (isEdge(text, at) && isEdge(text, at + quote.length)) return at
  }
  return undefined
}

function findLike(text: string, quote: string): Span | undefined {
  const mostErrors = Math.floor(quote.length * (1 - leastLikeness))
  if (mostErrors === 0 || quote.length > longestNearQuote) return undefined
  const near = findNearly(text, quote, mostErrors)
  if (!near) return undefined
  const whole = wholeWords(text, near)
  return saysTheSame(text.slice(whole.start, whole.end), quote) ? whole : undefined
}

function wholeWords(text: string, { start, end }: Span): Span {
  let [first, last] = [start, end]
  while (first > 0 && !isEdge(text, first)) first--
  while (last < text.length && !isEdge(text, last)) last++
  while (first < last && text[first] === ' ') first++
  while (last > first && text[last - 1] === ' ') last--
  return { start: first, end: last }
}

const unspaced = 'Han Hiragana Katakana Thai Lao Khmer Myanmar'.replaceAll(/\w+/g, '\\p{Script=$&}').replaceAll(' ', '')
const withinWord = new RegExp(`^(?:(?![${unspaced}])[\\p{L}\\p{N}]){2}$`, 'u')

/** Within a number: between digits, or where its sign or its decimal point is. */
const withinNumber = /\p{N}[.,:/⁄'’]\|\p{N}|\p{N}\|[.,:/⁄'’]\p{N}|(?<![\p{L}\p{N}])[-−–.]\|\p{N}/u

/** Whether neither a word nor a number goes on across this place. Where words are written without spaces between them, any place is one. */
function isEdge(text: string, at: number): boolean {
  const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(at, at + 2)]
  return !withinWord.test(before.slice(-1) + after.slice(0, 1)) && !withinNumber.test(`${before}|${after}`)
}

/** Whether a stretch of a source has the words of a quote, but for a slip in writing one down. */
function saysTheSame(source: string, quote: string): boolean {
  const [own, claimed] = [wordsIn(source), wordsIn(quote)]
  return own.length === claimed.length && own.every((word, at) => isSlip(word, claimed[at] as string))
}

/** Words that a hyphen parts are one, because it may part them at the end of a line. */
function wordsIn(text: string): readonly string[] {
  return text.replaceAll(/(?<=\p{L})- ?(?=\p{L})/gu, '').match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
}

const leastOfLongWord = 4
const mayNotSlip = new RegExp(`[\\p{N}${unspaced}]`, 'u')

/** Whether two words are the same, but for one letter of a long one, and not its first: "not", "unable" and "15" are no slips. */
function isSlip(own: string, claimed: string): boolean {
  if (own === claimed) return true
  const longer = own.length - claimed.length
  if (Math.abs(longer) > 1 || Math.min(own.length, claimed.length) < leastOfLongWord) return false
  if (mayNotSlip.test(own + claimed)) return false
  let same = 0
  while (own[same] === claimed[same]) same++
  return same > 0 && own.slice(same + Number(longer >= 0)) === claimed.slice(same + Number(longer <= 0))
}
