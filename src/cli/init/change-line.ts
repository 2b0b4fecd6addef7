import type { Change } from './sdk.ts'

/** The line with the gateway as its client's base URL; undefined where it has one, or where its arguments stand elsewhere. */
export function changeLine(line: string, { construction, shape, insert }: Change, gateway: string): string | undefined {
  const found = construction.exec(line)
  if (!found || hasBaseUrl.test(line)) return undefined
  const end = found.index + found[0].length
  const before = line.slice(0, end)
  const after = line.slice(end)
  const argument = insert(gateway)
  if (shape === 'chain') return `${before}${argument}${after}`
  if (!found[0].endsWith('(')) return /^\s*$/.test(after) ? `${before}(${argument})` : undefined
  return shape === 'object' ? intoObject(before, argument, after) : intoArguments(before, argument, after)
}

function intoObject(before: string, argument: string, after: string): string | undefined {
  if (/^\s*\)/.test(after)) return `${before}{ ${argument} }${after.trimStart()}`
  const opened = /^\s*\{/.exec(after)
  if (!opened) return undefined
  const rest = after.slice(opened[0].length)
  const opening = `${before}${opened[0]}`
  if (/^\s*\}/.test(rest)) return `${opening} ${argument} ${rest.trimStart()}`
  return rest.trim() === '' ? `${opening} ${argument},` : `${opening} ${argument}, ${rest.trimStart()}`
}

function intoArguments(before: string, argument: string, after: string): string | undefined {
  if (/^\s*\)/.test(after)) return `${before}${argument}${after.trimStart()}`
  if (after.trim() === '') return `${before}${argument},`
  // One that has a name cannot stand before one that has none.
  if (/^\w+(?:=|: )/.test(argument) && !/^\s*(?:\*\*|\w+\s*(?:=(?!=)|:(?!:)))/.test(after)) return undefined
  return `${before}${argument}, ${after.trimStart()}`
}

const hasBaseUrl = /\b(?:(?:with)?base_?ur[il]|uri_base|api_base|anthropicApiUrl)\b/i
