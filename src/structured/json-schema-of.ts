import { grouped } from '../core/figures.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { StandardSchemaV1 } from '../core/standard-schema.ts'
import { JsonReader } from './json-reader.ts'

/** A schema as JSON Schema, or why no model can be given it. */
export type SaidSchema =
  | { readonly type: 'said'; readonly schema: JsonObject }
  /** `why` goes on after a colon. `fix` is absent where what helps is a JSON Schema written by hand. */
  | { readonly type: 'unsaid'; readonly why: string; readonly fix?: string; readonly cause?: unknown }

const target = 'draft-2020-12'
/** A schema is sent with every call; a larger one is a mistake. */
const maxCharacters = 1_000_000

/**
 * What a schema of any library (Standard Schema) is as JSON Schema: what its author wrote by hand, else what the library says
 * of its input (Standard JSON Schema). It is a plain copy, at most 1,000,000 characters long and 512 deep. Never throws.
 */
export function jsonSchemaOf(schema: StandardSchemaV1<unknown>, byHand?: JsonObject): SaidSchema {
  // Types hold this back, and JavaScript does not: a JSON Schema, or a zod of before.
  const standard = (schema as Partial<StandardSchemaV1> | undefined)?.['~standard']
  if (standard === undefined) return notStandard
  if (byHand) return plain(byHand)
  const { vendor, jsonSchema } = standard
  if (!jsonSchema) return { type: 'unsaid', why: `${vendor} does not say it as JSON Schema` }
  try {
    return plain(jsonSchema.input({ target }))
  } catch (cause) {
    return { type: 'unsaid', why: `${vendor} cannot say it: ${said(cause)}`, cause }
  }
}

const notStandard: SaidSchema = {
  type: 'unsaid',
  why: 'it is no Standard Schema',
  fix: 'Write it with a library that follows standardschema.dev: zod 4, valibot or arktype, say.',
}

/** JSON alone: what a library attaches beside the schema (functions, cycles, its own keys) is none of it. */
function plain(schema: unknown): SaidSchema {
  let text: string
  try {
    text = JSON.stringify(schema) ?? ''
  } catch (cause) {
    return { type: 'unsaid', why: `it is no JSON: ${said(cause)}`, fix: 'Take the cycle out of it.', cause }
  }
  if (text.length > maxCharacters) {
    const why = `it has ${grouped(text.length)} characters; ${grouped(maxCharacters)} are allowed`
    return { type: 'unsaid', why, fix: 'Ask for less at once.' }
  }
  const reader = new JsonReader()
  reader.push(text)
  reader.end()
  if (reader.problem !== undefined) return { type: 'unsaid', why: reader.problem, fix: 'Make the schema flatter.' }
  const { value } = reader
  if (!isJsonObject(value)) return { type: 'unsaid', why: 'its JSON Schema is no object' }
  if (isJsonObject(value.not) && Object.keys(value.not).length === 0)
    return { type: 'unsaid', why: 'nothing can satisfy it', fix: 'Correct the schema: it refuses every value.' }
  return { type: 'said', schema: value }
}

const said = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300)
