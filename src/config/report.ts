import { ConfigInvalid, type ConfigProblem } from '../errors/config-invalid.ts'
import { excerpt, maskCredentials } from './excerpt.ts'

/** A stretch of the text, by offsets. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Where something of the configuration stands in the text. */
export interface Entry {
  readonly key?: Span
  readonly value: Span
  /** A scalar as it was written, variables not filled in; absent for maps, lists and secrets. */
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
  /** A value as a message may show it: as it was written, in quotes. */
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

/** An empty report on a file's text. */
export function report(file: string, text: string): Report {
  const entries = new Map<string, Entry>()
  const masked: Span[] = []
  const found: { offset: number | undefined; path: Path; message: string; fix: string }[] = []
  const taken = new Set<string>()
  const key = (path: Path) => JSON.stringify(path)

  /** What is missing is shown at the nearest thing around it. */
  const offsetOf = (path: Path, at: 'key' | 'value'): number | undefined => {
    const entry = entries.get(key(path))
    if (entry) return at === 'key' ? (entry.key ?? entry.value).start : entry.value.start
    return path.length === 0 ? undefined : offsetOf(path.slice(0, -1), 'key')
  }
  const push = (offset: number | undefined, path: Path, message: string, fix: string) => {
    taken.add(key(path))
    found.push({ offset, path, message, fix })
  }
  const problem = ({ offset, path, message, fix }: (typeof found)[number]): ConfigProblem => {
    const common = { file, path: printPath(path), message, fix }
    return offset === undefined ? { ...common, line: 0, column: 0 } : { ...common, ...excerpt(text, offset, masked) }
  }
  const below = (path: Path) => {
    const start = `${key(path).slice(0, -1)},`
    return (other: string) => other.startsWith(start)
  }

  return {
    place: (path, entry) => void entries.set(key(path), entry),
    mask: (span) => void masked.push(span),
    maskBelow(path) {
      const isBelow = below(path)
      for (const [at, { value, written = '' }] of entries) {
        // Shorter ones are words and numbers, and say more than they could give away.
        if ((at === key(path) || isBelow(at)) && written.length >= 6) masked.push(value)
      }
    },
    shown(path) {
      const written = entries.get(key(path))?.written
      if (written === undefined) return 'This'
      return JSON.stringify(maskCredentials(written.length > 60 ? `${written.slice(0, 57)}...` : written))
    },
    add(path, message, fix, at = 'value') {
      if (!taken.has(key(path))) push(offsetOf(path, at), path, message, fix)
    },
    addAt: push,
    has: (path) => taken.has(key(path)),
    throwIfAny() {
      if (found.length === 0) return
      throw new ConfigInvalid(found.sort((left, right) => (left.offset ?? 0) - (right.offset ?? 0)).map(problem))
    },
  }
}

function printPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step.slice(0, 100))}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}
