import { isJsonObject, type JsonObject } from '../core/json.ts'

/** What to call a tool of a provider's own in a loss: its name, its type, or (Google's) the key that it is. */
export function toolName({ name, type, custom, ...rest }: JsonObject): string {
  const named = isJsonObject(custom) ? custom.name : name
  if (typeof named === 'string' && named !== '') return named
  return typeof type === 'string' && type !== '' ? type : (Object.keys(rest)[0] ?? '')
}
