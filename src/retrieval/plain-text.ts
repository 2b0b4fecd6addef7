/**
 * What a reader sees of a source, and where each character of it stands there. Piece `n` begins at `plainAt[n]` and shows
 * the source from `sourceAt[n]` to `sourceEnd[n]`: character for character where both are as long, else (an entity, a gap
 * between blocks) as a whole. Without pieces, the text is the source. Plain data: it crosses threads.
 */
export interface PlainText {
  readonly text: string
  readonly pieces?: {
    readonly plainAt: readonly number[]
    readonly sourceAt: readonly number[]
    readonly sourceEnd: readonly number[]
  }
}

/** Where the characters from `start` to `end` (not empty) of the plain text stand in its source. */
export function sourceRange(
  plain: PlainText,
  start: number,
  end: number,
): { readonly start: number; readonly end: number } {
  if (!plain.pieces) return { start, end }
  return { start: sourceOf(plain, start).start, end: sourceOf(plain, end - 1).end }
}

function sourceOf({ text, pieces }: PlainText, at: number): { readonly start: number; readonly end: number } {
  const { plainAt, sourceAt, sourceEnd } = pieces as NonNullable<PlainText['pieces']>
  const piece = lastAtOrBefore(plainAt, at)
  const [begins, from, to] = [plainAt[piece] ?? 0, sourceAt[piece] ?? 0, sourceEnd[piece] ?? 0]
  const length = (plainAt[piece + 1] ?? text.length) - begins
  if (to - from !== length) return { start: from, end: to }
  return { start: from + at - begins, end: from + at - begins + 1 }
}

/** The last of the ascending numbers that is not above `at`. */
function lastAtOrBefore(ascending: readonly number[], at: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((ascending[middle] as number) <= at) low = middle
    else high = middle - 1
  }
  return low
}
