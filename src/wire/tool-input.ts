import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { InvalidRequest } from '../errors/index.ts'
import { parseJson } from './parse-json.ts'

/**
 * The input of a tool call for an API that takes objects only; empty text is an empty one. Throws `InvalidRequest`, which names the
 * API, for what is no JSON object.
 */
export function toolInput(input: string, path: string, api: string): JsonObject {
  if (input.trim() === '') return {}
  let parsed: JsonValue
  try {
    parsed = parseJson(input)
  } catch (cause) {
    throw notAnObject(path, `is not valid JSON: ${(cause as Error).message}`, api)
  }
  if (isJsonObject(parsed)) return parsed
  throw notAnObject(path, 'is not a JSON object', api)
}

function notAnObject(path: string, problem: string, api: string): InvalidRequest {
  return new InvalidRequest(
    `${path}.function.arguments`,
    `the input of this tool call ${problem}.`,
    `${api} takes tool calls with a JSON object as their input only: correct it, or leave the call out.`,
  )
}
