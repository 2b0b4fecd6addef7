/** Where a message stood, and its blocks, in the dialect that said it. */
export interface Place {
  readonly message: string
  block(index: number): string
}
