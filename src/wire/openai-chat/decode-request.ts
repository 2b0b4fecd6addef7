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
import { decodeMessages } from './decode-messages.ts'
import { withExtras } from './extras.ts'
import { dialect, requestFields } from './types.ts'

/** What a client asks. Throws `InvalidRequest` naming the field; what it does not know goes to `extensions`. */
export function decodeRequest(value: JsonValue): ModelRequest {
  const body = asObject(value, '')
  const messages = decodeMessages(body.messages)
  const { tools, providerTools } = decodeTools(body.tools)
  const toolChoice = decodeToolChoice(body.tool_choice)
  const output = decodeResponseFormat(body.response_format)
  const reasoning = decodeEffort(body.reasoning_effort)
  const stop = decodeStop(body.stop)
  if (body.stream_options !== undefined && body.stream_options !== null) asObject(body.stream_options, 'stream_options')
  const limit = optionalCount(body.max_completion_tokens, 'max_completion_tokens')
  const oldLimit = optionalCount(body.max_tokens, 'max_tokens')
  const extensions = {
    ...unknownFields(body, requestFields),
    // Which of the two is obeyed depends on the host.
    ...(limit !== undefined && oldLimit !== undefined && oldLimit !== limit && { max_tokens: oldLimit }),
    ...(toolChoice === 'own' && { tool_choice: body.tool_choice ?? null }),
    ...(output === 'own' && { response_format: body.response_format ?? null }),
    ...(reasoning === 'own' && { reasoning_effort: body.reasoning_effort ?? null }),
  }
  return defined({
    messages,
    tools,
    providerTools,
    toolChoice: toolChoice === 'own' ? undefined : toolChoice,
    parallelToolCalls: optionalBoolean(body.parallel_tool_calls, 'parallel_tool_calls'),
    maxOutputTokens: limit ?? oldLimit,
    temperature: optionalNumber(body.temperature, 'temperature'),
    topP: optionalNumber(body.top_p, 'top_p'),
    stop,
    seed: optionalNumber(body.seed, 'seed'),
    presencePenalty: optionalNumber(body.presence_penalty, 'presence_penalty'),
    frequencyPenalty: optionalNumber(body.frequency_penalty, 'frequency_penalty'),
    output: output === 'own' ? undefined : output,
    reasoning: reasoning === 'own' ? undefined : reasoning,
    endUser: optionalString(body.user, 'user'),
    stream: optionalBoolean(body.stream, 'stream') ?? false,
    extensions: Object.keys(extensions).length > 0 ? { [dialect]: extensions } : undefined,
  })
}

const toolFields = new Set(['type', 'function'])
const functionFields = new Set(['name', 'description', 'parameters', 'strict'])
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
  const definition = asObject(tool.function, `${path}.function`)
  const description = optionalString(definition.description, `${path}.function.description`)
  const strict = optionalBoolean(definition.strict, `${path}.function.strict`)
  const parameters = definition.parameters ?? noParameters
  const rest = unknownFields(definition, functionFields)
  return {
    name: asString(definition.name, `${path}.function.name`),
    ...(description !== undefined && { description }),
    inputSchema: asObject(parameters, `${path}.function.parameters`),
    ...(strict !== undefined && { strict }),
    ...withExtras({ ...(rest && { function: rest }), ...unknownFields(tool, toolFields) }),
  }
}

/** `own`: the dialect says something here that the common form has no word for. */
type Own = 'own'

function decodeToolChoice(value: JsonValue | undefined): ToolChoice | Own | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value }
  if (typeof value === 'string') return 'own'
  const choice = asObject(value, 'tool_choice')
  if (choice.type !== 'function') return 'own'
  const named = asObject(choice.function, 'tool_choice.function')
  return { type: 'tool', name: asString(named.name, 'tool_choice.function.name') }
}

function decodeResponseFormat(value: JsonValue | undefined): OutputFormat | Own | undefined {
  if (value === undefined || value === null) return undefined
  const format = asObject(value, 'response_format')
  switch (asString(format.type, 'response_format.type')) {
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json' }
    case 'json_schema': {
      const path = 'response_format.json_schema'
      const named = asObject(format.json_schema, path)
      const description = optionalString(named.description, `${path}.description`)
      const strict = optionalBoolean(named.strict, `${path}.strict`)
      return {
        type: 'json',
        schema: asObject(named.schema ?? {}, `${path}.schema`),
        name: asString(named.name, `${path}.name`),
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      }
    }
    default:
      return 'own'
  }
}

function decodeEffort(value: JsonValue | undefined): Reasoning | Own | undefined {
  const effort = optionalString(value, 'reasoning_effort')
  if (effort === undefined) return undefined
  return isEffort(effort) ? { effort } : 'own'
}

function decodeStop(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return [value]
  const stop = asArray(value, 'stop').map((item, i) => asString(item, `stop[${i}]`))
  return stop.length > 0 ? stop : undefined
}
