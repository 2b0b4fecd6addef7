import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message } from '../../core/message.ts'
import type { ModelRequest, OutputFormat, ProviderTool, ToolChoice, ToolDefinition } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { asArray, asObject, asString, optionalCount, optionalNumber, optionalString } from '../read.ts'
import { callBook } from './call-ids.ts'
import { decodeParts, decodeSystem } from './decode-content.ts'
import { compact, dialect, fieldsOf, furtherFields, optionalFields, withExtras } from './extras.ts'
import { jsonSchemaOf } from './open-api-schema.ts'
import { decodeThinking } from './reasoning.ts'

const known = {
  request: new Set(['model', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig']),
  generation: new Set([
    'temperature',
    'topP',
    'topK',
    'maxOutputTokens',
    'stopSequences',
    'seed',
    'presencePenalty',
    'frequencyPenalty',
    'responseMimeType',
    'responseSchema',
    'responseJsonSchema',
    'thinkingConfig',
  ]),
  toolConfig: new Set(['functionCallingConfig']),
  calling: new Set(['mode', 'allowedFunctionNames']),
  declaration: new Set(['name', 'description', 'parameters', 'parametersJsonSchema']),
}

/**
 * Reads a request for `generateContent`; whether it is streamed stands in its path. What it does not know goes to
 * `extensions`, each field under its own path, and to the `extras` of blocks and tools. Throws `InvalidRequest` naming the
 * field.
 */
export function decodeRequest(value: JsonValue): ModelRequest {
  const body = fieldsOf(value, '')
  const config = optionalFields(body.generationConfig, 'generationConfig')
  const at = (field: string) => `generationConfig.${field}`
  const thinking = decodeThinking(config.thinkingConfig, at('thinkingConfig'))
  const format = decodeFormat(config)
  const choice = decodeToolConfig(body.toolConfig)
  const extension = {
    ...furtherFields(body, known.request),
    ...under('generationConfig', decodeFurther(config)),
    ...under('generationConfig', format.rest),
    ...under('generationConfig.thinkingConfig', thinking.rest),
    ...choice.rest,
  } as Readonly<Record<string, JsonValue>>
  return compact<ModelRequest>({
    messages: decodeMessages(body),
    ...decodeTools(body.tools),
    toolChoice: choice.toolChoice,
    maxOutputTokens: optionalCount(config.maxOutputTokens, at('maxOutputTokens')),
    temperature: optionalNumber(config.temperature, at('temperature')),
    topP: optionalNumber(config.topP, at('topP')),
    topK: optionalNumber(config.topK, at('topK')),
    stop: decodeStop(config.stopSequences, at('stopSequences')),
    seed: optionalNumber(config.seed, at('seed')),
    presencePenalty: optionalNumber(config.presencePenalty, at('presencePenalty')),
    frequencyPenalty: optionalNumber(config.frequencyPenalty, at('frequencyPenalty')),
    output: format.output,
    reasoning: thinking.reasoning,
    stream: false,
    extensions: Object.keys(extension).length > 0 ? { [dialect]: extension } : undefined,
  })
}

/** What it says beyond what we know, less what holds anyway. */
function decodeFurther(config: JsonObject): JsonObject {
  const { candidateCount, responseModalities, ...further } = furtherFields(config, known.generation) ?? {}
  const isTextAlone = JSON.stringify(responseModalities)?.toUpperCase() === '["TEXT"]'
  return compact({
    candidateCount: candidateCount === 1 ? undefined : candidateCount,
    responseModalities: isTextAlone ? undefined : responseModalities,
    ...further,
  })
}

function under(path: string, fields: JsonObject | undefined): JsonObject {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([key, field]) => [`${path}.${key}`, field]))
}

function decodeMessages(body: JsonObject): Message[] {
  const calls = callBook()
  let speaker: Message['role'] | undefined
  const contents = body.contents === undefined || body.contents === null ? [] : asArray(body.contents, 'contents')
  if (contents.length === 0) throw new InvalidRequest('contents', 'at least one content is required.')
  const messages = contents.map((content, index) => decodeContent(content, `contents[${index}]`))
  const system = decodeSystem(body.systemInstruction, calls)
  return system.length > 0 ? [{ role: 'system', content: system }, ...messages] : messages

  function decodeContent(value: JsonValue, path: string): Message {
    const content = fieldsOf(value, path)
    const said = optionalString(content.role, `${path}.role`) ?? 'user'
    if (said !== 'user' && said !== 'model' && said !== 'function') {
      throw new InvalidRequest(`${path}.role`, `expected "user" or "model", found "${said}".`)
    }
    const role = said === 'model' ? 'assistant' : 'user'
    // Contents of one speaker in a row are one turn: Google's own client sends each piece of a streamed turn as one.
    if (role === 'assistant' && speaker !== 'assistant') calls.turn()
    speaker = role
    const blocks = decodeParts(content.parts, `${path}.parts`, calls)
    const wrong = blocks.findIndex(({ type }) => type === (role === 'user' ? 'tool-call' : 'tool-result'))
    if (wrong !== -1) {
      const rule =
        role === 'user' ? 'functionCall stands in a turn of the model' : 'functionResponse stands in a turn of the user'
      throw new InvalidRequest(`${path}.parts[${wrong}]`, `${rule} only.`)
    }
    return { role, content: blocks }
  }
}

function decodeTools(value: JsonValue | undefined): Pick<ModelRequest, 'tools' | 'providerTools'> {
  if (value === undefined || value === null) return {}
  const tools: ToolDefinition[] = []
  const providerTools: ProviderTool[] = []
  for (const [index, element] of asArray(value, 'tools').entries()) {
    const { functionDeclarations, ...own } = fieldsOf(element, `tools[${index}]`)
    const path = `tools[${index}].functionDeclarations`
    for (const [nth, declaration] of asArray(functionDeclarations ?? [], path).entries()) {
      tools.push(decodeDeclaration(declaration, `${path}[${nth}]`))
    }
    for (const [name, settings] of Object.entries(own)) {
      if (settings !== undefined && settings !== null) providerTools.push({ dialect, value: { [name]: settings } })
    }
  }
  return { ...(tools.length > 0 && { tools }), ...(providerTools.length > 0 && { providerTools }) }
}

function decodeDeclaration(value: JsonValue, path: string): ToolDefinition {
  const { parametersJsonSchema, parameters, ...declaration } = fieldsOf(value, path)
  const schema = parametersJsonSchema ?? null
  return compact({
    name: asString(declaration.name, `${path}.name`),
    description: optionalString(declaration.description, `${path}.description`),
    inputSchema:
      schema !== null ? asObject(schema, `${path}.parametersJsonSchema`) : decodeParameters(parameters, path),
    ...withExtras(furtherFields(declaration, known.declaration)),
  })
}

function decodeParameters(value: JsonValue | undefined, path: string): JsonObject {
  if (value === undefined || value === null) return { type: 'object', properties: {} }
  return { type: 'object', ...jsonSchemaOf(asObject(value, `${path}.parameters`)) }
}

interface DecodedToolConfig {
  readonly toolChoice?: ToolChoice
  readonly rest?: JsonObject
}

function decodeToolConfig(value: JsonValue | undefined): DecodedToolConfig {
  const config = optionalFields(value, 'toolConfig')
  const path = 'toolConfig.functionCallingConfig'
  const calling = optionalFields(config.functionCallingConfig, path)
  const mode = optionalString(calling.mode, `${path}.mode`)?.toUpperCase()
  const names = asArray(calling.allowedFunctionNames ?? [], `${path}.allowedFunctionNames`)
  const [name] = names
  const rest = {
    ...under('toolConfig', furtherFields(config, known.toolConfig)),
    ...under(path, furtherFields(calling, known.calling)),
  }
  const several = names.length > 0 ? { [`${path}.allowedFunctionNames`]: names } : {}
  switch (mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return { rest: { ...rest, ...several } }
    case 'AUTO':
      return { toolChoice: { type: 'auto' }, rest: { ...rest, ...several } }
    case 'NONE':
      return { toolChoice: { type: 'none' }, rest: { ...rest, ...several } }
    case 'ANY':
      if (typeof name === 'string' && names.length === 1) return { toolChoice: { type: 'tool', name }, rest }
      return { toolChoice: { type: 'required' }, rest: { ...rest, ...several } }
    default:
      return { rest: { ...rest, ...several, [`${path}.mode`]: mode } }
  }
}

function decodeFormat(config: JsonObject): { readonly output?: OutputFormat; readonly rest?: JsonObject } {
  const type = optionalString(config.responseMimeType, 'generationConfig.responseMimeType')
  const { responseSchema, responseJsonSchema } = config
  const rest = compact({ responseMimeType: type, responseSchema, responseJsonSchema })
  if (type === undefined || type === 'text/plain') {
    const { responseMimeType: _, ...schemas } = rest
    return { rest: schemas }
  }
  if (type !== 'application/json') return { rest }
  if (responseJsonSchema !== undefined && responseJsonSchema !== null) {
    return { output: { type: 'json', schema: asObject(responseJsonSchema, 'generationConfig.responseJsonSchema') } }
  }
  if (responseSchema === undefined || responseSchema === null) return { output: { type: 'json' } }
  const schema = jsonSchemaOf(asObject(responseSchema, 'generationConfig.responseSchema'))
  return { output: { type: 'json', schema } }
}

function decodeStop(value: JsonValue | undefined, path: string): string[] | undefined {
  if (value === undefined || value === null) return undefined
  const stop = asArray(value, path).map((text, index) => asString(text, `${path}[${index}]`))
  return stop.length > 0 ? stop : undefined
}
