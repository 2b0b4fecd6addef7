/**
 * Whether an answer is the expected value: by structure, whatever the order of fields, a field that is undefined being none.
 * A number or a truth value is also the text that spells it, because cells of CSV are text.
 */
export function sameValue(found: unknown, expected: unknown): boolean {
  if (Object.is(found, expected) || found === expected) return true
  if (typeof expected === 'string') return isScalar(found) && String(found) === expected
  if (typeof found !== 'object' || typeof expected !== 'object' || found === null || expected === null) return false
  if (Array.isArray(found) || Array.isArray(expected))
    return (
      Array.isArray(found) &&
      Array.isArray(expected) &&
      found.length === expected.length &&
      found.every((item, index) => sameValue(item, expected[index]))
    )
  if (found instanceof Date || expected instanceof Date)
    return found instanceof Date && expected instanceof Date && found.getTime() === expected.getTime()
  const names = new Set([...Object.keys(found), ...Object.keys(expected)])
  return [...names].every((name) => sameValue(own(found, name), own(expected, name)))
}

const isScalar = (value: unknown) => typeof value === 'number' || typeof value === 'boolean'

const own = (value: object, name: string): unknown =>
  Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined

/** What stands at a path: `category`, `items.0.price`. */
export function atPath(value: unknown, path: string): unknown {
  let at = value
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined
    at = own(at, name)
  }
  return at
}

/** A value in a few words, for details. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
