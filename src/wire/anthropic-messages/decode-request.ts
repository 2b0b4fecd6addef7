import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message } from '../../core/message.ts'
import type { ModelRequest, OutputFormat, ProviderTool, ToolChoice, ToolDefinition } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { asArray, asObject, asString, optionalBoolean, optionalCount, optionalNumber, optionalString } from '../read.ts'
import { checkConversation } from './check-conversation.ts'
import { decodeContent } from './decode-content.ts'
import { compact, dialect, extrasOf, furtherFields, markedExtrasOf, readMark } from './extras.ts'
import { decodeReasoning } from './reasoning.ts'

const known = {
  request: new Set([
    'model',
    'max_tokens',
    'system',
    'messages',
    'tools',
    'tool_choice',
    'stop_sequences',
    'temperature',
    'top_p',
    'top_k',
    'thinking',
    'output_config',
    'output_format',
    'metadata',
    'cache_control',
    'stream',
  ]),
  message: new Set(['role', 'content']),
  tool: new Set(['type', 'name', 'description', 'input_schema', 'strict']),
  toolChoice: new Set(['type', 'name', 'disable_parallel_tool_use']),
  outputConfig: new Set(['effort', 'format']),
  format: new Set(['type', 'schema']),
  metadata: new Set(['user_id']),
}

/**
 * Reads a request for `POST /v1/messages`. What it does not know goes to `extensions`, and to the `extras` of blocks, tools
 * and messages; nulls count as absent. Throws `InvalidRequest` naming the field.
 */
export function decodeRequest(value: JsonValue): ModelRequest {
  const { max_tokens: limit } = asObject(value, '')
  if (limit === undefined || limit === null) {
    throw new InvalidRequest('max_tokens', 'the field is required.', 'Set how many tokens the answer may have.')
  }
  return decodeUnlimited(value)
}

/** The same where no limit is needed: for a count. */
export function decodeUnlimited(value: JsonValue): ModelRequest {
  const body = asObject(value, '')
  optionalString(body.model, 'model')
  const maxOutputTokens = optionalCount(body.max_tokens, 'max_tokens')
  const outputConfig = optionalObject(body.output_config, 'output_config')
  const metadata = optionalObject(body.metadata, 'metadata')
  const { output, formatRest } = decodeFormat(outputConfig.format, body.output_format)
  const { reasoning, thinkingRest, effortRest } = decodeReasoning(body.thinking, outputConfig.effort)
  const choice = decodeToolChoice(body.tool_choice)
  const mark = readMark(body.cache_control)
  const extension = someOf({
    ...furtherFields(body, known.request),
    tool_choice: choice.rest,
    thinking: thinkingRest,
    output_config: someOf({
      ...furtherFields(outputConfig, known.outputConfig),
      effort: effortRest,
      format: formatRest,
    }),
    metadata: furtherFields(metadata, known.metadata),
    cache_control: mark.rest,
  })
  return compact<ModelRequest>({
    messages: decodeMessages(body),
    ...decodeTools(body.tools),
    toolChoice: choice.toolChoice,
    parallelToolCalls: choice.parallelToolCalls,
    maxOutputTokens,
    temperature: optionalNumber(body.temperature, 'temperature'),
    topP: optionalNumber(body.top_p, 'top_p'),
    topK: optionalCount(body.top_k, 'top_k'),
    stop: decodeStop(body.stop_sequences),
    output,
    reasoning,
    cache: mark.cache,
    endUser: optionalString(metadata.user_id, 'metadata.user_id'),
    stream: optionalBoolean(body.stream, 'stream') ?? false,
    extensions: extension && { [dialect]: extension },
  })
}

function decodeMessages(body: JsonObject): Message[] {
  const values = asArray(body.messages, 'messages')
  if (values.length === 0) throw new InvalidRequest('messages', 'at least one message is required.')
  const messages = values.map((message, index) => decodeMessage(message, `messages[${index}]`))
  checkConversation(messages, body.thread !== undefined && body.thread !== null)
  const system = decodeContent(body.system ?? [], 'system')
  return system.length > 0 ? [{ role: 'system', content: system }, ...messages] : messages
}

function decodeMessage(value: JsonValue, path: string): Message {
  const message = asObject(value, path)
  const role = asString(message.role, `${path}.role`)
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw new InvalidRequest(`${path}.role`, `expected "user", "assistant" or "system", found "${role}".`)
  }
  const content = decodeContent(message.content, `${path}.content`)
  if (role !== 'system') return { role, content, ...extrasOf(message, known.message) }
  // Marks a system message within the conversation, which only this dialect has, so that it goes back to where it stood.
  return { role, content, extras: { dialect, fields: { role, ...furtherFields(message, known.message) } } }
}

function decodeTools(value: JsonValue | undefined): Pick<ModelRequest, 'tools' | 'providerTools'> {
  if (value === undefined || value === null) return {}
  const tools: ToolDefinition[] = []
  const providerTools: ProviderTool[] = []
  for (const [index, element] of asArray(value, 'tools').entries()) {
    const path = `tools[${index}]`
    const tool = asObject(element, path)
    const type = optionalString(tool.type, `${path}.type`)
    if (type === undefined || type === 'custom') tools.push(decodeTool(tool, path))
    else providerTools.push({ dialect, value: tool })
  }
  return { ...(tools.length > 0 && { tools }), ...(providerTools.length > 0 && { providerTools }) }
}

function decodeTool(tool: JsonObject, path: string): ToolDefinition {
  return compact({
    name: asString(tool.name, `${path}.name`),
    description: optionalString(tool.description, `${path}.description`),
    inputSchema: asObject(tool.input_schema, `${path}.input_schema`),
    strict: optionalBoolean(tool.strict, `${path}.strict`),
    ...markedExtrasOf(tool, known.tool),
  })
}

interface DecodedToolChoice {
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: false
  readonly rest?: JsonObject
}

function decodeToolChoice(value: JsonValue | undefined): DecodedToolChoice {
  if (value === undefined || value === null) return {}
  const choice = asObject(value, 'tool_choice')
  const type = asString(choice.type, 'tool_choice.type')
  const isSerial = optionalBoolean(choice.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use') ?? false
  const rest = furtherFields(choice, known.toolChoice)
  const more = { ...(isSerial && { parallelToolCalls: false as const }), ...(rest && { rest }) }
  switch (type) {
    case 'auto':
    case 'none':
      return { toolChoice: { type }, ...more }
    case 'any':
      return { toolChoice: { type: 'required' }, ...more }
    case 'tool':
      return { toolChoice: { type, name: asString(choice.name, 'tool_choice.name') }, ...more }
    default:
      return { rest: choice }
  }
}

/** `old` is the name that the field had in beta. */
function decodeFormat(
  value: JsonValue | undefined,
  old: JsonValue | undefined,
): { readonly output?: OutputFormat; readonly formatRest?: JsonObject } {
  const [said, path] = value === undefined || value === null ? [old, 'output_format'] : [value, 'output_config.format']
  if (said === undefined || said === null) return {}
  const format = asObject(said, path)
  if (asString(format.type, `${path}.type`) !== 'json_schema') return { formatRest: format }
  const schema = asObject(format.schema, `${path}.schema`)
  const formatRest = furtherFields(format, known.format)
  return { output: { type: 'json', schema }, ...(formatRest && { formatRest }) }
}

function decodeStop(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined
  const stop = asArray(value, 'stop_sequences').map((text, index) => asString(text, `stop_sequences[${index}]`))
  return stop.length > 0 ? stop : undefined
}

function optionalObject(value: JsonValue | undefined, path: string): JsonObject {
  return value === undefined || value === null ? {} : asObject(value, path)
}

function someOf(fields: JsonObject): Readonly<Record<string, JsonValue>> | undefined {
  const some = compact(fields) as Readonly<Record<string, JsonValue>>
  return Object.keys(some).length > 0 ? some : undefined
}
