import { asObject, asText, isObject, type JsonObject } from '../json.ts'
import { type Fault, numberParam, textParam } from './faults.ts'
import { wrongUsage } from './shape-usage.ts'

/** What becomes of a JSON text: of a body, or of an event's. Undefined where the event is left out. */
export type ChangeJson = (json: string) => string | undefined

/** What a fault does to JSON; nothing for a fault that is of something else. */
export function changeJson(fault: Fault): ChangeJson | undefined {
  switch (fault.type) {
    case 'truncated-json':
      return (json) => json.slice(0, Math.floor(json.length / 2))
    case 'deep-json': {
      const depth = numberParam(fault, 'depth')
      return (json) => `{"nested":${'['.repeat(depth)}${']'.repeat(depth)},${json.slice(1)}`
    }
    case 'hostile-keys':
      return withHostileKeys
    case 'no-choices':
      return withoutChoices
    case 'choices-out-of-order':
      return lastFirst
    case 'usage-wrong':
      return (json) => wrongUsage(json, textParam(fault, 'as'))
    default:
      return undefined
  }
}

/** Whether it strikes one event of a stream: the first with content. */
export function strikesOnce({ type }: Fault): boolean {
  return type === 'truncated-json' || type === 'deep-json'
}

/** Who reads JSON as everybody does reads the same as before: the last of two keys counts. */
function withHostileKeys(json: string): string {
  const twice = Object.keys(asObject(JSON.parse(json))).map((key) => `${JSON.stringify(key)}:null,`)
  const polluted = '{"polluted":true}'
  return `{"__proto__":${polluted},"constructor":{"prototype":${polluted}},${twice.join('')}${json.slice(1)}`
}

function withoutChoices(json: string): string | undefined {
  const body = asObject(JSON.parse(json))
  const type = asText(body.type)
  if (type.startsWith('content_block') || body.contentBlockIndex !== undefined) return undefined
  if (type.startsWith('response.')) {
    return isObject(body.response) ? JSON.stringify({ ...body, response: emptied(body.response) }) : undefined
  }
  return JSON.stringify(emptied(body))
}

function emptied(body: JsonObject): JsonObject {
  const { choices, candidates, content, output } = body
  return {
    ...body,
    ...(choices !== undefined && { choices: [] }),
    ...(candidates !== undefined && { candidates: [] }),
    ...(content !== undefined && { content: [] }),
    ...(Array.isArray(output) && { output: [] }),
    ...(isObject(output) && { output: { message: { role: 'assistant', content: [] } } }),
  }
}

/** The answers of one body or event, the last one first. */
export function lastFirst(json: string): string {
  return JSON.stringify(JSON.parse(json), reversed)
}

function reversed(key: string, value: unknown): unknown {
  return (key === 'choices' || key === 'candidates') && Array.isArray(value) ? value.toReversed() : value
}
