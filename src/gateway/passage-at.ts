import { versions } from './doors.ts'

/** Where a request that is passed through is to go, as its address says it. */
export interface PassageAddress {
  /** The provider that the address names. Absent: the header or the dialect says. */
  readonly provider?: string
  /** The rest, without the query, starting with a slash. */
  readonly path: string
  /** With its question mark, and without a key; empty where there is none. */
  readonly query: string
}

const prefix = '/providers/'
/** Where Google's clients begin to send a file. */
const uploads = /^\/upload\/v1(?:beta)?\//

/** Reads where a request that is passed through is to go; undefined for what is none. `path` is the target without its query. */
export function passageAt(path: string, query: string, presented: string): PassageAddress | undefined {
  const kept = withoutKeys(query, presented)
  if (path.startsWith(prefix)) {
    const rest = path.slice(prefix.length)
    const slash = rest.indexOf('/')
    if (slash === 0 || rest === '') return undefined
    return slash === -1
      ? { provider: rest, path: '/', query: kept }
      : { provider: rest.slice(0, slash), path: rest.slice(slash), query: kept }
  }
  return versions.test(path) || uploads.test(path) ? { path, query: kept } : undefined
}

/** Whether a path is one that may be passed through. */
export const isPassagePath = (path: string): boolean =>
  path.startsWith(prefix) || versions.test(path) || uploads.test(path)

const keyNames = /^(?:key|api[_-]?key|access[_-]?token)$/i

/** A query without what is a client's credential, by its name or by its value; the rest stays byte for byte. */
function withoutKeys(query: string, presented: string): string {
  if (query === '') return ''
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => {
      const equals = part.indexOf('=')
      const name = decoded(equals === -1 ? part : part.slice(0, equals))
      const value = equals === -1 ? '' : decoded(part.slice(equals + 1))
      return !keyNames.test(name) && (presented === '' || !value.includes(presented))
    })
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
