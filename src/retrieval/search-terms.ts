/** Words that say nothing about what a question asks for. */
const stopWords: ReadonlySet<string> = new Set(
  `a about according after all also am an and any are as at be because been before being but by can could d did do does doing for
  from had has have having he her hers him his how i if in into is it its just ll m may me might more most must my no nor not now of
  on or our ours out over own please re s shall she should so some such t than that the their theirs them then there these they this
  those through to too up us ve very was we were what when where which while who whom whose why will with would you your yours`.split(
    /\s+/,
  ),
)

/** Beyond this many, a question has said what it wants. */
const mostTerms = 32

const word = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu

/** The words of a question that a search can use, each once, in lower case: the longest question has 32. */
export function searchTerms(question: string): string[] {
  const words = new Set<string>()
  for (const [found] of question.slice(0, 20_000).toLowerCase().matchAll(word)) words.add(found)
  const meaningful = [...words].filter((found) => !stopWords.has(found))
  return (meaningful.length > 0 ? meaningful : [...words]).slice(0, mostTerms)
}

/** A query of SQLite's FTS5 for rows that hold any of the terms: letters and digits alone, so that none can be its syntax. */
export function anyOf(terms: readonly string[]): string {
  return terms.map((term) => `"${term}"`).join(' OR ')
}
