/** What belongs to one block, item or call of an answer, marked with its number. */
export function* ofPart<T extends object>(part: number, pieces: Iterable<T>): Generator<T & { readonly part: number }> {
  for (const piece of pieces) yield { ...piece, part }
}
