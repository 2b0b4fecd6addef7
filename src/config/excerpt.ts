import { maskText } from './mask.ts'
import type { Span } from './span.ts'

/** A place in a text as people and editors name it, and its line with a caret below. */
export interface Excerpt {
  readonly line: number
  readonly column: number
  readonly excerpt: string
}

const widest = 100
/** How much of a long line beside the shown part is looked at for the name of a secret. */
const margin = 500

/** Shows places of a text. What is masked, or what `hide` thinks should be, shows as asterisks. `hide` keeps the length. */
export function excerpts(
  text: string,
  hide: (part: string) => string,
): (offset: number, masked: readonly Span[]) => Excerpt {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)

  return (offset, masked) => {
    const line = lastAtMost(lineStarts, offset)
    const start = lineStarts[line]!
    const end = (lineStarts[line + 1] ?? text.length + 1) - 1
    const before = Math.min(offset, end) - start

    const from = start + (before >= widest - 20 ? before - widest / 2 : 0)
    const to = Math.min(from + widest, end)
    const around = { start: Math.max(start, from - margin), end: Math.min(end, to + margin) }
    const shown = hide(maskSpans(text, around, masked))
      .slice(from - around.start, to - around.start)
      .replace(/\r$/, '')
      .replace(/\t/g, ' ')
      .replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, '·')
    const label = `  ${line + 1} | `
    const caret = `${' '.repeat(label.length - 2)}| ${' '.repeat(start + before - from)}^`
    return { line: line + 1, column: before + 1, excerpt: `${`${label}${shown}`.trimEnd()}\n${caret}` }
  }
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (sorted[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}

function maskSpans(text: string, part: Span, masked: readonly Span[]): string {
  return masked.reduce(
    (shown, span) => {
      const from = Math.max(span.start - part.start, 0)
      const to = Math.min(span.end - part.start, shown.length)
      return from < to ? shown.slice(0, from) + maskText(shown.slice(from, to)) + shown.slice(to) : shown
    },
    text.slice(part.start, part.end),
  )
}
