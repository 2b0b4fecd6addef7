import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ModelRequest, OutputFormat } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import type { Encoded, Quirks } from '../codec.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { cachePoints } from './cache-points.ts'
import { encodeMessages, type MarkedTurn } from './encode-messages.ts'
import { encodeTools } from './encode-tools.ts'
import { compact, dialect } from './extras.ts'
import { type Family, familyOf } from './family.ts'
import { encodeReasoning } from './reasoning.ts'
import { settingPath } from './setting-path.ts'
import type { WireInference, WireMessage, WireOutputConfig } from './types.ts'

/**
 * Writes the body of a request, its fields always in the same order; model and stream stand in its path. Throws
 * `InvalidRequest` for `n` above 1, for a tool call whose input is no JSON object, where the assistant speaks first, and where no
 * message is left.
 */
export function encodeRequest(
  request: ModelRequest,
  model: string,
  quirks: Quirks,
  spoken: ClientDialect = 'openai-chat',
): Encoded {
  const losses = collectLosses(dialect)
  const family = familyOf(model)
  const points = cachePoints(family, losses)
  const toolConfig = encodeTools(request, family, spoken, points, losses)
  const { system, turns } = encodeMessages(request.messages, { family, spoken, points, losses })
  const reasoning = encodeReasoning(request.reasoning, model, family, spoken, losses)
  const thinking = withoutOrphanedThinking(reasoning.fields, turns, losses)
  const { inferenceConfig, fields } = encodeSampling(request, family, quirks, spoken, losses)
  const textFormat = encodeOutput(request.output, spoken, losses)
  const additional = { ...thinking, ...fields, ...toolConfig.fields }
  const outputConfig: WireOutputConfig = compact({ textFormat, effort: reasoning.effort })
  const placedTools = points.place(toolConfig.tools)
  const placedSystem = points.place(system)
  const messages = turns.map(({ role, content }): WireMessage => ({ role, content: points.place(content) }))
  loseForeign(request, spoken, losses)
  const asksStop = family === 'claude' && inferenceConfig.stopSequences !== undefined
  const body: JsonObject = {
    ...(placedTools.length > 0 && {
      toolConfig: { tools: placedTools, ...(toolConfig.choice && { toolChoice: toolConfig.choice }) },
    }),
    ...(placedSystem.length > 0 && { system: placedSystem }),
    messages,
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
    // Which sequence ended the answer is told to those who ask for it only; whole and streamed, it stands in two places.
    ...(asksStop && { additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'] }),
    ...(Object.keys(outputConfig).length > 0 && { outputConfig }),
  }
  return { body: merge(body, request.extensions?.[dialect] ?? {}), losses: losses.list }
}

/**
 * Claude refuses to think on in a turn whose calls of tools came without their thinking, which is lost wherever another dialect lay
 * between.
 */
function withoutOrphanedThinking(fields: JsonObject, turns: readonly MarkedTurn[], losses: LossList): JsonObject {
  const { thinking, ...rest } = fields
  if (!isJsonObject(thinking) || thinking.type !== 'enabled') return fields
  const last = turns.findLast(({ role }) => role === 'assistant')
  const isToolLoop = turns.at(-1)?.content.some(({ written }) => 'toolResult' in written)
  const calls = last?.content.some(({ written }) => 'toolUse' in written)
  const thought = last?.content.some(({ written }) => 'reasoningContent' in written)
  if (!isToolLoop || !calls || thought) return fields
  losses.dropped(
    'thinking',
    'The thinking before the last calls of tools is not there, and the model refuses to think on.',
  )
  return rest
}

interface EncodedSampling {
  readonly inferenceConfig: WireInference
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject
}

function encodeSampling(
  { temperature, topP, topK, maxOutputTokens, stop }: ModelRequest,
  family: Family,
  { rejectsSampling = false }: Quirks,
  spoken: ClientDialect,
  losses: LossList,
): EncodedSampling {
  const stopSequences = encodeStop(stop, family, spoken, losses)
  if (rejectsSampling) {
    for (const name of Object.keys(compact({ temperature, top_p: topP, top_k: topK }))) {
      losses.dropped(name, 'The model takes no sampling parameters.')
    }
    return { inferenceConfig: compact({ maxTokens: maxOutputTokens, stopSequences }), fields: {} }
  }
  if (temperature !== undefined && temperature > 1) {
    losses.approximated('temperature', `Bedrock's highest temperature is 1; ${temperature} was asked for.`)
  }
  const cooled = temperature === undefined ? undefined : Math.min(temperature, 1)
  return {
    inferenceConfig: compact({ maxTokens: maxOutputTokens, temperature: cooled, topP, stopSequences }),
    fields: encodeTopK(topK, family, losses),
  }
}

/** Converse leaves it to the model. */
function encodeTopK(topK: number | undefined, family: Family, losses: LossList): JsonObject {
  if (topK === undefined) return {}
  if (family === 'claude') return { top_k: topK }
  if (family === 'nova') return { inferenceConfig: { topK } }
  losses.dropped('top_k', 'Bedrock has no such setting for this model.')
  return {}
}

function encodeStop(
  stop: readonly string[] = [],
  family: Family,
  spoken: ClientDialect,
  losses: LossList,
): string[] | undefined {
  const kept = stop.filter((text, index) => {
    if (text.trim() !== '' || (text !== '' && family !== 'claude')) return true
    losses.dropped(
      settingPath(`stop[${index}]`, spoken),
      'A stop sequence that is nothing but white space is rejected.',
    )
    return false
  })
  return kept.length > 0 ? kept : undefined
}

/** There is no JSON without a schema in this dialect: whoever wants it asks in words. */
function encodeOutput(
  output: OutputFormat | undefined,
  spoken: ClientDialect,
  losses: LossList,
): WireOutputConfig['textFormat'] {
  if (!output) return undefined
  const { schema, name, description } = output
  if (!schema) {
    losses.dropped(settingPath('response_format', spoken), 'Bedrock has no JSON mode without a schema.')
    return undefined
  }
  const jsonSchema = compact({ schema: JSON.stringify(schema), name, description })
  return { type: 'json_schema', structure: { jsonSchema } }
}

function loseForeign(request: ModelRequest, spoken: ClientDialect, losses: LossList): void {
  const { seed, presencePenalty, frequencyPenalty, endUser } = request
  if (seed !== undefined) losses.dropped('seed', 'Bedrock has no seed.')
  if (presencePenalty) losses.dropped('presence_penalty', 'Bedrock has no penalties.')
  if (frequencyPenalty) losses.dropped('frequency_penalty', 'Bedrock has no penalties.')
  if (endUser !== undefined) losses.dropped(settingPath('user', spoken), 'Bedrock has no id of an end user.')
  for (const [name, fields] of Object.entries(request.extensions ?? {})) {
    if (name !== dialect) refuseMany(fields.n)
  }
  losses.foreignExtensions(request.extensions)
}

function refuseMany(n: JsonValue | undefined): void {
  if (typeof n !== 'number' || n <= 1) return
  throw new InvalidRequest(
    'n',
    `Bedrock gives one answer a call; ${n} were asked for.`,
    'Make the call once an answer.',
  )
}

/** `known` with what an extension says beside it, nested objects included. `known` wins. */
function merge(known: JsonObject, further: JsonObject): JsonObject {
  const joined = Object.entries(known).map(([key, value]): [string, JsonValue | undefined] => {
    const more = Object.hasOwn(further, key) ? further[key] : undefined
    return [key, isJsonObject(value) && isJsonObject(more) ? merge(value, more) : value]
  })
  return Object.fromEntries([...joined, ...Object.entries(further).filter(([key]) => !Object.hasOwn(known, key))])
}
