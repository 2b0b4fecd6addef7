/** One step of each in turn, until all are done. */
export function* takingTurns<T>(sequences: readonly Iterator<T>[]): Generator<readonly [number, T]> {
  const left = new Map(sequences.entries())
  while (left.size > 0) {
    for (const [index, sequence] of left) {
      const { done, value } = sequence.next()
      if (done === true) left.delete(index)
      else yield [index, value]
    }
  }
}
