/** A span of time that ends now, or one that was drawn in a chart. */
export interface Span {
  /** As the address names it; absent where it was drawn. */
  readonly name?: string
  /** As in "the last hour". */
  readonly words: string
  readonly ms: number
  /** How often its figures are asked for anew; absent where they do not change. */
  readonly refreshMs?: number
  /** The query of a question about it, asked now. */
  readonly query: () => string
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** The spans to choose from. */
export const spans: readonly (Span & { readonly name: string })[] = [
  last('15 min', '15 minutes', 15 * minuteMs, 3_000),
  last('1 h', 'hour', hourMs, 5_000),
  last('24 h', '24 hours', 24 * hourMs, 15_000),
  last('7 d', '7 days', 7 * 24 * hourMs, 60_000),
]

/** The span that an address names: the last quarter of an hour where it names none, so that what has just begun is seen. */
export function spanOf(query: URLSearchParams): Span {
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
  if (from > 0 && to > from) return { words: 'selected span', ms: to - from, query: () => `from=${from}&to=${to}` }
  return spans.find(({ name }) => name === query.get('span')) ?? spans[0]!
}

function last(name: string, words: string, ms: number, refreshMs: number): Span & { readonly name: string } {
  const query = () => {
    const to = Date.now()
    return `from=${to - ms}&to=${to}`
  }
  return { name, words, ms, refreshMs, query }
}
