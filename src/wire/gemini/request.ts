import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ModelRequest, OutputFormat, ToolChoice } from '../../core/request.ts'
import { loseLifetimes } from '../cache-marks.ts'
import { checkToolNames, type NameRule } from '../check-tool-names.ts'
import type { Encoded, Passed, Quirks } from '../codec.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { refuseSeveral } from '../refuse-several.ts'
import { saidIn } from '../says-nothing.ts'
import { peekFields, spliceFields } from '../splice.ts'
import { toolName } from '../tool-name.ts'
import { translateOpaque } from '../translate-opaque.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { dropSealed } from './drop-sealed.ts'
import { encodeMessages } from './encode-messages.ts'
import { compact, dialect, ownFields } from './extras.ts'
import { encodeThinking } from './reasoning.ts'
import type { WireDeclaration, WireFunctionCalling, WireGeneration } from './types.ts'

export { decodeRequest } from './decode-request.ts'

/** As `FunctionDeclaration` of `@google/genai` 3.1 has it. */
const names: NameRule = {
  pattern: /^[a-zA-Z_][\w.:-]{0,127}$/,
  says: 'letters, digits, _ . : and -, a letter or _ first, 128 at most',
}

/**
 * Writes the body of a request, its fields always in the same order; model and stream stand in its path. Throws
 * `InvalidRequest` for `n` above 1, for a tool call whose input is no JSON object, for a tool result without its call, and
 * where no message is left.
 */
export function encodeRequest(
  asked: ModelRequest,
  model: string,
  quirks: Quirks,
  spoken: ClientDialect = 'anthropic-messages',
): Encoded {
  refuseSeveral(asked, dialect)
  const request = uniqueCalls(asked)
  checkToolNames(request, names, dialect, spoken)
  const losses = collectLosses(dialect)
  const conversation = translateOpaque(request.messages, dialect, spoken, losses)
  const { system, contents } = encodeMessages(conversation, { model, spoken, losses })
  const tools = encodeTools(request, losses)
  const calling = encodeToolChoice(request, losses)
  const generation: WireGeneration = compact({
    ...encodeSampling(request, quirks, losses),
    maxOutputTokens: request.maxOutputTokens,
    stopSequences: encodeStop(request.stop, losses),
    seed: request.seed,
    presencePenalty: request.presencePenalty,
    frequencyPenalty: request.frequencyPenalty,
    ...encodeOutput(request.output, losses),
    thinkingConfig: encodeThinking(request.reasoning, model, { spoken, losses }),
  })
  // Its models keep the prefixes of prompts by themselves (implicit caching); what is marked is an object of its own, made before.
  loseLifetimes(request, { spoken, losses })
  loseForeign(request, losses)
  const body: JsonObject = {
    contents,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...(tools.length > 0 && { tools }),
    ...(calling && { toolConfig: { functionCallingConfig: calling } }),
    ...(Object.keys(generation).length > 0 && { generationConfig: generation }),
  }
  const own = Object.entries(request.extensions?.[dialect] ?? {})
  return {
    body: own.reduce((said, [path, value]) => withField(said, path.split('.'), value), body),
    losses: losses.list,
  }
}

/** The object with a further field at a path. What it says there already holds. */
function withField(object: JsonObject, [first = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  const before = Object.hasOwn(object, first) ? object[first] : undefined
  if (rest.length === 0) return before === undefined ? { ...object, [first]: value } : object
  return { ...object, [first]: withField(isJsonObject(before) ? before : {}, rest, value) }
}

/**
 * The client's own bytes. The model stands in the path and usage comes unasked, so nothing is changed but an output limit
 * that is not the client's own, and thoughts that another provider had.
 */
export function passRequest(said: string, model: string, request: ModelRequest): Passed {
  const { body = said, losses } = dropSealed(said, model) ?? {}
  return { ...passLimited(body, request), ...(losses && { losses }) }
}

function passLimited(body: string, { maxOutputTokens }: ModelRequest): Passed {
  const unchanged = { body, withholdsUsage: false }
  if (maxOutputTokens === undefined) return unchanged
  const said = peekFields(body, ['generationConfig', 'generation_config'])
  const name = said.generation_config === undefined ? 'generationConfig' : 'generation_config'
  const config: unknown = JSON.parse(said[name] ?? 'null')
  if (!isJsonObject(config)) {
    return { ...unchanged, body: spliceFields(body, { [name]: JSON.stringify({ maxOutputTokens }) }) }
  }
  const field = config.max_output_tokens === undefined ? 'maxOutputTokens' : 'max_output_tokens'
  if (config[field] === maxOutputTokens) return unchanged
  const limited = spliceFields(said[name] ?? '{}', { [field]: String(maxOutputTokens) })
  return { ...unchanged, body: spliceFields(body, { [name]: limited }) }
}

function encodeTools({ tools = [], providerTools = [] }: ModelRequest, losses: LossList): JsonObject[] {
  const functionDeclarations = tools.map((tool, index) => {
    const path = `tools[${index}]`
    // Functions are held to their schema by the way they are called, not one by one.
    if (tool.strict) losses.dropped(`${path}.strict`, 'Gemini cannot be asked to hold one function to its schema.')
    const declaration: WireDeclaration = {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      parametersJsonSchema: { ...tool.inputSchema },
    }
    return { ...declaration, ...ownFields(tool.extras, path, losses) }
  })
  const written: JsonObject[] = functionDeclarations.length > 0 ? [{ functionDeclarations }] : []
  for (const tool of providerTools) {
    if (tool.dialect === dialect) written.push(tool.value)
    else losses.dropped(`tools[${toolName(tool.value)}]`, `A tool of ${tool.dialect}'s own does not exist at Google.`)
  }
  return written
}

function encodeToolChoice(
  { tools = [], toolChoice, parallelToolCalls }: ModelRequest,
  losses: LossList,
): WireFunctionCalling | undefined {
  if (parallelToolCalls === false && tools.length > 0) {
    losses.dropped('parallel_tool_calls', 'Gemini cannot be kept from calling several tools at once.')
  }
  if (toolChoice && tools.length === 0) {
    const matters = toolChoice.type === 'required' || toolChoice.type === 'tool'
    if (matters) losses.dropped('tool_choice', 'No tool is left to choose.')
    return undefined
  }
  return toolChoice && writeChoice(toolChoice)
}

function writeChoice(choice: ToolChoice): WireFunctionCalling {
  switch (choice.type) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  }
}

function encodeSampling(
  { temperature, topP, topK }: ModelRequest,
  { rejectsSampling = false }: Quirks,
  losses: LossList,
): Pick<WireGeneration, 'temperature' | 'topP' | 'topK'> {
  const sampling = compact({ temperature, topP, topK })
  if (!rejectsSampling) return sampling
  for (const name of Object.keys(sampling)) losses.dropped(name, 'The model takes no sampling parameters.')
  return {}
}

/** The API takes no more. */
const maxStops = 5

function encodeStop(stop: readonly string[] | undefined, losses: LossList): string[] | undefined {
  if (!stop || stop.length === 0) return undefined
  for (let i = maxStops; i < stop.length; i++) losses.dropped(`stop[${i}]`, `Gemini takes ${maxStops} at most.`)
  return stop.slice(0, maxStops)
}

function encodeOutput(output: OutputFormat | undefined, losses: LossList): WireGeneration {
  if (!output) return {}
  if (output.description !== undefined) {
    losses.dropped('response_format.json_schema.description', 'Gemini has no description of the output as a whole.')
  }
  return {
    responseMimeType: 'application/json',
    ...(output.schema && { responseJsonSchema: { ...output.schema } }),
  }
}

function loseForeign(request: ModelRequest, losses: LossList): void {
  if (request.endUser !== undefined) losses.dropped('user', 'Gemini has no id of an end user.')
  for (const [name, fields] of Object.entries(request.extensions ?? {})) {
    if (name === dialect) continue
    for (const [key] of saidIn(fields)) losses.dropped(key, 'Gemini has no such field.')
  }
}
