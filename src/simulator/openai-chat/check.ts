import { asList, asObject, isObject, type JsonObject } from '../json.ts'
import { strictSchemaProblem } from '../model/strict-schema.ts'
import { invalid, type Problem } from '../problem.ts'

const roles: ReadonlySet<unknown> = new Set(['developer', 'system', 'user', 'assistant', 'tool', 'function'])
const efforts: ReadonlySet<unknown> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])
const parts: ReadonlySet<unknown> = new Set(['text', 'image_url', 'input_audio', 'file', 'refusal'])
const maxChoices = 8

/** What OpenAI would refuse this body for. */
export function checkChatRequest(body: JsonObject): Problem | undefined {
  return checkMessages(body) ?? checkSettings(body) ?? checkTools(body) ?? checkFormat(body)
}

function checkMessages(body: JsonObject): Problem | undefined {
  const messages = body.messages
  if (messages === undefined) return missing('messages')
  if (!Array.isArray(messages))
    return invalid("Invalid type for 'messages': expected an array of objects.", 'messages', 'invalid_type')
  if (messages.length === 0) {
    return invalid(
      "Invalid 'messages': empty array. Expected an array with minimum length 1.",
      'messages',
      'empty_array',
    )
  }
  for (const [index, message] of messages.entries()) {
    const problem = checkMessage(message, `messages[${index}]`)
    if (problem !== undefined) return problem
  }
  return checkToolTurns(messages)
}

function checkMessage(message: unknown, at: string): Problem | undefined {
  if (!isObject(message)) return invalid(`Invalid type for '${at}': expected an object.`, at, 'invalid_type')
  const { role, content } = message
  if (role === undefined) return missing(`${at}.role`)
  if (!roles.has(role)) {
    return invalid(
      `Invalid value: '${String(role)}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      `${at}.role`,
      'invalid_value',
    )
  }
  const speaks = content !== undefined && content !== null
  const calls = asList(message.tool_calls).length > 0 || message.function_call !== undefined
  if (!speaks && !(role === 'assistant' && (calls || typeof message.refusal === 'string'))) {
    return invalid(`Invalid value for 'content': expected a string, got null.`, `${at}.content`)
  }
  if (speaks && typeof content !== 'string') return checkParts(content, `${at}.content`)
  if (role === 'tool' && typeof message.tool_call_id !== 'string') return missing(`${at}.tool_call_id`)
  return undefined
}

function checkParts(content: unknown, at: string): Problem | undefined {
  if (!Array.isArray(content)) {
    return invalid(`Invalid type for '${at}': expected one of a string or array of objects.`, at, 'invalid_type')
  }
  for (const [index, part] of content.entries()) {
    const { type, text } = asObject(part)
    if (!parts.has(type)) {
      return invalid(
        `Invalid value: '${String(type)}'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', and 'file'.`,
        `${at}[${index}].type`,
        'invalid_value',
      )
    }
    if (type === 'text' && typeof text !== 'string') return missing(`${at}[${index}].text`)
  }
  return undefined
}

function checkToolTurns(messages: readonly unknown[]): Problem | undefined {
  let open = new Set<unknown>()
  for (const [index, message] of messages.entries()) {
    const { role, tool_call_id: answered, tool_calls: calls } = asObject(message)
    if (role === 'tool') {
      if (!open.delete(answered)) {
        return invalid(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        )
      }
      continue
    }
    if (open.size > 0) return unanswered(open, index)
    open = new Set(asList(calls).map((call) => asObject(call).id))
  }
  return open.size > 0 ? unanswered(open, messages.length - 1) : undefined
}

function unanswered(open: ReadonlySet<unknown>, index: number): Problem {
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    `messages.[${index}].role`,
  )
}

function checkSettings(body: JsonObject): Problem | undefined {
  for (const field of ['max_tokens', 'max_completion_tokens']) {
    const value = body[field]
    if (value !== undefined && value !== null && (!Number.isInteger(value) || Number(value) < 1)) {
      return invalid(
        `Invalid value for '${field}': expected an integer of at least 1.`,
        field,
        'integer_below_min_value',
      )
    }
  }
  const { n, stop, stream, reasoning_effort: effort, stream_options: streamOptions, temperature } = body
  if (n !== undefined && n !== null && (!Number.isInteger(n) || Number(n) < 1 || Number(n) > maxChoices)) {
    return invalid(`Invalid value for 'n': expected an integer from 1 to ${maxChoices}.`, 'n', 'integer_out_of_range')
  }
  if (stop !== undefined && stop !== null && !isStop(stop)) {
    return invalid(
      "Invalid value for 'stop': expected a string, or an array of at most 4 strings.",
      'stop',
      'invalid_type',
    )
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return invalid("Invalid type for 'stream': expected a boolean.", 'stream', 'invalid_type')
  }
  if (isObject(streamOptions) && stream !== true) {
    return invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
  }
  if (effort !== undefined && effort !== null && !efforts.has(effort)) {
    return invalid(
      `Invalid value: '${String(effort)}'. Supported values are: ${[...efforts].join(', ')}.`,
      'reasoning_effort',
      'invalid_value',
    )
  }
  if (temperature !== undefined && temperature !== null && !(Number(temperature) >= 0 && Number(temperature) <= 2)) {
    return invalid("Invalid 'temperature': expected a number from 0 to 2.", 'temperature', 'decimal_out_of_range')
  }
  return undefined
}

function isStop(stop: unknown): boolean {
  const stops = Array.isArray(stop) ? stop : [stop]
  return stops.length <= 4 && stops.every((one) => typeof one === 'string')
}

function checkTools(body: JsonObject): Problem | undefined {
  const { tools, tool_choice: choice } = body
  if (tools === undefined || tools === null) {
    if (choice === undefined || choice === null || choice === 'none') return undefined
    return invalid(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
    )
  }
  if (!Array.isArray(tools) || tools.length === 0) {
    return invalid("Invalid 'tools': empty array. Expected an array with minimum length 1.", 'tools', 'empty_array')
  }
  const names = new Set<string>()
  for (const [index, tool] of tools.entries()) {
    const { type, function: fn, custom } = asObject(tool)
    if (type !== 'function' && type !== 'custom') {
      return invalid(
        `Invalid value: '${String(type)}'. Supported values are: 'function' and 'custom'.`,
        `tools[${index}].type`,
        'invalid_value',
      )
    }
    const at = `tools[${index}].${type}`
    const { name, strict, parameters } = asObject(type === 'function' ? fn : custom)
    if (typeof name !== 'string') return missing(`${at}.name`)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      return invalid(
        `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${at}.name`,
        'invalid_value',
      )
    }
    names.add(name)
    const problem = strict === true ? strictSchemaProblem(parameters, 'openai-chat') : undefined
    if (problem !== undefined) {
      return invalid(
        `Invalid schema for function '${name}': ${problem}`,
        `${at}.parameters`,
        'invalid_function_parameters',
      )
    }
  }
  return checkToolChoice(choice, names)
}

function checkToolChoice(choice: unknown, names: ReadonlySet<string>): Problem | undefined {
  if (choice === undefined || choice === null || choice === 'none' || choice === 'auto' || choice === 'required')
    return undefined
  const { type, function: fn, custom } = asObject(choice)
  if (type === 'allowed_tools') return undefined
  const name = asObject(fn ?? custom).name
  if (typeof name !== 'string') return invalid("Invalid value for 'tool_choice'.", 'tool_choice', 'invalid_value')
  if (names.has(name)) return undefined
  return invalid(`Tool choice '${name}' not found in 'tools' parameter.`, 'tool_choice')
}

function checkFormat(body: JsonObject): Problem | undefined {
  const format = body.response_format
  if (format === undefined || format === null) return undefined
  const { type, json_schema: described } = asObject(format)
  if (type === 'text') return undefined
  if (type === 'json_object') {
    if (/json/i.test(JSON.stringify(body.messages))) return undefined
    return invalid(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    )
  }
  if (type !== 'json_schema') {
    return invalid(
      `Invalid value: '${String(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      'response_format.type',
      'invalid_value',
    )
  }
  if (!isObject(described)) return missing('response_format.json_schema')
  const { name, strict, schema } = described
  if (typeof name !== 'string') return missing('response_format.json_schema.name')
  const problem = strict === true ? strictSchemaProblem(schema, 'openai-chat') : undefined
  if (problem === undefined) return undefined
  return invalid(`Invalid schema for response_format '${name}': ${problem}`, 'response_format')
}

function missing(field: string): Problem {
  return invalid(`Missing required parameter: '${field}'.`, field, 'missing_required_parameter')
}
