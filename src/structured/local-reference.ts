import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** What a reference within a schema points to; undefined where it leads nowhere, or out of the schema. */
function findReferenced(root: JsonObject, reference: string): JsonValue | undefined {
  if (!reference.startsWith('#')) return undefined
  let at: JsonValue | undefined = root
  for (const step of stepsOf(reference)) {
    if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(step)]
    else at = isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined
    if (at === undefined) return undefined
  }
  return at
}

/** Beyond this many references in a row nobody means anything. */
const maxHops = 16

/** The schema itself, or what its reference points to in the end; what stands beside a reference is left out. */
export function followed(root: JsonObject, schema: JsonValue | undefined): JsonValue | undefined {
  let at = schema
  for (let hop = 0; hop < maxHops && isJsonObject(at) && typeof at.$ref === 'string'; hop++) {
    at = findReferenced(root, at.$ref)
  }
  return at
}

function stepsOf(reference: string): string[] {
  const steps = reference.slice(1).split('/').slice(1)
  return steps.map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
