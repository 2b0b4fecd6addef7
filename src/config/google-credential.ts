import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** Whether a text is the JSON of a service account's key. */
export function isServiceAccount(text: string): boolean {
  const { type, client_email: email, private_key: key } = read(text) ?? {}
  return type === 'service_account' && typeof email === 'string' && typeof key === 'string'
}

/** The Google Cloud project that a credential belongs to, where it says so. */
export function projectOfCredential(text: string): string | undefined {
  const project = read(text)?.project_id
  return typeof project === 'string' && project !== '' ? project : undefined
}

/** What of a credential must not be seen: all of it, and the key alone. */
export function secretsOfCredential(text: string): string[] {
  const key = read(text)?.private_key
  return typeof key === 'string' ? [text, key] : [text]
}

function read(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
