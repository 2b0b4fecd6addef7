import { isSecretName } from './secret-name.ts'
import { vocabulary } from './vocabulary.ts'

/** Hides all of a text but its variables' names, its quotes and its brackets. The length stays, so that a caret still fits. */
export function maskText(text: string): string {
  return text.replace(/\$\{(?:file:[^}]*|[A-Za-z_]\w*)\}|[\s\S]/g, (part) =>
    part.length > 1 || /[\s"'{}[\],$]/.test(part) ? part : '*',
  )
}

/**
 * Hides what looks like a credential on a line: what no tree was there to point at, in broken YAML, or a secret in the
 * wrong place. Meant for short texts; the length stays.
 */
export function maskLine(line: string): string {
  let shown = line
  for (const { 0: start, 1: name = '', index } of line.matchAll(/([\w.-]+)["']?\s*[:=]\s*/g)) {
    if (!isSecretName(name)) continue
    const from = index + start.length
    const inFlow = /[{[]/.test(line.slice(0, index))
    const length = (inFlow ? valueInFlow : valueInBlock).exec(line.slice(from))?.[0].length ?? 0
    shown = shown.slice(0, from) + maskText(shown.slice(from, from + length)) + shown.slice(from + length)
  }
  return shown
    .replace(credentialShape, (shape) => '*'.repeat(shape.length))
    .replace(/:\/\/[^\s"']+/g, (address) =>
      address
        .replace(/^:\/\/([^/@]+)(?=@)/, (user) => `://${'*'.repeat(user.length - 3)}`)
        .replace(/(?<==)[^&]+/g, (value) => '*'.repeat(value.length)),
    )
}

const credentialShape = /\b(?:sk|pk|rk|gsk|xai|ghp|key|Bearer)[-_ ][\w.-]{8,}/g
const valueInFlow = /^(?:"[^"]*"?|'[^']*'?|(?:\$\{[^}]*\}|[^,{}[\]"'])+)/
const valueInBlock = /^[^{[].*/

/** A name as a message may show it. One that is no plain word may have swallowed a value, as in `key:secret`. */
export function shownName(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 57)}...` : name
  return /^[\w./@+-]+$/.test(short) ? maskLine(short) : maskUnknownWords(short)
}

/** Hides every word of a text that is not one of the configuration's own, or short. The length stays. */
export function maskUnknownWords(text: string): string {
  const known = vocabulary()
  return maskLine(text).replace(/\$\{[A-Za-z_]\w*\}|[^\s"'`{}[\],:#&*!|>@%?/=<()]+/g, (word) =>
    word.startsWith('${') || word.length <= 4 || known.has(word) ? word : '*'.repeat(word.length),
  )
}
