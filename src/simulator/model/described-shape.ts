import { asObject, isObject, type JsonObject } from '../json.ts'

/**
 * The schema of the JSON shape that a prompt describes, such as
 * `{"category": "billing" | "other", "priority": string, // low | medium | high  "tags": [string]}`; nothing where it describes none.
 */
export function describedShape(prompt: string): JsonObject | undefined {
  if (!/json|\{\s*["']?\w+["']?\s*:/i.test(prompt)) return undefined
  if (!/\b(json|return|respond|reply|answer|output|format|produce|shape|schema)\b/i.test(prompt)) return undefined
  const schema = writtenSchema(prompt)
  if (schema !== undefined) return schema
  for (let at = prompt.indexOf('{'); at >= 0; at = prompt.indexOf('{', at + 1)) {
    const reader: Reader = { text: prompt, at }
    const shape = readObject(reader)
    if (shape !== undefined) return shape
  }
  return undefined
}

/** A JSON Schema that stands in the prompt on a line of its own. */
function writtenSchema(prompt: string): JsonObject | undefined {
  for (const [line] of prompt.matchAll(/^\{.*"(?:type|properties|anyOf|\$ref)".*\}$/gm)) {
    try {
      const schema = asObject(JSON.parse(line))
      if (schema.type === 'object' && isObject(schema.properties ?? schema.additionalProperties)) return schema
    } catch {
      // Something else in braces.
    }
  }
  return undefined
}

interface Reader {
  readonly text: string
  at: number
}

const key = /\s*(?:["']([\w$ -]+)["']|([A-Za-z_$][\w$-]*))\s*(\?)?\s*:\s*/y

function readObject(reader: Reader): JsonObject | undefined {
  reader.at++
  const properties: Record<string, JsonObject> = {}
  const required: string[] = []
  for (;;) {
    skip(reader, /(?:\s|,|;|\.\.\.)*/y)
    if (reader.text[reader.at] === '}') break
    const found = match(reader, key)
    if (found === undefined) return undefined
    const name = (found[1] ?? found[2])!
    const value = readValue(reader)
    if (value === undefined) return undefined
    const remark = remarkAfter(reader)
    properties[name] = remark === undefined ? value : remarked(value, remark)
    if (found[3] === undefined) required.push(name)
  }
  reader.at++
  return required.length === 0 && Object.keys(properties).length === 0
    ? undefined
    : { type: 'object', properties, required, additionalProperties: false }
}

function readValue(reader: Reader): JsonObject | undefined {
  const character = reader.text[reader.at]
  if (character === '{') return readObject(reader)
  if (character === '[') return readList(reader)
  const written = match(reader, /(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|<[^>\n]*>|[^,;{}[\]\n"'<>/]|\/(?!\/))+/y)?.[0].trim()
  if (written === undefined || written === '') return undefined
  const after = match(reader, /\[\s*\]/y)
  const value = meaningOf(written)
  return after === undefined ? value : { type: 'array', items: value }
}

function readList(reader: Reader): JsonObject | undefined {
  reader.at++
  skip(reader, /\s*/y)
  const items = reader.text[reader.at] === ']' ? { type: 'string' } : readValue(reader)
  if (items === undefined) return undefined
  const rest = match(reader, /[^\]]*\]/y)
  if (rest === undefined) return undefined
  return { type: 'array', items }
}

/** What a placeholder stands for: `string`, `0.9`, `"low" | "high"`, `<one of: a, b>`, `boolean | null`. */
function meaningOf(written: string): JsonObject {
  const bare = written.replace(/^[<"'`(]+|[>"'`)]+$/g, '').trim()
  const options = optionsIn(written)
  if (options !== undefined) return options
  const range = /^(-?\d+(?:\.\d+)?)\s*(?:-|–|to|\.\.)\s*(\d+(?:\.\d+)?)$/.exec(bare)
  if (range !== null) {
    const type = /\./.test(range[1]! + range[2]!) ? 'number' : 'integer'
    return { type, minimum: Number(range[1]), maximum: Number(range[2]) }
  }
  if (/^(true|false|bool(ean)?)\b/i.test(bare)) return { type: 'boolean' }
  if (/^(int(eger)?|whole number)\b|^-?\d+$/i.test(bare)) return { type: 'integer' }
  if (/^(number|float|double|decimal)\b|^-?\d+\.\d+$/i.test(bare)) {
    return /0\s*(?:-|–|to|\.\.)\s*1\b/.test(bare) ? { type: 'number', minimum: 0, maximum: 1 } : { type: 'number' }
  }
  if (/^null$/i.test(bare)) return { type: 'null' }
  const list = /^(?:(?:array|list) of |Array<)(\w+?)s?>?$/i.exec(bare)
  if (list !== null) return { type: 'array', items: meaningOf(list[1]!) }
  return { type: 'string', description: bare }
}

/** The alternatives of `a | b`, `one of: a, b` or `a/b/c`; with null among them the value may be null. */
function optionsIn(written: string): JsonObject | undefined {
  const named = /one of:?\s*(.+)$/i.exec(written.replace(/[<>()]/g, ''))?.[1]
  const split =
    named !== undefined ? named.split(/,|\||\bor\b/) : written.includes('|') ? written.split('|') : slashed(written)
  const options = split?.map((option) => option.replace(/[<>"'`()]/g, '').trim()).filter((option) => option !== '')
  if (options === undefined || options.length < 2) return undefined
  const real = options.filter((option) => option.toLowerCase() !== 'null')
  const nullable = real.length < options.length
  if (real.length === 1) {
    const only = meaningOf(real[0]!)
    return nullable ? { anyOf: [only, { type: 'null' }] } : only
  }
  if (real.every((option) => /^(string|number|integer|boolean)$/i.test(option))) return meaningOf(real[0]!)
  if (real.some((option) => option.split(/\s+/).length > 4)) return undefined
  return { enum: nullable ? [...real, null] : real }
}

function slashed(written: string): string[] | undefined {
  const bare = written.replace(/["'<>]/g, '').trim()
  return /^[\w-]+(?:\/[\w-]+)+$/.test(bare) ? bare.split('/') : undefined
}

/** A comment on the same line: `// low | medium | high`. */
function remarkAfter(reader: Reader): string | undefined {
  return match(reader, /[ \t]*,?[ \t]*(?:\/\/|#)[ \t]*([^\n}]*)/y)?.[1]?.trim()
}

function remarked(value: JsonObject, remark: string): JsonObject {
  if (value.type !== 'string') return value
  const options = /[|]|one of|\w\/\w/i.test(remark) ? optionsIn(remark) : undefined
  return options ?? { ...value, description: remark }
}

function match(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)
  if (found === null) return undefined
  reader.at = pattern.lastIndex
  return found
}

function skip(reader: Reader, pattern: RegExp): void {
  match(reader, pattern)
}
