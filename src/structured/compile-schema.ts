import type { Dialect } from '../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { Loss } from '../core/request.ts'
import { followed } from './local-reference.ts'
import { mergeParts } from './merge-parts.ts'
import { isObjectSchema } from './object-schema.ts'
import { isRecursive } from './recursion.ts'
import { annotations, type SchemaSubset, schemaSubsets } from './schema-subset.ts'

/**
 * A schema within the strict subset of a dialect, or why there is none. `losses` name each constraint that the provider will not enforce,
 * by its path in the schema: whoever reads the answer must.
 */
export type Compiled =
  | {
      readonly type: 'portable'
      readonly schema: JsonObject
      readonly losses: readonly Loss[]
      /** Whether an optional property is written as one that may be null: the reader must take such a null for absence. */
      readonly hasNullsForAbsent: boolean
    }
  | { readonly type: 'unportable'; readonly because: string }

const compiled = new WeakMap<JsonObject, Map<Dialect, Compiled>>()

/**
 * The schema as a dialect's strict mode takes it. What the mode cannot say is left out where that only widens it, is told in the
 * description, and named as a loss; where it would narrow it or change its meaning (open-ended keys, a value that may be anything), the
 * schema is unportable. Deterministic, and remembered by the schema's identity. Never throws.
 */
export function compileSchema(schema: JsonObject, dialect: Dialect): Compiled {
  const known = compiled.get(schema) ?? new Map<Dialect, Compiled>()
  compiled.set(schema, known)
  const before = known.get(dialect)
  if (before) return before
  const fresh = compile(schema, schemaSubsets[dialect])
  known.set(dialect, fresh)
  return fresh
}

/** Thrown within this file alone: no strict schema can say it. */
class Unportable extends Error {}

interface Work {
  readonly root: JsonObject
  readonly subset: SchemaSubset
  readonly losses: Loss[]
  hasNullsForAbsent: boolean
  /** Schemas within schemas at this moment, unions included. */
  nesting: number
  /** Schemas within schemas so far. */
  nodes: number
  properties: number
  optional: number
  unions: number
  enumValues: number
}

function compile(root: JsonObject, subset: SchemaSubset): Compiled {
  const work: Work = {
    root,
    subset,
    losses: [],
    hasNullsForAbsent: false,
    nesting: 0,
    nodes: 0,
    properties: 0,
    optional: 0,
    unions: 0,
    enumValues: 0,
  }
  try {
    if (!isObjectSchema(root)) throw new Unportable('its root is not an object')
    if (!subset.isRecursive && isRecursive(root)) throw new Unportable('it refers to itself')
    const schema = { ...node(work, root, '', 0), ...definitions(work) }
    checkLimits(work, schema)
    return { type: 'portable', schema, losses: work.losses, hasNullsForAbsent: work.hasNullsForAbsent }
  } catch (thrown) {
    if (!(thrown instanceof Unportable)) throw thrown
    return { type: 'unportable', because: thrown.message }
  }
}

function definitions(work: Work): JsonObject {
  const { $defs, definitions } = work.root
  const all = Object.entries({ ...(isJsonObject(definitions) && definitions), ...(isJsonObject($defs) && $defs) })
  if (all.length === 0) return {}
  return { $defs: Object.fromEntries(all.map(([name, schema]) => [name, node(work, schema, `$defs.${name}`, 1)])) }
}

function checkLimits({ subset, properties, optional, unions, enumValues }: Work, schema: JsonObject): void {
  const over = (found: number, most: number, what: string) => {
    if (found > most) throw new Unportable(`it has ${found} ${what}; ${most} are allowed`)
  }
  over(properties, subset.maxProperties, 'properties')
  over(optional, subset.maxOptional, 'optional properties')
  over(unions, subset.maxUnions, 'unions')
  over(enumValues, subset.maxEnumValues, 'enumerated values')
  over(JSON.stringify(schema).length, subset.maxLength, 'characters')
}

const maxNesting = 200
/** Parts that many share (`allOf`) are written out for each: a small schema could double with every level of it. */
const maxNodes = 20_000

function node(work: Work, given: JsonValue | undefined, path: string, depth: number): JsonObject {
  if (++work.nesting > maxNesting) throw new Unportable('it is nested too deeply')
  if (++work.nodes > maxNodes) throw new Unportable('it is too large once its shared parts are written out')
  const written = write(work, given, path, depth)
  work.nesting--
  return written
}

function write(work: Work, given: JsonValue | undefined, path: string, depth: number): JsonObject {
  const at = path === '' ? 'its root' : `"${path}"`
  if (!isJsonObject(given)) throw new Unportable(`${at} may be ${given === false ? 'nothing' : 'anything'}`)
  if (depth > work.subset.maxDepth) throw new Unportable(`it is nested deeper than ${work.subset.maxDepth} levels`)
  if (typeof given.$ref === 'string') return reference(work, given, given.$ref, path)
  const schema = given.allOf === undefined ? given : mergeParts(work.root, given)
  if (!schema) throw new Unportable(`the parts of ${at} (allOf) cannot be made one`)
  if (schema.enum !== undefined || schema.const !== undefined) return literal(work, schema, path)
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) return union(work, schema, choices, path, depth)
  if (Array.isArray(schema.type)) {
    const { type, ...rest } = schema
    const each = (type as readonly JsonValue[]).map((one) => onlyOf(rest, String(one)))
    return union(work, { anyOf: each, ...described(schema) }, each, path, depth)
  }
  const type = schema.type ?? impliedType(schema)
  if (!types.has(type)) throw new Unportable(`${at} may be anything`)
  return typed(work, schema, type as string, path, depth)
}

const types: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])

function described({ title, description }: JsonObject): JsonObject {
  return { ...(title !== undefined && { title }), ...(description !== undefined && { description }) }
}

function impliedType({ properties, items }: JsonObject): string | undefined {
  return properties === undefined ? (items === undefined ? undefined : 'array') : 'object'
}

const keywordsOf: Readonly<Record<string, readonly string[]>> = {
  string: ['pattern', 'format', 'minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains'],
  object: ['properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames', 'minProperties'],
}

/** One alternative of a list of types: with the keywords that say something about it. */
function onlyOf(schema: JsonObject, type: string): JsonObject {
  const { title: _, description: __, ...rest } = schema
  const own = keywordsOf[type === 'integer' ? 'number' : type] ?? []
  const others = new Set(
    Object.values(keywordsOf)
      .flat()
      .filter((keyword) => !own.includes(keyword)),
  )
  return { type, ...Object.fromEntries(Object.entries(rest).filter(([keyword]) => !others.has(keyword))) }
}

function reference(work: Work, schema: JsonObject, target: string, path: string): JsonObject {
  const isKnown = target === '#' || /^#\/(\$defs|definitions)\/[^/]+$/.test(target)
  if (!isKnown || followed(work.root, schema) === undefined) throw new Unportable(`"${target}" cannot be referred to`)
  const { $ref: _, title: __, description: ___, ...beside } = schema
  lose(work, beside, path)
  return { $ref: target.replace('#/definitions/', '#/$defs/') }
}

function literal(work: Work, schema: JsonObject, path: string): JsonObject {
  const { enum: values, const: only, type, ...rest } = schema
  const list = only !== undefined ? [only] : values
  const isPlain = Array.isArray(list) && list.length > 0 && list.every((value) => typeof value !== 'object' || !value)
  if (!isPlain) throw new Unportable(`"${path}" lists something other than texts, numbers and truth values`)
  work.enumValues += list.length
  const { title: _, description: __, ...further } = rest
  lose(work, further, path)
  const kinds = [...new Set(list.map(typeOfLiteral))]
  return {
    ...described(schema),
    type: kinds.length === 1 ? kinds[0] : kinds,
    ...(only !== undefined && !work.subset.lacksConst ? { const: only } : { enum: list }),
  }
}

function typeOfLiteral(value: unknown): string {
  if (value === null) return 'null'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function union(work: Work, schema: JsonObject, choices: readonly unknown[], path: string, depth: number): JsonObject {
  const { anyOf, oneOf, type: _, ...rest } = schema
  if (rest.properties !== undefined || (anyOf !== undefined && oneOf !== undefined)) {
    throw new Unportable(`"${path}" is a union and more`)
  }
  work.unions++
  const { title: __, description: ___, ...further } = rest
  const told = lose(work, further, path, schema.description)
  if (oneOf !== undefined) {
    const detail = 'Any of the alternatives is enforced, not exactly one.'
    work.losses.push({ path: joined(path, 'oneOf'), effect: 'approximated', detail })
  }
  const each = choices.map((choice, index) => node(work, choice as JsonValue, joined(path, `anyOf[${index}]`), depth))
  return {
    ...described(schema),
    ...told,
    anyOf: each.flatMap((choice) => (isBareUnion(choice) ? (choice.anyOf as JsonObject[]) : [choice])),
  }
}

const isBareUnion = (schema: JsonObject): boolean => Array.isArray(schema.anyOf) && Object.keys(schema).length === 1

function typed(work: Work, schema: JsonObject, type: string, path: string, depth: number): JsonObject {
  const { properties: _p, required: _r, additionalProperties: _a, items: _i, prefixItems: _x, ...own } = schema
  const { title, description, type: _t, $defs: _d, definitions: _e, ...constraints } = own
  const kept: Record<string, JsonValue> = {}
  const lost: Record<string, JsonValue> = {}
  for (const [keyword, value] of Object.entries(constraints)) {
    if (value === undefined || saysNothing(keyword, value)) continue
    if (isEnforced(work.subset, type, keyword, value)) kept[keyword] = value
    else lost[keyword] = value
  }
  return {
    type,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...lose(work, lost, path, description),
    ...(type === 'object' && object(work, schema, path, depth)),
    ...(type === 'array' && array(work, schema, path, depth)),
    ...kept,
  }
}

/** Nor does a bound that every value keeps; a library that was told none writes those of its integers. */
function saysNothing(keyword: string, value: JsonValue): boolean {
  if (annotations.has(keyword) || (value === 0 && /^min[A-Z]/.test(keyword))) return true
  return typeof value === 'number' && Math.abs(value) === Number.MAX_SAFE_INTEGER
}

function isEnforced(subset: SchemaSubset, type: string, keyword: string, value: JsonValue): boolean {
  if (!subset.constraints[type]?.includes(keyword)) return false
  if (keyword === 'format') return typeof value === 'string' && subset.formats.has(value)
  // Look-around and back-references are more than a grammar can be made of.
  if (keyword === 'pattern') return typeof value === 'string' && !/\(\?<?[=!]|\\[1-9k]/.test(value)
  if (keyword === 'minItems' && !subset.hasItemCounts) return value === 0 || value === 1
  return true
}

function object(work: Work, schema: JsonObject, path: string, depth: number): JsonObject {
  const { properties = {}, required = [], additionalProperties, patternProperties } = schema
  const entries = Object.entries(isJsonObject(properties) ? properties : {})
  const needed: ReadonlySet<unknown> = new Set(Array.isArray(required) ? required : [])
  const hasOpenKeys =
    patternProperties !== undefined ||
    (isJsonObject(additionalProperties) && Object.keys(additionalProperties).length > 0)
  if (hasOpenKeys || (entries.length === 0 && additionalProperties !== false)) {
    throw new Unportable(`the keys of ${path === '' ? 'its root' : `"${path}"`} are not listed`)
  }
  const undeclared = [...needed].find((name) => !entries.some(([key]) => key === name))
  if (undeclared !== undefined)
    throw new Unportable(`"${joined(path, String(undeclared))}" is required, and may be anything`)
  work.properties += entries.length
  const each = entries.map(([key, given]): [string, JsonObject] => {
    const property = node(work, given, joined(path, `properties.${key}`), depth + 1)
    if (needed.has(key)) return [key, property]
    if (!work.subset.isEveryPropertyRequired) work.optional++
    return [key, work.subset.isEveryPropertyRequired ? orNull(work, property) : property]
  })
  const names = entries.map(([key]) => key)
  return {
    properties: Object.fromEntries(each),
    required: work.subset.isEveryPropertyRequired ? names : names.filter((name) => needed.has(name)),
    additionalProperties: false,
  }
}

function orNull(work: Work, schema: JsonObject): JsonObject {
  work.hasNullsForAbsent = true
  if (!Array.isArray(schema.anyOf)) return { anyOf: [schema, { type: 'null' }] }
  const choices = schema.anyOf as readonly JsonObject[]
  return choices.some(({ type }) => type === 'null') ? schema : { ...schema, anyOf: [...choices, { type: 'null' }] }
}

function array(work: Work, { items, prefixItems }: JsonObject, path: string, depth: number): JsonObject {
  if (!Array.isArray(prefixItems)) return { items: node(work, items ?? true, joined(path, 'items'), depth + 1) }
  const detail = 'Each item may be any of those that are listed, in any order.'
  work.losses.push({ path: joined(path, 'prefixItems'), effect: 'approximated', detail })
  const listed = [...(prefixItems as readonly JsonValue[]), ...(isJsonObject(items) ? [items] : [])]
  const each = listed.map((item, index) => node(work, item, joined(path, `prefixItems[${index}]`), depth + 1))
  const distinct = [...new Map(each.map((item) => [JSON.stringify(item), item])).values()]
  if (distinct.length > 1) work.unions++
  return { items: distinct.length === 1 ? distinct[0] : { anyOf: distinct } }
}

/** Names what is not enforced, and tells the model of it, who may keep to it all the same. */
function lose(work: Work, keywords: JsonObject, path: string, description?: JsonValue): JsonObject {
  const lost = Object.entries(keywords).filter(
    ([keyword, value]) =>
      value !== undefined && !saysNothing(keyword, value) && keyword !== '$defs' && keyword !== 'definitions',
  )
  if (lost.length === 0) return {}
  const detail = 'The provider does not enforce it; the answer is checked against it here.'
  for (const [keyword] of lost) work.losses.push({ path: joined(path, keyword), effect: 'dropped', detail })
  const told = lost.map(([keyword, value]) => `${keyword}: ${JSON.stringify(value).slice(0, 200)}`).join(', ')
  return { description: typeof description === 'string' ? `${description}\n(${told})` : `(${told})` }
}

const joined = (path: string, step: string): string => (path === '' ? step : `${path}.${step}`)
