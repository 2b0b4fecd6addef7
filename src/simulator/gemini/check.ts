import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { invalid, type Problem } from '../problem.ts'
import { streamField } from './address.ts'
import { isOwnSignature } from './reply.ts'

const known = {
  body: [
    streamField,
    'model',
    'contents',
    'systemInstruction',
    'tools',
    'toolConfig',
    'safetySettings',
    'generationConfig',
    'cachedContent',
    'labels',
    'serviceTier',
    'store',
  ],
  config: [
    'temperature',
    'topP',
    'topK',
    'candidateCount',
    'maxOutputTokens',
    'stopSequences',
    'responseLogprobs',
    'logprobs',
    'presencePenalty',
    'frequencyPenalty',
    'seed',
    'responseMimeType',
    'responseSchema',
    'responseJsonSchema',
    'responseModalities',
    'mediaResolution',
    'speechConfig',
    'thinkingConfig',
    'imageConfig',
  ],
  declaration: [
    'name',
    'description',
    'parameters',
    'parametersJsonSchema',
    'response',
    'responseJsonSchema',
    'behavior',
  ],
} as const

/** What Google would refuse this body for. */
export function checkGenerateRequest(body: JsonObject, model: string): Problem | undefined {
  return (
    unknownName(body, known.body, '') ??
    checkConfig(body.generationConfig) ??
    checkContents(body.contents) ??
    checkTurns(asList(body.contents).map(asObject), model) ??
    checkTools(body)
  )
}

function unknownName(object: JsonObject, names: readonly string[], at: string): Problem | undefined {
  const stranger = Object.keys(object).find((name) => !names.includes(name))
  if (stranger === undefined) return undefined
  const place = at === '' ? '' : ` at '${at}'`
  return invalid(`Invalid JSON payload received. Unknown name "${stranger}"${place}: Cannot find field.`)
}

function checkConfig(value: unknown): Problem | undefined {
  if (value === undefined) return undefined
  if (!isObject(value)) return invalid("Invalid value at 'generation_config'")
  const stranger = unknownName(value, known.config, 'generation_config')
  if (stranger !== undefined) return stranger
  for (const name of ['temperature', 'topP', 'topK', 'maxOutputTokens', 'candidateCount', 'seed']) {
    if (value[name] !== undefined && typeof value[name] !== 'number') {
      return invalid(`Invalid value at 'generation_config.${name}' (TYPE_FLOAT), "${String(value[name])}"`)
    }
  }
  if (typeof value.temperature === 'number' && (value.temperature < 0 || value.temperature > 2)) {
    return invalid('* GenerateContentRequest.generation_config.temperature: must be in the range [0.0, 2.0]')
  }
  if (typeof value.maxOutputTokens === 'number' && value.maxOutputTokens < 1) {
    return invalid('max_output_tokens must be positive.')
  }
  const isJson = value.responseMimeType === 'application/json'
  if ((value.responseSchema !== undefined || value.responseJsonSchema !== undefined) && !isJson) {
    return invalid("Function calling config or response schema needs response mime type: 'application/json'")
  }
  const { thinkingLevel, thinkingBudget } = asObject(value.thinkingConfig)
  if (thinkingLevel !== undefined && thinkingBudget !== undefined) {
    return invalid('You can only set only one of thinking budget and thinking level.')
  }
  return undefined
}

const dataFields = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
]

function checkContents(contents: unknown): Problem | undefined {
  if (!Array.isArray(contents) || contents.length === 0) {
    return invalid('* GenerateContentRequest.contents: contents is not specified')
  }
  for (const [index, content] of contents.entries()) {
    const { role, parts } = asObject(content)
    if (role !== undefined && role !== 'user' && role !== 'model' && role !== 'function') {
      return invalid('Please use a valid role: user, model.')
    }
    const at = `contents[${index}].parts`
    if (asList(parts).length === 0) {
      return invalid(`* GenerateContentRequest.${at}: contents.parts must not be empty.`)
    }
    const bare = asList(parts).findIndex((part) => !dataFields.some((field) => asObject(part)[field] !== undefined))
    if (bare !== -1) {
      const rule = "required oneof field 'data' must have one initialized field"
      return invalid(`* GenerateContentRequest.${at}[${bare}].data: ${rule}`)
    }
  }
  return undefined
}

/** Contents of one speaker in a row are one turn. */
function inTurns(contents: readonly JsonObject[]): JsonObject[] {
  const turns: JsonObject[] = []
  for (const content of contents) {
    const last = turns.at(-1)
    if (content.role !== 'model' || last?.role !== 'model') turns.push(content)
    else turns[turns.length - 1] = { ...last, parts: [...asList(last.parts), ...asList(content.parts)] }
  }
  return turns
}

function checkTurns(contents: readonly JsonObject[], model: string): Problem | undefined {
  let called: string[] = []
  for (const [index, content] of inTurns(contents).entries()) {
    const parts = asList(content.parts).map(asObject)
    const responses = parts.filter((part) => part.functionResponse !== undefined)
    if (responses.length > 0 && called.length === 0) {
      return invalid('Please ensure that function response turn comes immediately after a function call turn.')
    }
    if (called.length > 0 && responses.length !== called.length) {
      const counts = 'the number of function response parts is equal to the number of function call parts'
      return invalid(`Please ensure that ${counts} of the function call turn.`)
    }
    const stranger = responses
      .map((part) => asText(asObject(part.functionResponse).name))
      .find((name) => !called.includes(name))
    if (stranger !== undefined) return invalid(`Function response for "${stranger}", which was not called.`)
    const calls = parts.filter((part) => part.functionCall !== undefined)
    called = calls.map((part) => asText(asObject(part.functionCall).name))
    if (parts.some(({ thoughtSignature }) => thoughtSignature !== undefined && !isOwnSignature(thoughtSignature))) {
      return invalid('Thought signature is not valid.')
    }
    if (calls.length === 0) continue
    if (index === 0 || asObject(contents[index - 1]).role === 'model') {
      const rule = 'comes immediately after a user turn or after a function response turn'
      return invalid(`Please ensure that function call turn ${rule}.`)
    }
    if (/^gemini-[3-9]/.test(model) && calls[0]?.thoughtSignature === undefined) {
      return invalid(
        `Function call \`${called[0]}\` in the ${index + 1}. content block is missing a \`thought_signature\`.`,
      )
    }
  }
  return called.length > 0
    ? invalid('Please ensure that the function call turn is followed by its responses.')
    : undefined
}

function checkTools(body: JsonObject): Problem | undefined {
  const declared = asList(body.tools).flatMap((tool) => asList(asObject(tool).functionDeclarations).map(asObject))
  for (const [index, declaration] of declared.entries()) {
    const at = `tools[0].function_declarations[${index}]`
    const stranger = unknownName(declaration, known.declaration, at)
    if (stranger !== undefined) return stranger
    const name = asText(declaration.name)
    if (!/^[a-z_][\w.:-]{0,63}$/i.test(name))
      return invalid(`* GenerateContentRequest.${at}.name: Invalid function name.`)
    if (declared.findIndex((other) => other.name === name) !== index) {
      return invalid(`Duplicate function declaration found: ${name}`)
    }
  }
  const { mode, allowedFunctionNames } = asObject(asObject(body.toolConfig).functionCallingConfig)
  const allowed = asList(allowedFunctionNames)
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    return invalid('allowed_function_names should only be set when the function calling mode is ANY or VALIDATED.')
  }
  const missing = allowed.find((name) => !declared.some((declaration) => declaration.name === name))
  return missing === undefined
    ? undefined
    : invalid(`allowed_function_names names "${String(missing)}", which is not declared.`)
}
