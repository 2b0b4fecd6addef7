import type { Span } from '../../retrieval/split-text.ts'

/**
 * The stretch of a text that is nearest to a quote, where no more than `mostErrors` characters must be changed, left out or put
 * in: the leftmost of the nearest. Takes time in the order of the text's length times `mostErrors`. Sellers' algorithm, with Ukkonen's
 * cut-off: only cells that can still lead to a match are looked at.
 */
export function findNearly(text: string, quote: string, mostErrors: number): Span | undefined {
  const { length } = quote
  const tooMany = mostErrors + 1
  const errors = Int32Array.from({ length: length + 1 }, (_, row) => Math.min(row, tooMany))
  const begins = new Int32Array(length + 1)
  let best: Span | undefined
  let fewest = tooMany
  let active = Math.min(mostErrors, length)
  for (let column = 1; column <= text.length; column++) {
    const character = text.charCodeAt(column - 1)
    let [cornerErrors, cornerBegin] = [0, column - 1]
    begins[0] = column
    const last = Math.min(active + 1, length)
    for (let row = 1; row <= last; row++) {
      const leftErrors = errors[row] as number
      const leftBegin = begins[row] as number
      let least = cornerErrors + Number(quote.charCodeAt(row - 1) !== character)
      let begin = cornerBegin
      if (leftErrors + 1 < least) [least, begin] = [leftErrors + 1, leftBegin]
      const above = (errors[row - 1] as number) + 1
      if (above < least) [least, begin] = [above, begins[row - 1] as number]
      errors[row] = Math.min(least, tooMany)
      begins[row] = begin
      cornerErrors = leftErrors
      cornerBegin = leftBegin
    }
    active = last
    while (active > 0 && (errors[active] as number) > mostErrors) active--
    if (active === length && (errors[length] as number) < fewest) {
      fewest = errors[length] as number
      best = { start: begins[length] as number, end: column }
    }
  }
  return best
}
