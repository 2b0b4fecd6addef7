import type { Passage } from '../../retrieval/indexes.ts'
import { sourceRange } from '../../retrieval/plain-text.ts'
import { readJson } from '../../structured/read-json.ts'
import { findQuote } from './find-quote.ts'

/** A citation that was checked: the quote stands in the document, there. */
export interface Citation {
  /** Its number in the answer's text: `[1]`. */
  readonly number: number
  /** The document's id. */
  readonly document: string
  /** Where the quote stands in the document: `document.slice(start, end) === quote`. */
  readonly start: number
  readonly end: number
  /** The source's own text. */
  readonly quote: string
}

/** Why an answer abstained. */
export type AbstentionReason = 'no-sources' | 'not-in-sources' | 'citation-unsound'

/**
 * What came of an answer: it is shown with its citations, or it is not, and why. `detail` is for developers: it may quote the model, a
 * line at most, where nothing shows what it says.
 */
export type AnswerOutcome =
  | { readonly type: 'grounded'; readonly text: string; readonly citations: readonly Citation[] }
  | { readonly type: 'abstained'; readonly reason: AbstentionReason; readonly detail: string }

interface Claimed {
  readonly source: number
  readonly quote: string
}

/** More is no answer, and each takes time to be checked. */
const mostCitations = 200

/**
 * Checks the answer that a model wrote against the sources that it was sent. It is grounded where its text cites by number, every
 * number in it has a citation, and every citation names a source that was sent and quotes what stands there; else it abstains, and
 * says which citation is unsound, and why. What a citation shows is the source's own text. Never throws.
 */
export function checkAnswer(written: string, sources: readonly Passage[]): AnswerOutcome {
  const said = readAnswer(written)
  if (typeof said === 'string') return unsound(said)
  const text = said.answer.trim()
  if (!said.found) {
    const detail = text === '' ? 'The sources do not hold it.' : excerpt(text)
    return { type: 'abstained', reason: 'not-in-sources', detail }
  }
  if (text === '') return unsound('The answer is empty.')
  if (said.citations.length === 0) return unsound('The answer cites nothing.')
  if (said.citations.length > mostCitations) {
    const count = said.citations.length.toLocaleString('en-US')
    return unsound(`The answer has ${count} citations; ${mostCitations} are looked at.`)
  }

  const citations: Citation[] = []
  for (const claimed of said.citations) {
    const citation = resolveCitation(claimed, sources)
    if (typeof citation === 'string') return unsound(citation)
    if (!citations.some((known) => isSame(known, citation))) citations.push(citation)
  }
  let marks = 0
  for (const number of numbersIn(text)) {
    marks++
    if (citations.some((citation) => citation.number === number)) continue
    return unsound(`The answer says [${number}], and no citation shows what stands there.`)
  }
  if (marks === 0) return unsound('The answer has no number of a source in its text.')
  return { type: 'grounded', text, citations }
}

function unsound(detail: string): AnswerOutcome {
  return { type: 'abstained', reason: 'citation-unsound', detail }
}

function resolveCitation({ source, quote }: Claimed, sources: readonly Passage[]): Citation | string {
  const passage = sources[source - 1]
  if (!passage) return `Source ${source} is cited, and there are ${sources.length}.`
  const plain = passage.plain ?? { text: passage.text }
  const found = findQuote(plain.text, quote)
  if (!found) return `Source ${source} does not say "${excerpt(quote)}".`
  const { start, end } = sourceRange(plain, found.start, found.end)
  return {
    number: source,
    document: passage.document,
    start: passage.start + start,
    end: passage.start + end,
    quote: passage.text.slice(start, end),
  }
}

function isSame(left: Citation, right: Citation): boolean {
  return left.number === right.number && left.start === right.start && left.end === right.end
}

const mark = /[[【]\s*(?:\^|sources?\s+)?(?<numbers>\d[^[\]【】]*)[\]】]/giu
const listOfNumbers = /^\d+(?:\s*(?:[,;&–-]|and)\s*\d+)*\s*$/

/** The numbers that a text cites: `[1]`, `[1, 3]`, and what models write instead: `[1-3]`, `[Source 1]`, `[^1]`, `【1】`. */
function* numbersIn(text: string): Generator<number, void, void> {
  for (const { groups } of text.matchAll(mark)) {
    const numbers = groups?.numbers ?? ''
    if (!listOfNumbers.test(numbers)) continue
    for (const range of numbers.split(/[,;&]|and/)) {
      const ends = range.split(/[–-]/).map(Number)
      const first = Math.min(...ends)
      // Of a range that no sources fill, a part is enough to find one that has no citation.
      const last = Math.min(Math.max(...ends), first + mostCitations)
      for (let number = first; number <= last; number++) yield number
    }
  }
}

function excerpt(quote: string): string {
  return quote.length > 120 ? `${quote.slice(0, 119).toWellFormed()}…` : quote
}

interface Said {
  readonly found: boolean
  readonly answer: string
  readonly citations: readonly Claimed[]
}

/** The answer as it was asked for, or what is wrong with it. */
function readAnswer(written: string): Said | string {
  const read = readJson(written)
  if (read.type === 'unreadable') return read.problem
  const { value } = read
  if (!isRecord(value)) return 'The answer is no object.'
  const { found, answer, citations } = value
  if (typeof found !== 'boolean') return 'The answer does not say whether it was found.'
  if (typeof answer !== 'string') return 'The answer has no text.'
  if (!Array.isArray(citations)) return 'The answer has no list of citations.'
  if (!citations.every(isClaimed)) return 'A citation of the answer is none: it needs a number and a quote.'
  return { found, answer, citations }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isClaimed(value: unknown): value is Claimed {
  return isRecord(value) && typeof value.source === 'number' && typeof value.quote === 'string'
}
