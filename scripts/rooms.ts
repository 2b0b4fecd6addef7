import { posix } from 'node:path'

/** The repository's path of a relative specifier; undefined where it names a package. */
export function resolveSpecifier(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined
}

/**
 * The room of a file: the first folder under `src/`, or a file at its top without its ending (`src/config.ts` and
 * `src/config/` are one); outside `src/`, the folder at the top.
 */
export function roomOf(file: string): string {
  const [top, next] = file.split('/')
  return top === 'src' && next !== undefined ? withoutEnding(next) : top!
}

/** A file inside its room, as the import table names it: `providers/catalogue`. */
export function nameInTable(file: string): string {
  return withoutEnding(file.replace(/^src\//, ''))
}

/** Whether a file is there for tests only. */
export function isTest(file: string): boolean {
  return /\.(test|suite)\.ts$/.test(file)
}

function withoutEnding(path: string): string {
  return path.replace(/(\.(test|suite))?\.(ts|json)$/, '')
}
