import { asList, asObject, isObject, type JsonObject } from '../json.ts'
import { pick, type Random } from '../seeded-random.ts'

const variants: Readonly<Record<string, (value: unknown, schema: JsonObject) => string>> = {
  'code-fence': (value) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``,
  'trailing-comma': (value) => JSON.stringify(value).replace(/([}\]])$/, ',$1'),
  truncated: (value) => cut(JSON.stringify(value)),
  'single-quotes': (value) =>
    JSON.stringify(value).replace(/"((?:[^"\\]|\\.)*)"/g, (_, inside: string) => `'${inside.replaceAll("'", "\\'")}'`),
  'missing-field': (value) => JSON.stringify(withoutLastField(value)),
  'wrong-enum': (value, schema) => JSON.stringify(withWrongEnum(value, schema)),
  'stringified-nested': (value) => JSON.stringify(withStringifiedNested(value)),
}

/** The value as JSON that is almost right, in the variant's way; chosen by chance where the variant is none that is known. */
export function malformedJson(value: unknown, schema: JsonObject, variant: string, random: Random): string {
  const way = variants[variant] ?? variants[pick(random, Object.keys(variants))]!
  return way(value, schema)
}

function cut(text: string): string {
  return text.slice(0, Math.max(1, Math.floor(text.length * 0.7)))
}

function withoutLastField(value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.entries(value).slice(0, -1)) : value
}

/** With a label that is no member of its enumeration; without an enumeration, with a field that has the wrong type. */
function withWrongEnum(value: unknown, schema: JsonObject): unknown {
  if (!isObject(value)) return value
  const properties = asObject(schema.properties)
  const key = Object.keys(value).find((name) => asList(asObject(properties[name]).enum).length > 0)
  if (key !== undefined) return { ...value, [key]: `${String(value[key])}_like` }
  const [first] = Object.keys(value)
  return first === undefined ? value : { ...value, [first]: { value: value[first] } }
}

/** With its first nested object or list as a string of JSON; all of it where nothing is nested. */
function withStringifiedNested(value: unknown): unknown {
  if (!isObject(value)) return JSON.stringify(value)
  const key = Object.keys(value).find((name) => typeof value[name] === 'object' && value[name] !== null)
  return key === undefined ? JSON.stringify(value) : { ...value, [key]: JSON.stringify(value[key]) }
}
