/** The text without the secrets, and without what is left of one where the text was cut short (`…`). */
export function redact(text: string, secrets: readonly string[]): string {
  let rest = text
  for (const secret of secrets) {
    if (secret === '') continue
    rest = withoutCut(rest.replaceAll(secret, '[redacted]'), secret)
  }
  return rest
}

/** A shorter beginning of a secret gives nothing away. */
const minTelling = 6

function withoutCut(text: string, secret: string): string {
  let rest = text
  for (let cut = rest.indexOf('…'); cut !== -1; cut = rest.indexOf('…', cut + 1)) {
    let length = Math.min(secret.length, cut)
    const last = rest.charCodeAt(cut - 1)
    // One look at the last character spares nearly every comparison, in a text that is full of ellipses too.
    while (
      length >= minTelling &&
      !(secret.charCodeAt(length - 1) === last && rest.endsWith(secret.slice(0, length), cut))
    )
      length--
    if (length < minTelling) continue
    const before = `${rest.slice(0, cut - length)}[redacted]`
    rest = before + rest.slice(cut)
    cut = before.length
  }
  return rest
}

/** The same error, and what caused it, without the secrets that a provider may have quoted in an answer. */
export function redactError<Failure extends Error>(error: Failure, secrets: readonly string[]): Failure {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const said: unknown = Reflect.get(at, name)
      if (typeof said !== 'string') continue
      const redacted = redact(said, secrets)
      if (redacted !== said) Reflect.set(at, name, redacted)
    }
  }
  return error
}
