// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration itself says
import { UnfitFile } from './read-small-file.ts'

/** Where variables come from. */
export interface Variables {
  /** An environment variable; `undefined` where it is not set. */
  readonly variable: (name: string) => string | undefined
  /** The name of a variable that is set and spelt alike. */
  readonly similar: (name: string) => string | undefined
  /** A file's text. Throws where it cannot be read. */
  readonly file: (path: string) => string
}

/** Why a text could not be filled in, and what to do about it. No value is in either. */
export interface SubstitutionFailure {
  readonly message: string
  readonly fix: string
}

const reference = /\$\$\{|\$\{([^}]*)\}?/g

/**
 * Fills in `${NAME}`, `${NAME:-default}` (for a variable that is unset or empty) and `${file:/path}` (less its last line
 * break). `$${` stands for a plain `${`. What was filled in is not searched again.
 */
export function substitute(source: string, variables: Variables): { text: string; failures: SubstitutionFailure[] } {
  const failures: SubstitutionFailure[] = []
  const text = source.replace(reference, (whole: string, inner: string | undefined) => {
    if (whole === '$${') return '${'
    const filled = fill(whole, inner ?? '', variables)
    if (typeof filled === 'string') return filled
    failures.push(filled)
    return ''
  })
  return { text, failures }
}

function fill(whole: string, inner: string, { variable, similar, file }: Variables): string | SubstitutionFailure {
  if (!whole.endsWith('}')) {
    return { message: 'A "${" is never closed.', fix: 'Close it with "}", or write "$${" for a plain "${".' }
  }
  if (inner.startsWith('file:')) return read(inner.slice('file:'.length), file)
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/.exec(inner)
  if (!match) {
    return {
      message: 'This is no variable.',
      fix: 'Write ${NAME}, ${NAME:-default} or ${file:/path}, or "$${" for a plain "${".',
    }
  }
  const [, name = '', fallback] = match
  const value = variable(name)
  if (fallback !== undefined) return value === undefined || value === '' ? fallback : value
  if (value !== undefined) return value
  const guess = similar(name)
  const hint = guess === undefined ? '' : `Did you mean ${guess}? `
  return { message: `The variable ${name} is not set.`, fix: `${hint}Set it, or write \${${name}:-default}.` }
}

function read(path: string, file: Variables['file']): string | SubstitutionFailure {
  try {
    return file(path).replace(/\r?\n$/, '')
  } catch (error) {
    if (error instanceof UnfitFile) return { message: error.message, fix: error.fix }
    return {
      message: `The file ${path} cannot be read (${reasonOf(error)}).`,
      fix: 'Create it, or make it readable for this process.',
    }
  }
}

/** The system's code for a failure (`ENOENT`), or a few words where there is none. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : 'unknown reason'
}
