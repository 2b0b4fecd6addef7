import type { Ask, AskedFormat, AskedTool, PromptSegment, Thinking, ToolChoice, Turn } from '../ask.ts'
import { countTokens, tokensPerAttachment, tokensPerMessage } from '../books/count-tokens.ts'
import { asList, asObject, asText, isObject, type JsonObject } from '../json.ts'
import { streamField } from './address.ts'

/** Reads a generateContent request that was checked before. */
export function readGenerateRequest(body: JsonObject): Ask {
  const contents = asList(body.contents).map(asObject)
  const config = asObject(body.generationConfig)
  const limit = config.maxOutputTokens
  return {
    instructions: spokenText(asObject(body.systemInstruction)),
    turns: contents.flatMap(turns),
    tools: asList(body.tools).flatMap((tool) => asList(asObject(tool).functionDeclarations).map(askedTool)),
    toolChoice: toolChoice(asObject(asObject(body.toolConfig).functionCallingConfig)),
    parallelTools: true,
    format: format(config),
    maxOutputTokens: typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY,
    stopSequences: asList(config.stopSequences).map(asText),
    choices: typeof config.candidateCount === 'number' ? config.candidateCount : 1,
    thinking: thinking(asObject(config.thinkingConfig)),
    streamed: body[streamField] === true,
    usageInStream: true,
    prompt: prompt(body, contents),
  }
}

function partsOf(content: JsonObject): JsonObject[] {
  return asList(content.parts).map(asObject)
}

function spokenText(content: JsonObject): string {
  const spoken = partsOf(content).filter((part) => part.thought !== true)
  return spoken
    .map((part) => asText(part.text))
    .filter((text) => text !== '')
    .join('\n')
}

function turns(content: JsonObject): Turn[] {
  const text = spokenText(content)
  if (content.role === 'model') return [{ role: 'assistant', text }]
  const results = partsOf(content).filter((part) => part.functionResponse !== undefined)
  const spoken: Turn[] = text === '' && results.length > 0 ? [] : [{ role: 'user', text }]
  return [...spoken, ...results.map((part) => toolTurn(asObject(part.functionResponse)))]
}

function toolTurn({ name, response }: JsonObject): Turn {
  const { output, error } = asObject(response)
  const failed = error !== undefined
  const said = output ?? error ?? response
  return { role: 'tool', text: typeof said === 'string' ? said : JSON.stringify(said), tool: asText(name), failed }
}

function askedTool(value: unknown): AskedTool {
  const { name, description, parametersJsonSchema, parameters } = asObject(value)
  const schema = isObject(parametersJsonSchema) ? parametersJsonSchema : jsonSchema(parameters)
  return { name: asText(name), description: asText(description), schema, kind: 'function' }
}

/** A schema in Google's spelling, as JSON Schema: types in small letters. */
function jsonSchema(value: unknown): JsonObject {
  const schema = asObject(value)
  const properties = Object.entries(asObject(schema.properties)).map(([name, one]) => [name, jsonSchema(one)])
  return {
    ...schema,
    ...(typeof schema.type === 'string' && { type: schema.type.toLowerCase() }),
    ...(isObject(schema.properties) && { properties: Object.fromEntries(properties) }),
    ...(isObject(schema.items) && { items: jsonSchema(schema.items) }),
    ...(Array.isArray(schema.anyOf) && { anyOf: schema.anyOf.map(jsonSchema) }),
  }
}

function toolChoice({ mode, allowedFunctionNames }: JsonObject): ToolChoice {
  const names = asList(allowedFunctionNames).map(asText)
  if (mode === 'NONE') return { type: 'none' }
  if (mode !== 'ANY') return { type: 'auto' }
  return names.length > 0 ? { type: 'named', names } : { type: 'required' }
}

function format({ responseMimeType, responseJsonSchema, responseSchema }: JsonObject): AskedFormat {
  if (responseMimeType !== 'application/json') return { type: 'text' }
  if (isObject(responseJsonSchema)) return { type: 'json-schema', schema: responseJsonSchema }
  return isObject(responseSchema)
    ? { type: 'json-schema', schema: jsonSchema(responseSchema) }
    : { type: 'json-object' }
}

const levels: Readonly<Record<string, number>> = { MINIMAL: 16, LOW: 48, MEDIUM: 96, HIGH: 192 }

function thinking({ thinkingLevel, thinkingBudget, includeThoughts }: JsonObject): Thinking {
  const byLevel = levels[asText(thinkingLevel)]
  const byBudget = typeof thinkingBudget === 'number' ? (thinkingBudget < 0 ? 96 : Math.min(thinkingBudget, 192)) : 0
  const budgetTokens = byLevel ?? (thinkingBudget === undefined && includeThoughts === true ? 96 : byBudget)
  if (budgetTokens === 0) return { mode: 'none', budgetTokens }
  return { mode: includeThoughts === true ? 'shown' : 'hidden', budgetTokens }
}

function prompt(body: JsonObject, contents: readonly JsonObject[]): PromptSegment[] {
  const { responseJsonSchema, responseSchema } = asObject(body.generationConfig)
  const shape = responseJsonSchema ?? responseSchema
  const declared = [...asList(body.tools), ...(shape === undefined ? [] : [shape])].map((part) => JSON.stringify(part))
  const system = body.systemInstruction === undefined ? [] : [segment(asObject(body.systemInstruction))]
  return [...declared.map((text) => ({ text, tokens: countTokens(text) })), ...system, ...contents.map(segment)]
}

function segment(content: JsonObject): PromptSegment {
  const parts = partsOf(content)
  const attached = parts.filter((part) => part.inlineData !== undefined || part.fileData !== undefined)
  const others = parts.filter((part) => !attached.includes(part))
  const counted = [asText(content.role), ...others.map((part) => asText(part.text) || JSON.stringify(part))].join('\n')
  return {
    text: counted + attached.map((part) => JSON.stringify(part)).join(''),
    tokens: countTokens(counted) + attached.length * tokensPerAttachment + tokensPerMessage,
  }
}
