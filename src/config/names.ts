import type { Report } from './report.ts'

/** Checks the names that the operator gives to providers and aliases, whatever else is right or wrong with them. */
export function checkNames(value: unknown, report: Report): void {
  for (const name of keysOf(value, 'providers')) {
    if (/^[A-Za-z0-9][\w.-]*$/.test(name) && name !== 'feature') continue
    const fix = 'Use letters, digits, ".", "-" and "_"; "feature" is reserved.'
    report.add(['providers', name], 'A provider cannot have this name.', fix, 'key')
  }
  for (const name of keysOf(value, 'models')) {
    const problem = problemOfAlias(name)
    if (problem) report.add(['models', name], ...problem, 'key')
  }
}

function problemOfAlias(name: string): readonly [message: string, fix: string] | undefined {
  if (name === 'feature') return ['"feature" is reserved: feature/name calls a feature.', 'Choose another name.']
  if (name.includes('/'))
    return ['An alias cannot have a "/" in its name: that is how provider/model is written.', 'Use "-" instead.']
  if (/\s|\p{Cc}/u.test(name)) return ['An alias cannot have spaces in its name.', 'Use "-" instead.']
  return undefined
}

/** The names in a section of the plain data; none where it is no map. */
export function keysOf(value: unknown, section: string): string[] {
  if (typeof value !== 'object' || value === null || !(section in value)) return []
  const entries = (value as Record<string, unknown>)[section]
  return typeof entries === 'object' && entries !== null && !Array.isArray(entries) ? Object.keys(entries) : []
}
