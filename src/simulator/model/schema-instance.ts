import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import type { Random } from '../seeded-random.ts'
import { chooseLabel } from './choose-label.ts'
import { drawBoolean } from './draw-boolean.ts'
import { drawNumber } from './draw-number.ts'
import { drawText } from './draw-text.ts'
import type { Drawn } from './drawn.ts'
import type { Evidence } from './evidence.ts'

interface InstanceOptions {
  /** Which properties that need not be there are: all, or those that the text speaks for. Default `all`. */
  readonly optional?: 'all' | 'evidenced'
}

/** A value that satisfies the JSON schema, drawn from the evidence where it says something and from chance where it does not. */
export function schemaInstance(
  schema: JsonObject,
  evidence: Evidence,
  random: Random,
  options: InstanceOptions = {},
): unknown {
  const { optional = 'all' } = options
  return draw(schema, '', { root: schema, evidence, random, optional, depth: 0, left: { values: maxValues } }).value
}

interface Context {
  readonly root: JsonObject
  readonly evidence: Evidence
  readonly random: Random
  readonly optional: 'all' | 'evidenced'
  readonly depth: number
  /** How many values may still be drawn, in the whole instance. */
  readonly left: { values: number }
}

/** Beyond this depth only what must be there is. */
const fullDepth = 5
/** Beyond this depth a schema that insists on going deeper gets null. */
const maxDepth = 32
/** A schema that insists on more values than this gets null for the rest. */
const maxValues = 20_000

function draw(given: unknown, name: string, context: Context): Drawn {
  if (context.depth > maxDepth || --context.left.values < 0) return { value: null, evidenced: false }
  if (given === true || given === undefined) return drawText({}, name, context.evidence, context.random)
  const schema = resolved(asObject(given), context.root)
  if (schema.const !== undefined) return { value: schema.const, evidenced: false }
  if (Array.isArray(schema.enum)) return drawEnum(schema.enum, name, context)
  const options = asList(schema.anyOf ?? schema.oneOf).filter(isObject)
  if (options.length > 0) return drawOption(schema, options, name, context)
  return drawType(schema, typeOf(schema), name, context)
}

function drawType(schema: JsonObject, types: readonly string[], name: string, context: Context): Drawn {
  const { evidence, random } = context
  const type = types.find((one) => one !== 'null') ?? 'null'
  const drawn = ((): Drawn => {
    switch (type) {
      case 'object':
        return drawObject(schema, context)
      case 'array':
        return drawArray(schema, name, context)
      case 'number':
      case 'integer':
        return drawNumber(schema, type, name, evidence, random)
      case 'boolean':
        return drawBoolean(name, asText(schema.description), evidence)
      case 'null':
        return { value: null, evidenced: false }
      default:
        return drawText(schema, name, evidence, random)
    }
  })()
  const nullable = types.includes('null') || schema.nullable === true
  return nullable && !drawn.evidenced ? { value: null, evidenced: false } : drawn
}

function typeOf(schema: JsonObject): readonly string[] {
  if (typeof schema.type === 'string') return [schema.type]
  if (Array.isArray(schema.type) && schema.type.length > 0) return schema.type.map(asText)
  if (isObject(schema.properties) || Array.isArray(schema.required)) return ['object']
  if (schema.items !== undefined || schema.prefixItems !== undefined) return ['array']
  if (schema.minimum !== undefined || schema.maximum !== undefined || schema.multipleOf !== undefined) return ['number']
  return ['string']
}

/** The schema with its `$ref` followed and its `allOf` merged. */
function resolved(schema: JsonObject, root: JsonObject, hops = 0): JsonObject {
  if (typeof schema.$ref === 'string' && hops < 16) {
    const { $ref, ...beside } = schema
    return resolved({ ...pointedAt($ref as string, root), ...beside }, root, hops + 1)
  }
  if (!Array.isArray(schema.allOf)) return schema
  const { allOf, ...own } = schema
  return [...asList(allOf).map((part) => resolved(asObject(part), root, hops + 1))].reduce(merge, own)
}

function pointedAt(ref: string, root: JsonObject): JsonObject {
  const steps = ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
  return asObject(
    steps.reduce<unknown>((at, step) => {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
      return Array.isArray(at) ? at[Number(key)] : asObject(at)[key]
    }, root),
  )
}

function merge(left: JsonObject, right: JsonObject): JsonObject {
  return {
    ...left,
    ...right,
    properties: { ...asObject(left.properties), ...asObject(right.properties) },
    required: [...asList(left.required), ...asList(right.required)],
  }
}

function drawEnum(values: readonly unknown[], name: string, context: Context): Drawn {
  const { evidence, random } = context
  const labels = values.filter((value) => typeof value === 'string')
  const numbers = values.filter((value) => typeof value === 'number')
  if (labels.length === 0 && numbers.length > 0) {
    const wanted = drawNumber({}, 'number', name, evidence, random)
    const value = numbers.includes(wanted.value as number)
      ? wanted.value
      : numbers[Math.floor(random() * numbers.length)]
    return { value, evidenced: wanted.evidenced && value === wanted.value }
  }
  if (labels.length === 0) return { value: values[0] ?? null, evidenced: false }
  const { label, evidenced } = chooseLabel(labels, evidence.text, random)
  return !evidenced && values.includes(null) ? { value: null, evidenced } : { value: label, evidenced }
}

function drawOption(schema: JsonObject, options: readonly JsonObject[], name: string, context: Context): Drawn {
  const { anyOf: _any, oneOf: _one, ...shared } = schema
  const nullable = options.some((option) => option.type === 'null' || option.const === null)
  const others = options.filter((option) => option.type !== 'null' && option.const !== null)
  if (others.length === 0 || (nullable && context.depth > fullDepth)) return { value: null, evidenced: false }
  const ordered = context.depth > fullDepth ? [...others].sort((left, right) => weight(left) - weight(right)) : others
  const chosen = ordered.length === 1 || context.depth > fullDepth ? ordered[0]! : likeliestOption(ordered, context)
  const drawn = draw(merge(shared, resolved(chosen, context.root)), name, { ...context, depth: context.depth + 1 })
  return nullable && !drawn.evidenced ? { value: null, evidenced: false } : drawn
}

/** The option whose own words (its tag, title, property names) the text speaks for most; else the first. */
function likeliestOption(options: readonly JsonObject[], context: Context): JsonObject {
  const labels = options.map((option) => {
    const whole = resolved(option, context.root)
    const properties = asObject(whole.properties)
    const tags = Object.values(properties).map((property) => asText(asObject(property).const))
    return [asText(whole.const), asText(whole.title), ...tags, ...Object.keys(properties)].join(' ').trim()
  })
  const { label, evidenced } = chooseLabel(labels, context.evidence.text, context.random)
  return evidenced ? options[labels.indexOf(label)]! : options[0]!
}

function weight(schema: JsonObject): number {
  return JSON.stringify(schema).includes('$ref') ? 1 : 0
}

function drawObject(schema: JsonObject, context: Context): Drawn {
  const properties = asObject(schema.properties)
  const required = new Set(asList(schema.required).map(asText))
  const inner = { ...context, depth: context.depth + 1 }
  const value: Record<string, unknown> = {}
  let evidenced = false
  for (const [key, property] of Object.entries(properties)) {
    const needed = required.has(key)
    if (!needed && context.depth >= fullDepth) continue
    const drawn = draw(property, key, inner)
    if (!needed && context.optional === 'evidenced' && !drawn.evidenced) continue
    if (!needed && drawn.value === null && context.optional === 'evidenced') continue
    define(value, key, drawn.value)
    evidenced ||= drawn.evidenced
  }
  for (const key of required) {
    if (!Object.hasOwn(value, key)) define(value, key, draw(schema.additionalProperties ?? true, key, inner).value)
  }
  for (let extra = 1; Object.keys(value).length < Number(schema.minProperties ?? 0); extra++) {
    define(value, `property${extra}`, draw(schema.additionalProperties ?? true, '', inner).value)
  }
  return { value, evidenced }
}

/** Sets a property, `__proto__` included. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function drawArray(schema: JsonObject, name: string, context: Context): Drawn {
  const inner = { ...context, depth: context.depth + 1 }
  const least = Number(schema.minItems ?? 0)
  const most = Number(schema.maxItems ?? Number.POSITIVE_INFINITY)
  const items = resolved(asObject(schema.items), context.root)
  const fixed = asList(schema.prefixItems).map((item) => draw(item, name, inner))
  const cited = citedItems(items, name, context)
  const wanted = context.depth >= fullDepth ? least : Math.min(most, Math.max(least, 1))
  const drawn = [...fixed, ...(cited ?? labelledItems(items, context))].slice(0, most)
  while (drawn.length < (cited === undefined ? wanted : least)) {
    const next = draw(schema.items, name.replace(/s$/, ''), nth(inner, drawn.length))
    const repeated =
      schema.uniqueItems === true && drawn.some((one) => JSON.stringify(one.value) === JSON.stringify(next.value))
    drawn.push(repeated ? distinct(next, drawn.length) : next)
  }
  return { value: drawn.map((one) => one.value), evidenced: drawn.some((one) => one.evidenced) }
}

/** For the nth item of a list, the text from its nth sentence on. */
function nth(context: Context, index: number): Context {
  const lines = context.evidence.text.split(/(?<=[.!?])\s+|\n+/)
  if (index === 0 || lines.length <= index) return context
  return { ...context, evidence: { ...context.evidence, text: lines.slice(index).join(' ') } }
}

function distinct(drawn: Drawn, index: number): Drawn {
  if (typeof drawn.value === 'number') return { ...drawn, value: drawn.value + index }
  return typeof drawn.value === 'string' ? { ...drawn, value: `${drawn.value} ${index + 1}` } : drawn
}

/** Every label of an enumeration that the text speaks for. */
function labelledItems(items: JsonObject, context: Context): Drawn[] {
  if (!Array.isArray(items.enum)) return []
  const labels = items.enum.filter((label) => typeof label === 'string')
  const spoken = labels.filter((label) => chooseLabel([label], context.evidence.text, context.random).evidenced)
  return spoken.map((value) => ({ value, evidenced: true }))
}

/** For a list of citations or sources: what the answer was found in. */
function citedItems(items: JsonObject, name: string, context: Context): Drawn[] | undefined {
  const { grounded } = context.evidence
  if (grounded === undefined || !/citation|source|reference|evidence|quote/i.test(name)) return undefined
  return grounded.citations.map(({ id, quote }) => {
    if (typeOf(items)[0] === 'integer' || typeOf(items)[0] === 'number') return { value: Number(id), evidenced: true }
    if (typeOf(items)[0] !== 'object') return { value: /quote/i.test(name) ? quote : id, evidenced: true }
    const quoting = { ...context, evidence: { text: quote }, depth: context.depth + 1 }
    const object = { ...(drawObject(items, quoting).value as Record<string, unknown>) }
    for (const [key, property] of Object.entries(asObject(items.properties))) {
      const isNumber = /^(integer|number)$/.test(asText(asObject(property).type))
      if (/quote|text|excerpt|snippet|passage/i.test(key)) object[key] = quote
      else if (/id$|source|index|number|^n$|doc/i.test(key)) object[key] = isNumber ? Number(id) : id
    }
    return { value: object, evidenced: true }
  })
}
