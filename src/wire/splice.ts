/** A top-level field of a JSON object in its text. */
interface Field {
  readonly name: string
  readonly nameStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** The JSON texts of those of these top-level fields that a JSON object has. `text` must be a valid JSON object. */
export function peekFields(text: string, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { name, valueStart, valueEnd } of topLevelFields(text)) {
    if (names.includes(name)) found[name] = text.slice(valueStart, valueEnd)
  }
  return found
}

/**
 * Sets top-level fields of a JSON object in its text and leaves every other byte as it is, so that a provider's prompt cache
 * sees what the client sent. A field that is absent is appended. `text` must be a valid JSON object; values are JSON texts.
 */
export function spliceFields(text: string, values: Readonly<Record<string, string>>): string {
  const fields = topLevelFields(text)
  const edits = fields.filter((field) => Object.hasOwn(values, field.name))
  let spliced = ''
  let at = 0
  for (const { name, valueStart, valueEnd } of edits) {
    spliced += text.slice(at, valueStart) + values[name]
    at = valueEnd
  }
  const missing = Object.keys(values).filter((name) => !edits.some((field) => field.name === name))
  const end = text.lastIndexOf('}')
  spliced += text.slice(at, end)
  let comma = fields.length > 0 ? ',' : ''
  for (const name of missing) {
    spliced += `${comma}${JSON.stringify(name)}:${values[name]}`
    comma = ','
  }
  return spliced + text.slice(end)
}

/** The JSON text of an array with each element replaced by what `change` makes of its text. `text` must be a valid JSON array. */
export function spliceElements(text: string, change: (element: string) => string): string {
  let spliced = ''
  let at = 0
  let start = skipSpace(text, text.indexOf('[') + 1)
  while (start < text.length && text[start] !== ']') {
    const end = endOfValue(text, start)
    spliced += text.slice(at, start) + change(text.slice(start, end))
    at = end
    const next = skipSpace(text, end)
    start = text[next] === ',' ? skipSpace(text, next + 1) : next
  }
  return spliced + text.slice(at)
}

/**
 * Takes top-level fields of a JSON object out of its text, each with one comma, and leaves every other byte as it is. `text` must
 * be a valid JSON object.
 */
export function cutFields(text: string, names: readonly string[]): string {
  const fields = topLevelFields(text)
  const [first] = fields
  const last = fields.at(-1)
  if (!first || !last || !fields.some(({ name }) => names.includes(name))) return text
  let rest = text.slice(0, first.nameStart)
  let isFirst = true
  for (const [index, { name, nameStart, valueEnd }] of fields.entries()) {
    if (names.includes(name)) continue
    // What stood before a field goes with it: so the comma after the last one that is left goes, too.
    rest += text.slice(isFirst ? nameStart : (fields[index - 1]?.valueEnd ?? nameStart), valueEnd)
    isFirst = false
  }
  return rest + text.slice(last.valueEnd)
}

function topLevelFields(text: string): Field[] {
  const fields: Field[] = []
  let at = skipSpace(text, text.indexOf('{') + 1)
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at)
    const name: string = JSON.parse(text.slice(at, nameEnd))
    const valueStart = skipSpace(text, skipSpace(text, nameEnd) + 1)
    const valueEnd = endOfValue(text, valueStart)
    fields.push({ name, nameStart: at, valueStart, valueEnd })
    at = skipSpace(text, valueEnd)
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return fields
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}

/** The index after the closing quote of the string that opens at `open`. */
export function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close !== -1 && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  return close === -1 ? text.length : close + 1
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0
  while (text[quote - 1 - slashes] === '\\') slashes++
  return slashes % 2 === 1
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const character = text[at]
    if (character === '"') {
      at = endOfString(text, at)
      if (depth === 0) return at
      continue
    }
    if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (
      depth === 0 &&
      (character === ',' || character === ' ' || character === '\n' || character === '\r' || character === '\t')
    ) {
      return at
    }
    at++
  }
  return at
}
