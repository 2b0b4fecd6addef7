/** A stretch of a text, by offsets. */
export interface Span {
  readonly start: number
  readonly end: number
}
