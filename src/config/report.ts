import { ConfigInvalid, type ConfigProblem } from '../errors/config-invalid.ts'
import { excerpts } from './excerpt.ts'
import { maskLine, maskUnknownWords, shownName } from './mask.ts'
import type { Span } from './span.ts'

/** Where something of the configuration stands in the text. */
export interface Entry {
  readonly key?: Span
  readonly value: Span
  /** A scalar as it was written, variables not filled in; absent for maps and lists. */
  readonly written?: string
}

/** The place of a value in the configuration: keys and list indices from the top. */
export type Path = readonly (string | number)[]

/** Collects what is wrong, knows where each value stands, and keeps secrets out of what is said. */
export interface Report {
  /** Notes where a value stands. */
  place(path: Path, entry: Entry): void
  /** Hides a stretch of the text in every excerpt. */
  mask(span: Span): void
  /** Hides all that was written at and below a path. */
  maskBelow(path: Path): void
  /** The text cannot be read for sure, so that anything in it may be a secret: excerpts show our own words alone. */
  distrust(): void
  /** A value as a message may show it: as it was written, in quotes; what is hidden is `This`. */
  shown(path: Path): string
  /** A problem with a value, or with its key. A path that has one already keeps the first. */
  add(path: Path, message: string, fix: string, at?: 'key' | 'value'): void
  /** A problem at an offset. */
  addAt(offset: number, path: Path, message: string, fix: string): void
  /** Whether the value at the path has a problem of its own. */
  has(path: Path): boolean
  /** Throws `ConfigInvalid` with all problems in the order of the text, if there is any. */
  throwIfAny(): void
}

/** A file with more problems than this is none of ours; looking at each of them would take minutes. */
const mostKept = 1_000

/** An empty report on a file's text. */
export function report(file: string, text: string): Report {
  const entries = new Map<string, Entry>()
  const masked: Span[] = []
  const found: { offset: number | undefined; path: Path; message: string; fix: string }[] = []
  const taken = new Set<string>()
  let broken = false
  const key = (path: Path) => JSON.stringify(path)

  /** What is missing is shown at the nearest thing around it. */
  const offsetOf = (path: Path, at: 'key' | 'value'): number | undefined => {
    const entry = entries.get(key(path))
    if (entry) return at === 'key' ? (entry.key ?? entry.value).start : entry.value.start
    return path.length === 0 ? undefined : offsetOf(path.slice(0, -1), 'key')
  }
  const push = (offset: number | undefined, path: Path, message: string, fix: string) => {
    taken.add(key(path))
    if (found.length < mostKept) found.push({ offset, path, message, fix })
  }
  const problems = (): ConfigProblem[] => {
    const show = excerpts(text, broken ? maskUnknownWords : maskLine)
    return found
      .sort((left, right) => (left.offset ?? 0) - (right.offset ?? 0))
      .map(({ offset, path, message, fix }) => {
        const place = offset === undefined ? { line: 0, column: 0 } : show(offset, masked)
        return { file, ...place, path: printPath(path), message, fix }
      })
  }
  const below = (path: Path) => {
    const start = `${key(path).slice(0, -1)},`
    return (other: string) => other.startsWith(start)
  }

  return {
    place: (path, entry) => void entries.set(key(path), entry),
    mask: (span) => void masked.push(span),
    maskBelow(path) {
      if (found.length === mostKept) return
      const own = key(path)
      const isBelow = below(path)
      for (const [at, { value, written = '' }] of entries) {
        // Shorter ones are words and numbers, and say more than they could give away.
        if ((at === own || isBelow(at)) && written.length >= 6) masked.push(value)
      }
    },
    distrust() {
      broken = true
    },
    shown(path) {
      const { written, value } = entries.get(key(path)) ?? {}
      if (
        written === undefined ||
        value === undefined ||
        masked.some(({ start, end }) => start <= value.start && value.start <= end)
      )
        return 'This'
      return JSON.stringify(maskLine(written.length > 60 ? `${written.slice(0, 57)}...` : written))
    },
    add(path, message, fix, at = 'value') {
      if (!taken.has(key(path))) push(offsetOf(path, at), path, message, fix)
    },
    addAt: push,
    has: (path) => taken.has(key(path)),
    throwIfAny() {
      if (found.length > 0) throw new ConfigInvalid(problems())
    },
  }
}

function printPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      const name = shownName(step)
      if (!/^[\w-]+$/.test(name)) return `[${JSON.stringify(name)}]`
      return index === 0 ? name : `.${name}`
    })
    .join('')
}
