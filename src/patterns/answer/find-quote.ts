import type { Span } from '../../retrieval/split-text.ts'
import { findNearly } from './find-nearly.ts'
import { normalise } from './normalise.ts'

/** A quote must be this like the source's own words, where it is not them. */
const leastLikeness = 0.95
/** Beyond this many characters a quote must be the source's own words. */
const longestNearQuote = 2_000

/**
 * Where a passage holds a quote: word for word; else but for white space, case, quotation marks, dashes and emphasis; else with
 * one character in twenty different, the numbers aside. It begins and ends with whole words: "14 days" does not stand in "114 days".
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
  return numbersIn(text.slice(whole.start, whole.end)) === numbersIn(quote) ? whole : undefined
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

/** Whether no word goes on across this place. Where words are written without spaces between them, any place is one. */
function isEdge(text: string, at: number): boolean {
  return !withinWord.test(text.slice(Math.max(0, at - 1), at + 1))
}

function numbersIn(text: string): string {
  return (text.match(/\p{N}+/gu) ?? []).join(' ')
}
