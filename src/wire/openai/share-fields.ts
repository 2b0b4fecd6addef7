import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { ModelRequest } from '../../core/request.ts'

type OpenaiDialect = 'openai-chat' | 'openai-responses'
type Fields = Record<string, JsonValue>

/** What both of OpenAI's dialects call by the same name. */
const shared: ReadonlySet<string> = new Set(['metadata', 'safety_identifier', 'service_tier'])

/** The request with what OpenAI's other dialect said of it and this one can say too, in its words. */
export function shareFields(request: ModelRequest, dialect: OpenaiDialect): ModelRequest {
  const other: OpenaiDialect = dialect === 'openai-chat' ? 'openai-responses' : 'openai-chat'
  const said = request.extensions?.[other]
  if (!said) return request
  const { taken, left } = dialect === 'openai-chat' ? fromResponses(said) : fromChat(said)
  return {
    ...request,
    extensions: { ...request.extensions, [other]: left, [dialect]: { ...taken, ...request.extensions?.[dialect] } },
  }
}

interface Divided {
  readonly taken: Fields
  readonly left: Fields
}

function divide(said: Readonly<Fields>): Divided {
  const taken: Fields = {}
  const left: Fields = {}
  for (const [name, value] of Object.entries(said)) (shared.has(name) ? taken : left)[name] = value
  return { taken, left }
}

function fromResponses(said: Readonly<Fields>): Divided {
  const { taken, left } = divide(said)
  const { text, ...others } = left
  if (!isJsonObject(text) || typeof text.verbosity !== 'string') return { taken, left }
  const { verbosity, ...rest } = text
  return { taken: { ...taken, verbosity }, left: Object.keys(rest).length > 0 ? { ...others, text: rest } : others }
}

function fromChat(said: Readonly<Fields>): Divided {
  const { taken, left } = divide(said)
  const { verbosity, ...others } = left
  return typeof verbosity === 'string' ? { taken: { ...taken, text: { verbosity } }, left: others } : { taken, left }
}
