/** A value whose name says that it is secret: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`, `key=…`. */
const named =
  /\b([\w.-]*(?:pass(?:word|wd|phrase)?|pwd|secret|token|api-?key|credentials?|authorization|cookie|signature|sig)|(?:[\w.-]*[_-])?key)(["']?\s*[:=]\s*)(?:"[^"]*"?|'[^']*'?|(?:(?:bearer|basic|digest)\s+)?[^\s,;&"'})]+)/gi
const inUrl = /([a-z][a-z0-9+.-]*:\/\/)[^\s/:@"'?#]*(?::[^\s/"'?#]*)?@/gi
const shaped =
  /\b(?:(?:sk|pk|rk|gsk|xai|ghp|gho|glpat|xox[abprs]|key)[-_][\w-]{8,}|AKIA[A-Z0-9]{12,}|AIza[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|bearer\s+[\w.~+/=-]{8,})/gi
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g

/**
 * The text without what looks like a credential: after a name that says so (`password=`, `key=`, `token:`), in the user part of a
 * URL, private keys, JSON web tokens and keys of well-known shapes; and without the values of `secrets`, whatever they look like.
 * A secret of no telling shape or name, and not among `secrets`, is not found: do not take what this gives for public.
 */
export function maskCredentials(text: string, secrets: readonly string[] = []): string {
  let masked = text
  for (const secret of secrets) masked = masked.replaceAll(secret, mask)
  return masked
    .replace(privateKey, mask)
    .replace(inUrl, `$1${mask}@`)
    .replace(named, `$1$2${mask}`)
    .replace(shaped, mask)
}

const mask = '[redacted]'
