/** A value that was made for a schema, and whether anything in the text speaks for it. */
export interface Drawn {
  readonly value: unknown
  readonly evidenced: boolean
}
