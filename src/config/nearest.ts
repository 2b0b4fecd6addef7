/** The candidate that somebody who wrote `name` probably meant, if one is close enough to say so. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  return nearestBySpelling(name, candidates) ?? longestWithin(name, candidates)
}

/** The candidate with the fewest edits, if a third of the letters at most are wrong. */
export function nearestBySpelling(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > 64) return undefined
  const plain = normalise(name)
  const scored = candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(plain, normalise(candidate.slice(0, 64))) }))
    .sort((left, right) => left.distance - right.distance)[0]
  return scored && scored.distance <= Math.max(1, Math.floor(plain.length / 3)) ? scored.candidate : undefined
}

/** `apiKey` has `key` in it. */
function longestWithin(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > 64) return undefined
  return candidates
    .filter((candidate) => candidate.length >= 3 && normalise(name).includes(normalise(candidate)))
    .sort((left, right) => right.length - left.length)[0]
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/[_\- ]/g, '')
}

/** Edits between two words, where a swap of neighbours is one edit (Damerau, restricted). */
function distanceBetween(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const substituted = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1)
      const swaps = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current.push(
        Math.min(
          substituted,
          previous[column]! + 1,
          current[column - 1]! + 1,
          swaps ? beforePrevious[column - 2]! + 1 : substituted,
        ),
      )
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]!
}
