import type { Dialect } from '../core/dialect.ts'

/** What a dialect lets a strict schema say. Past its limits a provider answers 400, or compiles for minutes. */
export interface SchemaSubset {
  /** Constraints that are enforced, by the type that they are about. */
  readonly constraints: Readonly<Record<string, readonly string[]>>
  readonly formats: ReadonlySet<string>
  /** Whether `const` must be written as an `enum` of one. Default false. */
  readonly lacksConst?: boolean
  /** Whether every property must be required: an optional one then may be null. */
  readonly isEveryPropertyRequired: boolean
  readonly isRecursive: boolean
  /** Whether `minItems` may say more than 0 or 1. */
  readonly hasItemCounts: boolean
  readonly maxDepth: number
  readonly maxProperties: number
  readonly maxOptional: number
  readonly maxUnions: number
  readonly maxEnumValues: number
  /** Of the schema as text, in characters. */
  readonly maxLength: number
}

const numeric = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const commonFormats = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']

const openai: SchemaSubset = {
  constraints: {
    string: ['pattern', 'format', 'minLength', 'maxLength'],
    number: numeric,
    integer: numeric,
    array: ['minItems', 'maxItems'],
  },
  formats: new Set(commonFormats),
  isEveryPropertyRequired: true,
  isRecursive: true,
  hasItemCounts: true,
  maxDepth: 10,
  maxProperties: 5_000,
  maxOptional: Number.POSITIVE_INFINITY,
  maxUnions: Number.POSITIVE_INFINITY,
  maxEnumValues: 1_000,
  maxLength: 120_000,
}

const anthropic: SchemaSubset = {
  constraints: { string: ['format'], array: ['minItems'] },
  formats: new Set([...commonFormats, 'uri']),
  isEveryPropertyRequired: false,
  isRecursive: false,
  hasItemCounts: false,
  maxDepth: 32,
  maxProperties: 5_000,
  maxOptional: 24,
  maxUnions: 16,
  maxEnumValues: 1_000,
  maxLength: 120_000,
}

/**
 * The strict subsets, as the providers document them and their SDKs write them (openai 7.57, @anthropic-ai/sdk 1.12,
 * @google/genai 3.1; November 2026). Where
 * sources disagree (recursion at Anthropic), the narrower one counts.
 */
export const schemaSubsets: Readonly<Record<Dialect, SchemaSubset>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  'anthropic-messages': anthropic,
  // What Bedrock holds a model to is the model's own: those of Anthropic are the ones that it documents.
  'bedrock-converse': anthropic,
  gemini: {
    // What it does not know it ignores without a word; cycles are unrolled to a limited degree, and so left out.
    constraints: {
      string: ['format'],
      number: ['minimum', 'maximum'],
      integer: ['minimum', 'maximum'],
      array: ['minItems', 'maxItems'],
    },
    formats: new Set(['date-time', 'date', 'time']),
    lacksConst: true,
    isEveryPropertyRequired: false,
    isRecursive: false,
    hasItemCounts: true,
    maxDepth: 32,
    maxProperties: 5_000,
    maxOptional: Number.POSITIVE_INFINITY,
    maxUnions: Number.POSITIVE_INFINITY,
    maxEnumValues: 1_000,
    maxLength: 120_000,
  },
}

/** What every strict schema may say beside its constraints. */
export const commonKeywords: readonly string[] = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
  'title',
  'description',
]

/** What says nothing about a value: left out, and nothing is lost. */
export const annotations: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  '$anchor',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType',
])
