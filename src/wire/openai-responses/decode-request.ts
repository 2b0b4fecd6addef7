import type { JsonObject, JsonValue } from '../../core/json.ts'
import type {
  ModelRequest,
  OutputFormat,
  ProviderTool,
  Reasoning,
  ToolChoice,
  ToolDefinition,
} from '../../core/request.ts'
import { isEffort } from '../openai/effort.ts'
import { defined } from '../openai/fields.ts'
import {
  asArray,
  asObject,
  asString,
  optionalBoolean,
  optionalCount,
  optionalNumber,
  optionalString,
  unknownFields,
} from '../read.ts'
import { decodeInput } from './decode-input.ts'
import { withExtras } from './extras.ts'
import { dialect, requestFields } from './types.ts'

/** What a client asks. Throws `InvalidRequest` naming the field; what it does not know goes to `extensions`. */
export function decodeRequest(value: JsonValue): ModelRequest {
  const body = asObject(value, '')
  const messages = decodeInput(body)
  const { tools, providerTools } = decodeTools(body.tools)
  const toolChoice = decodeToolChoice(body.tool_choice)
  const { output, text } = decodeText(body.text)
  const { reasoning, further } = decodeReasoning(body.reasoning)
  const extensions = {
    ...unknownFields(body, requestFields),
    ...(toolChoice === 'own' && { tool_choice: body.tool_choice ?? null }),
    ...(text && { text }),
    ...(further && { reasoning: further }),
  }
  return defined({
    messages,
    tools,
    providerTools,
    toolChoice: toolChoice === 'own' ? undefined : toolChoice,
    parallelToolCalls: optionalBoolean(body.parallel_tool_calls, 'parallel_tool_calls'),
    maxOutputTokens: optionalCount(body.max_output_tokens, 'max_output_tokens'),
    temperature: optionalNumber(body.temperature, 'temperature'),
    topP: optionalNumber(body.top_p, 'top_p'),
    output,
    reasoning,
    endUser: optionalString(body.user, 'user'),
    stream: optionalBoolean(body.stream, 'stream') ?? false,
    extensions: Object.keys(extensions).length > 0 ? { [dialect]: extensions } : undefined,
  })
}

const functionFields = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const noParameters: JsonObject = { type: 'object', properties: {} }

function decodeTools(value: JsonValue | undefined): { tools?: ToolDefinition[]; providerTools?: ProviderTool[] } {
  if (value === undefined || value === null) return {}
  const tools: ToolDefinition[] = []
  const providerTools: ProviderTool[] = []
  for (const [i, item] of asArray(value, 'tools').entries()) {
    const path = `tools[${i}]`
    const tool = asObject(item, path)
    if (asString(tool.type, `${path}.type`) === 'function') tools.push(decodeFunction(tool, path))
    else providerTools.push({ dialect, value: tool })
  }
  return { ...(tools.length > 0 && { tools }), ...(providerTools.length > 0 && { providerTools }) }
}

function decodeFunction(tool: JsonObject, path: string): ToolDefinition {
  const description = optionalString(tool.description, `${path}.description`)
  const strict = optionalBoolean(tool.strict, `${path}.strict`)
  return {
    name: asString(tool.name, `${path}.name`),
    ...(description !== undefined && { description }),
    inputSchema: asObject(tool.parameters ?? noParameters, `${path}.parameters`),
    ...(strict !== undefined && { strict }),
    ...withExtras(unknownFields(tool, functionFields)),
  }
}

/** `own`: the dialect says something here that the common form has no word for. */
function decodeToolChoice(value: JsonValue | undefined): ToolChoice | 'own' | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value }
  if (typeof value === 'string') return 'own'
  const choice = asObject(value, 'tool_choice')
  return choice.type === 'function' ? { type: 'tool', name: asString(choice.name, 'tool_choice.name') } : 'own'
}

const textFields = new Set(['format'])

function decodeText(value: JsonValue | undefined): { output?: OutputFormat; text?: JsonObject } {
  if (value === undefined || value === null) return {}
  const said = asObject(value, 'text')
  const output = decodeFormat(said.format)
  const text = { ...unknownFields(said, textFields), ...(output === 'own' && { format: said.format ?? null }) }
  return { ...(output && output !== 'own' && { output }), ...(Object.keys(text).length > 0 && { text }) }
}

function decodeFormat(value: JsonValue | undefined): OutputFormat | 'own' | undefined {
  if (value === undefined || value === null) return undefined
  const format = asObject(value, 'text.format')
  switch (asString(format.type, 'text.format.type')) {
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json' }
    case 'json_schema': {
      const description = optionalString(format.description, 'text.format.description')
      const strict = optionalBoolean(format.strict, 'text.format.strict')
      return {
        type: 'json',
        schema: asObject(format.schema, 'text.format.schema'),
        name: asString(format.name, 'text.format.name'),
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      }
    }
    default:
      return 'own'
  }
}

const summaries: ReadonlyMap<unknown, NonNullable<Reasoning['show']>> = new Map([
  ['auto', 'summary'],
  ['concise', 'concise'],
  ['detailed', 'detailed'],
])

function decodeReasoning(value: JsonValue | undefined): { reasoning?: Reasoning; further?: JsonObject } {
  if (value === undefined || value === null) return {}
  const said = asObject(value, 'reasoning')
  const effort = optionalString(said.effort, 'reasoning.effort')
  const show = summaries.get(said.summary)
  const known = new Set([...(effort === undefined || isEffort(effort) ? ['effort'] : []), ...(show ? ['summary'] : [])])
  const further = unknownFields(said, known)
  const reasoning = { ...(effort !== undefined && isEffort(effort) && { effort }), ...(show && { show }) }
  return { ...(Object.keys(reasoning).length > 0 && { reasoning }), ...(further && { further }) }
}
