import { useEffect, useState } from 'preact/hooks'

/** Where one is: `#/calls/call_1?feature=triage` has the path `['calls', 'call_1']`. */
export interface Route {
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

const changed = 'inseam-route'

/** The route that the address names. */
export function readRoute(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2)
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) }
}

/** The address of a route. Query values that are empty are left out. */
export function linkTo(path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const filled = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''))
  return `#/${path.map(encodeURIComponent).join('/')}${filled.size > 0 ? `?${filled}` : ''}`
}

/** Changes the query of the present route without a step in the history. */
export function changeQuery(changes: Readonly<Record<string, string>>): void {
  const { path, query } = readRoute()
  history.replaceState(history.state, '', linkTo(path, { ...Object.fromEntries(query), ...changes }))
  window.dispatchEvent(new Event(changed))
}

/** The present route, kept up to date. */
export function useRoute(): Route {
  const [route, setRoute] = useState(readRoute)
  useEffect(() => {
    const read = () => setRoute(readRoute())
    window.addEventListener('hashchange', read)
    window.addEventListener(changed, read)
    // What changed between the first drawing and this moment was heard by nobody.
    read()
    return () => {
      window.removeEventListener('hashchange', read)
      window.removeEventListener(changed, read)
    }
  }, [])
  return route
}
