const key = 'inseam-token'

/**
 * The token that the printed link carries (`#token=…`). It is taken out of the address at once, so that it is in no
 * history, bookmark or shared link, and kept for this tab only.
 */
export function takeToken(): string | undefined {
  const given = tokenIn(location.hash)
  if (given === undefined) return keptToken()
  keepToken(given)
  history.replaceState(null, '', `${location.pathname}${location.search}#/`)
  return given
}

/** The token in a link, or in what is one itself; `undefined` where there is none. */
export function tokenIn(text: string): string | undefined {
  const marked = /[#&]token=(?<token>[^&\s]+)/.exec(text)?.groups?.token
  return marked === undefined ? undefined : decodeURIComponent(marked)
}

/** Keeps a token for as long as the tab is open; where storage is forbidden, until the page is loaded anew. */
export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(key, token)
  } catch {
    // It is in use all the same.
  }
}

function keptToken(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

/** Forgets a token that is good no longer. */
export function forgetToken(): void {
  try {
    sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}
