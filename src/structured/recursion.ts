import { isJsonObject, type JsonObject } from '../core/json.ts'

/** More than anybody writes, and more than is worth looking through: taken to be recursive. */
const maxDefinitions = 1_000

/** Whether a schema refers to itself: to its root, or to a definition that leads back to itself. */
export function isRecursive(root: JsonObject): boolean {
  const { $defs, definitions, ...rest } = root
  const all = { ...(isJsonObject(definitions) && definitions), ...(isJsonObject($defs) && $defs) }
  if (Object.keys(all).length > maxDefinitions) return true
  const references = new Map(Object.entries(all).map(([name, schema]) => [name, referencesIn(schema)]))
  if (referencesIn(rest).has('') || [...references.values()].some((names) => names.has(''))) return true
  const done = new Set<string>()
  const open = new Set<string>()
  const leadsBack = (name: string): boolean => {
    if (open.has(name)) return true
    if (done.has(name)) return false
    open.add(name)
    const isBack = [...(references.get(name) ?? [])].some(leadsBack)
    open.delete(name)
    done.add(name)
    return isBack
  }
  return [...references.keys()].some(leadsBack)
}

/** The names of the definitions that are referred to; an empty one is the root. */
function referencesIn(schema: unknown): Set<string> {
  const found = JSON.stringify(schema ?? null).matchAll(/"\$ref":"#(?:\/(?:\$defs|definitions)\/([^"/]+))?"/g)
  return new Set(Array.from(found, ([, name]) => name ?? ''))
}
