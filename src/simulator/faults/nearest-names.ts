/** Of these names, at most three that someone who wrote this may have meant, the likeliest first. */
export function nearestNames(written: string, names: readonly string[]): string[] {
  const far = Math.max(1, Math.floor(written.length / 3))
  return names
    .map((name) => ({ name, distance: includes(name, written) ? 0 : editDistance(written, name) }))
    .filter(({ distance }) => distance <= far)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

function includes(name: string, written: string): boolean {
  return written.length >= 4 && name.includes(written)
}

/** How many characters are to be added, left out or changed (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at++) {
      const changed = row[at - 1]! + (to[at - 1] === character ? 0 : 1)
      next.push(Math.min(changed, row[at]! + 1, next[at - 1]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
