import type { Span } from './report.ts'
import { isSecretName } from './secret-name.ts'

const widest = 100

/** The line and column of an offset, and its line with a caret below. What is masked, or looks like a credential, shows as asterisks. */
export function excerpt(text: string, offset: number, masked: readonly Span[]) {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const nextBreak = text.indexOf('\n', offset)
  const end = nextBreak === -1 ? text.length : nextBreak
  const line = text.slice(0, start).split('\n').length
  const column = Math.min(offset, end) - start + 1

  const shown = maskCredentials(maskSpans(text.slice(start, end), start, masked))
    .replace(/\r$/, '')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, '·')
  const from = column > widest - 20 ? column - widest / 2 : 0
  const label = `  ${line} | `
  const caret = `${' '.repeat(label.length - 2)}| ${' '.repeat(column - 1 - from)}^`
  return { line, column, excerpt: `${label}${shown.slice(from, from + widest)}`.trimEnd().concat(`\n${caret}`) }
}

function maskSpans(line: string, start: number, masked: readonly Span[]): string {
  return masked.reduce((shown, span) => {
    const from = Math.max(span.start - start, 0)
    const to = Math.min(span.end - start, shown.length)
    return from < to ? shown.slice(0, from) + maskText(shown.slice(from, to)) + shown.slice(to) : shown
  }, line)
}

/** Hides all of a text but its variables' names, its quotes and its brackets. The length stays, so that a caret still fits. */
function maskText(text: string): string {
  return text.replace(/\$\{(?:file:[^}]*|[A-Za-z_]\w*)\}|[\s\S]/g, (part) =>
    part.length > 1 || /[\s"'{}[\],$]/.test(part) ? part : '*',
  )
}

const credentialShape = /\b(?:sk|pk|rk|gsk|xai|ghp|key|Bearer)[-_ ][\w.-]{8,}/g
const userInUrl = /(?<=:\/\/)[^\s/@"']+(?=@)/g
const parameterInUrl = /(?<=:\/\/[^\s"']*[?&][\w-]+=)[^\s&"']+/g

/** Catches what no tree was there to point at: broken YAML, misspelt keys, a secret in the wrong place. */
export function maskCredentials(line: string): string {
  let shown = line
  for (const { 0: start, 1: name, index } of line.matchAll(/([\w.-]+)["']?\s*[:=]\s*/g)) {
    if (!isSecretName(name ?? '')) continue
    const from = index + start.length
    const inFlow = /[{[]/.test(line.slice(0, index))
    const length = (inFlow ? valueInFlow : valueInBlock).exec(line.slice(from))?.[0].length ?? 0
    shown = shown.slice(0, from) + maskText(shown.slice(from, from + length)) + shown.slice(from + length)
  }
  return [credentialShape, userInUrl, parameterInUrl].reduce(
    (masked, shape) => masked.replace(shape, (found) => '*'.repeat(found.length)),
    shown,
  )
}

const valueInFlow = /^(?:"[^"]*"?|'[^']*'?|(?:\$\{[^}]*\}|[^,{}[\]"'])+)/
const valueInBlock = /^[^{[].*/
