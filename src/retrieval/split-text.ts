/** A stretch of a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Ends of stretches that belong together, the best first; each match is cut at its end. */
const boundaries = [/\n[^\S\n]*\n/g, /[.!?。！？…]["'”’»)\]]*\s/g, /\n/g, /\s/g]

/**
 * Cuts a text into stretches of about `characters`: from half of it to a fifth more. Each ends before a heading, else at the
 * end of a paragraph, a sentence, a line, a word, else anywhere but within a surrogate pair: at the best kind of place that there is,
 * as near to `characters` as it gets. In order, none blank, none begins or ends with white space, and between them stands nothing else.
 */
export function* splitText(text: string, characters: number, headings: readonly number[]): Generator<Span, void, void> {
  let nextHeading = 0
  for (let start = skipSpace(text, 0); start < text.length; ) {
    const low = start + Math.ceil(characters / 2)
    const high = start + Math.floor(characters * 1.2)
    while ((headings[nextHeading] ?? Number.POSITIVE_INFINITY) < low) nextHeading++
    const cut = high >= text.length ? text.length : findCut(text, low, high, start + characters, headings, nextHeading)
    yield { start, end: trimEnd(text, start, cut) }
    start = skipSpace(text, cut)
  }
}

function findCut(
  text: string,
  low: number,
  high: number,
  wanted: number,
  headings: readonly number[],
  nextHeading: number,
): number {
  const heading = nearest(headingsUpTo(headings, nextHeading, high), wanted)
  if (heading !== undefined) return heading
  const window = text.slice(low, high)
  for (const boundary of boundaries) {
    const ends = window.matchAll(boundary).map(({ index, 0: { length } }) => low + index + length)
    const cut = nearest(ends, wanted)
    if (cut !== undefined) return cut
  }
  return isWithinPair(text, wanted) ? wanted - 1 : wanted
}

function* headingsUpTo(headings: readonly number[], from: number, high: number): Generator<number, void, void> {
  for (let next = from; next < headings.length && (headings[next] as number) <= high; next++)
    yield headings[next] as number
}

function nearest(places: Iterable<number>, wanted: number): number | undefined {
  let best: number | undefined
  for (const place of places) if (best === undefined || Math.abs(place - wanted) < Math.abs(best - wanted)) best = place
  return best
}

function isWithinPair(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '')
}

function skipSpace(text: string, from: number): number {
  const word = /\S/g
  word.lastIndex = from
  return word.exec(text)?.index ?? text.length
}

function trimEnd(text: string, start: number, end: number): number {
  let last = end
  while (last > start && /\s/.test(text[last - 1] as string)) last--
  return last
}
