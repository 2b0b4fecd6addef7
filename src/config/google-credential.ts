import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** What kind of credential a JSON text is (`service_account`); undefined where it is none. */
export function typeOfCredential(text: string): string | undefined {
  const type = read(text)?.type
  return typeof type === 'string' && type !== '' ? type : undefined
}

/** The Google Cloud project that a credential belongs to, where it says so. */
export function projectOfCredential(text: string): string | undefined {
  const project = read(text)?.project_id
  return typeof project === 'string' && project !== '' ? project : undefined
}

/** Everything of a credential that must not be seen. */
export function secretsOfCredential(text: string): string[] {
  const fields = read(text) ?? {}
  return [text, ...secretFields.map((name) => fields[name]).filter((value) => typeof value === 'string')]
}

const secretFields = ['private_key', 'client_secret', 'refresh_token']

function read(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
