import { environmentSecrets } from './environment-secrets.ts'
import { maskCredentials } from './mask-credentials.ts'

const maxCharacters = 500
/** Looked through for credentials; what stands behind is not told at all. */
const maxRead = 4_000

/**
 * What code of others (a tool, a look-up, a prompt function, a schema) threw, as records and clients may read it: its class and message,
 * without what looks like a credential. Never throws.
 */
export function failureText(thrown: unknown): string {
  const whole = said(thrown)
  // The last word may be half a secret, which nobody would know by its value.
  const read = whole.length <= maxRead ? whole : whole.slice(0, maxRead).replace(/\S*$/, '…')
  const text = maskCredentials(read, environmentSecrets(process.env)).toWellFormed()
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1).toWellFormed()}…`
}

function said(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return `It threw ${typeof thrown === 'object' ? 'an object' : String(thrown)}`
    return `${thrown.constructor?.name || thrown.name}: ${thrown.message}`
  } catch {
    return 'It threw what cannot be read.'
  }
}
