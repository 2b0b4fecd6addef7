/** The secrets of the URL of a store: itself where it has a password, and that as it is written and as it is meant. */
export function secretsOfUrl(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return []
  const { password } = new URL(url)
  if (password === '') return []
  try {
    return [url, password, decodeURIComponent(password)]
  } catch {
    return [url, password]
  }
}
