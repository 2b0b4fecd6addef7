import { grouped } from '../core/figures.ts'

/**
 * A tool's result as the model gets it: a string as it is, everything else as JSON. What JSON has no word for is said by another:
 * nothing is `null`, a big integer is a string, what holds itself is `"[circular]"`. Longer than `maxCharacters`, it is cut, and
 * says so. Throws what the value throws when it is read.
 */
export function resultText(value: unknown, maxCharacters: number): string {
  const text = (typeof value === 'string' ? value : toJson(value)).toWellFormed()
  if (text.length <= maxCharacters) return text
  const kept = text.slice(0, maxCharacters).toWellFormed()
  return `${kept}\n[cut: ${grouped(maxCharacters)} of ${grouped(text.length)} characters]`
}

function toJson(value: unknown): string {
  const path: unknown[] = []
  const write = function (this: unknown, _key: string, part: unknown): unknown {
    if (typeof part === 'bigint') return String(part)
    if (typeof part !== 'object' || part === null) return part
    // `this` holds the part: what was left since is no longer on the way to it.
    while (path.length > 0 && path.at(-1) !== this) path.pop()
    if (path.includes(part)) return '[circular]'
    path.push(part)
    return part
  }
  return JSON.stringify(value, write) ?? 'null'
}
