const stopWords: ReadonlySet<string> = new Set(
  `a about after all also am an and any are as at be because been before but by can cannot could did do does doing don for from get
  had has have having he her here him his how i if in into is it its just let like may me might more most my need no nor not now of
  off on once only or other our out over own per please shall she should so some such than that the their them then there these
  they this those through to too under until up us use using very want was we were what when where which while who whom why will
  with would you your yours hello hi hey thanks thank tell give know there's it's i'm i've`.split(/\s+/),
)

/** The words that carry meaning, in lower case and without their endings, in order; `snake_case` and `camelCase` fall apart. */
export function contentWords(text: string): string[] {
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu)
  return (words ?? []).filter((word) => !stopWords.has(word)).map(stem)
}

/** The word without the commonest English endings, so that `refunds`, `refunded` and `refund` meet. */
export function stem(word: string): string {
  const bare = word.replace(/['’]s?$/, '')
  if (bare.length <= 3) return bare
  if (bare.endsWith('ies') && bare.length > 4) return `${bare.slice(0, -3)}y`
  if (/(ss|us|is)$/.test(bare)) return bare
  const stripped = bare.replace(/(?:(?<=.{3})(?:ing|ed)|(?<=(?:x|ch|sh|ss))es|s)$/, '')
  return undouble(stripped === bare ? bare : stripped).replace(/e$/, '')
}

function undouble(word: string): string {
  return /([bdgmnprt])\1$/.test(word) ? word.slice(0, -1) : word
}

/** The words of the first that also occur in the second, each once. */
export function sharedWords(left: readonly string[], right: readonly string[]): string[] {
  const known = new Set(right)
  return [...new Set(left)].filter((word) => known.has(word))
}

/** The sentences and lines of a text, trimmed, without list marks. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])["”’)]?\s+(?=["“‘(]?[\p{Lu}\p{N}])|\n+/u)
    .map((sentence) => sentence.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence))
}

/** The text, cut at a word so that it has at most so many. */
export function firstWords(text: string, count: number): string {
  const words = text.trim().split(/\s+/)
  return words.length <= count
    ? words.join(' ')
    : `${words
        .slice(0, count)
        .join(' ')
        .replace(/[,;:.]$/, '')}…`
}

/** A pattern that matches this text and no other. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
