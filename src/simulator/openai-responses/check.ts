import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { strictSchemaProblem } from '../model/strict-schema.ts'
import { invalid, type Problem } from '../problem.ts'
import { itemsOf } from './read.ts'

const roles: ReadonlySet<unknown> = new Set(['developer', 'system', 'user', 'assistant'])
const efforts: ReadonlySet<unknown> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])
const heard: ReadonlySet<unknown> = new Set(['input_text', 'input_image', 'input_file'])
const said: ReadonlySet<unknown> = new Set(['output_text', 'refusal'])
const minOutputTokens = 16

/** What OpenAI would refuse this body for. */
export function checkResponsesRequest(body: JsonObject): Problem | undefined {
  return checkHeld(body) ?? checkInput(body) ?? checkSettings(body) ?? checkTools(body) ?? checkFormat(body)
}

/** The simulator stores nothing. */
function checkHeld({ previous_response_id: response, conversation }: JsonObject): Problem | undefined {
  if (typeof response === 'string') {
    const message = `Previous response with id '${response}' not found.`
    return invalid(message, 'previous_response_id', 'previous_response_not_found')
  }
  if (conversation === undefined || conversation === null) return undefined
  const id = typeof conversation === 'string' ? conversation : asText(asObject(conversation).id)
  return invalid(`Conversation with id '${id}' not found.`, 'conversation', 'conversation_not_found')
}

function checkInput({ input }: JsonObject): Problem | undefined {
  if (input === undefined || input === null) return missing('input')
  if (typeof input !== 'string' && !Array.isArray(input)) {
    return invalid("Invalid type for 'input': expected one of a string or array of objects.", 'input', 'invalid_type')
  }
  if (input.length === 0)
    return invalid("Invalid 'input': empty. Expected a minimum length of 1.", 'input', 'empty_array')
  const items = itemsOf(input)
  for (const [index, item] of items.entries()) {
    const problem = checkItem(item, `input[${index}]`)
    if (problem !== undefined) return problem
  }
  return checkCalls(items)
}

function checkItem(item: JsonObject, at: string): Problem | undefined {
  switch (item.type) {
    case 'message':
      return checkMessage(item, at)
    case 'function_call':
      return missingText(item, ['call_id', 'name', 'arguments'], at)
    case 'function_call_output':
      if (typeof item.call_id !== 'string') return missing(`${at}.call_id`)
      return checkParts(item.output, heard, `${at}.output`)
    case 'reasoning':
      return Array.isArray(item.summary) ? undefined : missing(`${at}.summary`)
    default:
      return undefined
  }
}

function checkMessage({ role, content }: JsonObject, at: string): Problem | undefined {
  if (role === undefined) return missing(`${at}.role`)
  if (!roles.has(role)) {
    return invalid(
      `Invalid value: '${String(role)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      `${at}.role`,
      'invalid_value',
    )
  }
  return checkParts(content, role === 'assistant' ? said : heard, `${at}.content`)
}

function checkParts(content: unknown, known: ReadonlySet<unknown>, at: string): Problem | undefined {
  if (typeof content === 'string') return undefined
  if (!Array.isArray(content)) {
    return invalid(`Invalid type for '${at}': expected one of a string or array of objects.`, at, 'invalid_type')
  }
  for (const [index, part] of content.entries()) {
    const { type, text } = asObject(part)
    if (!known.has(type)) {
      const values = [...known].map((name) => `'${String(name)}'`).join(', ')
      return invalid(
        `Invalid value: '${String(type)}'. Supported values are: ${values}.`,
        `${at}[${index}].type`,
        'invalid_value',
      )
    }
    if ((type === 'input_text' || type === 'output_text') && typeof text !== 'string')
      return missing(`${at}[${index}].text`)
  }
  return undefined
}

function missingText(item: JsonObject, fields: readonly string[], at: string): Problem | undefined {
  const absent = fields.find((field) => typeof item[field] !== 'string')
  return absent === undefined ? undefined : missing(`${at}.${absent}`)
}

/** Each call has its output, and each output its call. */
function checkCalls(items: readonly JsonObject[]): Problem | undefined {
  const open = new Set<unknown>()
  for (const { type, call_id: id } of items) {
    if (type === 'function_call') open.add(id)
    if (type === 'function_call_output' && !open.delete(id)) {
      return invalid(`No tool call found for function call output with call_id ${String(id)}.`, 'input')
    }
  }
  const [unanswered] = open
  return unanswered === undefined
    ? undefined
    : invalid(`No tool output found for function call ${String(unanswered)}.`, 'input')
}

function checkSettings(body: JsonObject): Problem | undefined {
  const { max_output_tokens: limit, stream, temperature } = body
  if (limit !== undefined && limit !== null && (!Number.isInteger(limit) || Number(limit) < minOutputTokens)) {
    return invalid(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${minOutputTokens}, but got ${String(limit)} instead.`,
      'max_output_tokens',
      'integer_below_min_value',
    )
  }
  for (const field of ['stop', 'n', 'seed', 'messages', 'response_format', 'max_tokens']) {
    if (body[field] !== undefined) return invalid(`Unknown parameter: '${field}'.`, field, 'unknown_parameter')
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return invalid("Invalid type for 'stream': expected a boolean.", 'stream', 'invalid_type')
  }
  const { effort } = asObject(body.reasoning)
  if (effort !== undefined && effort !== null && !efforts.has(effort)) {
    return invalid(
      `Invalid value: '${String(effort)}'. Supported values are: ${[...efforts].join(', ')}.`,
      'reasoning.effort',
      'invalid_value',
    )
  }
  if (temperature !== undefined && temperature !== null && !(Number(temperature) >= 0 && Number(temperature) <= 2)) {
    return invalid("Invalid 'temperature': expected a number from 0 to 2.", 'temperature', 'decimal_out_of_range')
  }
  return undefined
}

function checkTools({ tools, tool_choice: choice }: JsonObject): Problem | undefined {
  if (tools !== undefined && tools !== null && !Array.isArray(tools)) {
    return invalid("Invalid type for 'tools': expected an array of objects.", 'tools', 'invalid_type')
  }
  const names = new Set<unknown>()
  for (const [index, tool] of asList(tools).entries()) {
    const { type, name, strict, parameters } = asObject(tool)
    if (typeof type !== 'string') return missing(`tools[${index}].type`)
    if (type !== 'function' && type !== 'custom') continue
    if (typeof name !== 'string') return missing(`tools[${index}].name`)
    names.add(name)
    const problem =
      type === 'function' && strict === true ? strictSchemaProblem(parameters, 'openai-responses') : undefined
    if (problem !== undefined) {
      return invalid(
        `Invalid schema for function '${name}': ${problem}`,
        `tools[${index}].parameters`,
        'invalid_function_parameters',
      )
    }
  }
  const { type, name } = asObject(choice)
  if (type !== 'function' || names.has(name)) return undefined
  return invalid(`Tool choice 'function' not found in 'tools' parameter.`, 'tool_choice')
}

function checkFormat({ text, input }: JsonObject): Problem | undefined {
  const { format } = asObject(text)
  if (format === undefined || format === null) return undefined
  const { type, name, strict, schema } = asObject(format)
  if (type === 'text') return undefined
  if (type === 'json_object') {
    if (/json/i.test(JSON.stringify(input))) return undefined
    return invalid(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    )
  }
  if (type !== 'json_schema') {
    return invalid(
      `Invalid value: '${String(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      'text.format.type',
      'invalid_value',
    )
  }
  if (typeof name !== 'string') return missing('text.format.name')
  if (!isObject(schema)) return missing('text.format.schema')
  const problem = strict === true ? strictSchemaProblem(schema, 'openai-responses') : undefined
  if (problem === undefined) return undefined
  return invalid(
    `Invalid schema for response_format '${name}': ${problem}`,
    'text.format.schema',
    'invalid_json_schema',
  )
}

function missing(field: string): Problem {
  return invalid(`Missing required parameter: '${field}'.`, field, 'missing_required_parameter')
}
