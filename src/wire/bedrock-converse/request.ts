import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ModelRequest, OutputFormat } from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { encodeSampling as samplingOfClaude } from '../anthropic-messages/request.ts'
import { checkToolNames, plainNames } from '../check-tool-names.ts'
import type { Encoded, Quirks } from '../codec.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { cachePoints, marksAfterResults } from './cache-points.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeTools } from './encode-tools.ts'
import { compact, dialect } from './extras.ts'
import { type Family, familyOf } from './family.ts'
import { fitClaude } from './fit-claude.ts'
import { encodeReasoning } from './reasoning.ts'
import type { WireInference, WireMessage, WireOutputConfig } from './types.ts'

/**
 * Writes the body of a request, its fields always in the same order; model and stream stand in its path. Throws
 * `InvalidRequest` for `n` above 1, for a tool call whose input is no JSON object, where the assistant speaks first, and where no
 * message is left.
 */
export function encodeRequest(
  asked: ModelRequest,
  model: string,
  quirks: Quirks,
  spoken: ClientDialect = 'openai-chat',
): Encoded {
  const losses = collectLosses(dialect)
  const request = marksAfterResults(uniqueCalls(asked))
  checkToolNames(request, plainNames(64), dialect, spoken)
  const family = familyOf(model)
  const toolConfig = encodeTools(request, family, losses)
  const { system, turns } = encodeMessages(request, { model, family, spoken, losses })
  const reasoning = encodeReasoning(request.reasoning, model, family, losses)
  const thinking = fitClaude(reasoning.fields, request, turns, losses)
  const thinks = isJsonObject(thinking.thinking) && thinking.thinking.type !== 'disabled'
  const { inferenceConfig, fields } = encodeSampling(request, { model, family, thinks, quirks }, losses)
  const textFormat = encodeOutput(request.output, losses)
  const additional = { ...thinking, ...fields, ...toolConfig.fields }
  const outputConfig: WireOutputConfig = compact({ textFormat, effort: reasoning.effort })
  const place = cachePoints(request, { tools: toolConfig.tools, system, turns }, { family, spoken, losses })
  const placedTools = place(toolConfig.tools)
  const placedSystem = place(system)
  const messages = turns.map(({ role, content }): WireMessage => ({ role, content: place(content) }))
  loseForeign(request, losses)
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

interface EncodedSampling {
  readonly inferenceConfig: WireInference
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject
}

interface SamplingContext {
  readonly model: string
  readonly family: Family
  readonly thinks: boolean
  readonly quirks: Quirks
}

function encodeSampling(request: ModelRequest, context: SamplingContext, losses: LossList): EncodedSampling {
  const { maxOutputTokens: maxTokens, stop } = request
  const stopSequences = encodeStop(stop, context.family, losses)
  const { temperature, topP, fields } = fitSampling(request, context, losses)
  return { inferenceConfig: compact({ maxTokens, temperature, topP, stopSequences }), fields }
}

/** Converse leaves `top_k` to the model, and the rules of Claude hold here too. */
function fitSampling(
  request: ModelRequest,
  { model, family, thinks, quirks }: SamplingContext,
  losses: LossList,
): Pick<WireInference, 'temperature' | 'topP'> & Pick<EncodedSampling, 'fields'> {
  if (family === 'claude' || quirks.rejectsSampling) {
    const list = { ...losses, all: losses.list }
    const { temperature, top_p, top_k } = samplingOfClaude(request, quirks, list, { model, isForeign: true, thinks })
    return { temperature, topP: top_p, fields: compact({ top_k }) }
  }
  const { temperature, topP, topK } = request
  if (temperature !== undefined && temperature > 1) {
    losses.approximated('temperature', `Bedrock's highest temperature is 1; ${temperature} was asked for.`)
  }
  if (topK !== undefined && family !== 'nova') losses.dropped('top_k', 'Bedrock has no such setting for this model.')
  return {
    temperature: temperature === undefined ? undefined : Math.min(temperature, 1),
    topP,
    fields: topK !== undefined && family === 'nova' ? { inferenceConfig: { topK } } : {},
  }
}

function encodeStop(stop: readonly string[] = [], family: Family, losses: LossList): string[] | undefined {
  const kept = stop.filter((text, index) => {
    if (text.trim() !== '' || (text !== '' && family !== 'claude')) return true
    losses.dropped(`stop[${index}]`, 'A stop sequence that is nothing but white space is rejected.')
    return false
  })
  return kept.length > 0 ? kept : undefined
}

/** There is no JSON without a schema in this dialect: whoever wants it asks in words. */
function encodeOutput(output: OutputFormat | undefined, losses: LossList): WireOutputConfig['textFormat'] {
  if (!output) return undefined
  const { schema, name, description } = output
  if (!schema) {
    losses.dropped('response_format', 'Bedrock has no JSON mode without a schema.')
    return undefined
  }
  const jsonSchema = compact({ schema: JSON.stringify(schema), name, description })
  return { type: 'json_schema', structure: { jsonSchema } }
}

function loseForeign(request: ModelRequest, losses: LossList): void {
  const { seed, presencePenalty, frequencyPenalty, endUser } = request
  if (seed !== undefined) losses.dropped('seed', 'Bedrock has no seed.')
  if (presencePenalty) losses.dropped('presence_penalty', 'Bedrock has no penalties.')
  if (frequencyPenalty) losses.dropped('frequency_penalty', 'Bedrock has no penalties.')
  if (endUser !== undefined) losses.dropped('user', 'Bedrock has no id of an end user.')
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
