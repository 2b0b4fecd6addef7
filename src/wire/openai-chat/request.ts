import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type {
  ModelRequest,
  OutputFormat,
  ProviderTool,
  Reasoning,
  ToolChoice,
  ToolDefinition,
} from '../../core/request.ts'
import { InvalidRequest } from '../../errors/index.ts'
import { checkToolNames, plainNames } from '../check-tool-names.ts'
import type { Encoded, Passed, Quirks } from '../codec.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { sayableMarks, siblingCacheFields, withoutCacheFields } from '../openai/breakpoint.ts'
import { effortFor } from '../openai/effort.ts'
import { encodeEndUser } from '../openai/end-user.ts'
import { nestedFields, withoutFields } from '../openai/fields.ts'
import { encodeParameters } from '../openai/parameters.ts'
import { shareFields } from '../openai/share-fields.ts'
import { refuseSeveral } from '../refuse-several.ts'
import { peekFields, spliceFields } from '../splice.ts'
import { toolName } from '../tool-name.ts'
import { translateOpaque } from '../translate-opaque.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { dropSealed } from './drop-sealed.ts'
import { encodeMessages } from './encode-messages.ts'
import { ownFields } from './extras.ts'
import { dialect } from './types.ts'

export { decodeRequest } from './decode-request.ts'

/** The request in this dialect, fields always in the same order, and what could not be said. */
export function encodeRequest(
  asked: ModelRequest,
  model: string,
  quirks: Quirks,
  spoken: ClientDialect = 'anthropic-messages',
): Encoded {
  refuseSeveral(asked, dialect)
  const losses = collectLosses(dialect)
  // Other hosts refuse what they do not know of the fields that OpenAI's dialects share, and take other names of tools.
  const isOpenAi = quirks.maxTokensField === 'max_completion_tokens'
  if (isOpenAi) checkToolNames(asked, plainNames(64), dialect, spoken)
  const shared = isOpenAi ? shareFields(asked, dialect) : asked
  const request = sayableMarks(uniqueCalls(shared), quirks, { spoken, losses })
  const { extensions } = request
  const own = { ...siblingCacheFields(extensions?.['openai-responses']), ...extensions?.[dialect] }
  const conversation = translateOpaque(request.messages, dialect, spoken, losses)
  const messages = encodeMessages(conversation, quirks, losses, spoken)
  if (messages.length === 0) throw new InvalidRequest('messages', `nothing is left of it that ${dialect} can say.`)
  const format = encodeOutput(request.output)
  const tools = encodeTools(request, losses)
  const { stream_options: streamOptions, ...rest } = own
  const body: JsonObject = {
    model,
    messages,
    ...tools,
    ...(format && { response_format: format }),
    ...encodeReasoning(request.reasoning, losses),
    ...encodeSettings(request, quirks, losses),
    ...encodeEndUser(request.endUser, losses),
  }
  losses.foreignExtensions(withoutCacheFields(extensions, 'openai-responses'))
  return {
    body: { ...body, ...withoutFields(rest, body), ...encodeStreaming(request.stream, streamOptions, quirks) },
    losses: losses.list,
  }
}

function encodeTools(request: ModelRequest, losses: LossList): JsonObject {
  const tools = (request.tools ?? []).map((tool, i) => encodeTool(tool, i, losses))
  for (const { dialect: spoken, value } of request.providerTools ?? []) {
    if (spoken === dialect) tools.push(value)
    else losses.dropped(`tools[${toolName(value)}]`, `it is a tool of ${spoken} alone.`)
  }
  const { toolChoice, parallelToolCalls } = request
  if (tools.length === 0) {
    const isForced = toolChoice && toolChoice.type !== 'auto' && toolChoice.type !== 'none'
    if (isForced) losses.dropped('tool_choice', 'no tools are left to choose from.')
    return {}
  }
  return {
    tools,
    ...(toolChoice && { tool_choice: encodeToolChoice(toolChoice) }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
  }
}

function encodeTool(tool: ToolDefinition, index: number, losses: LossList): ProviderTool['value'] {
  losses.foreignExtras(tool.extras, `tools[${index}]`)
  const own = ownFields(tool.extras)
  const { function: _, ...rest } = own
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      parameters: encodeParameters(tool.inputSchema),
      ...(tool.strict !== undefined && { strict: tool.strict }),
      ...nestedFields(own, 'function'),
    },
    ...rest,
  }
}

function encodeToolChoice(choice: ToolChoice): JsonValue {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type
}

function encodeOutput(output: OutputFormat | undefined): JsonObject | undefined {
  if (!output) return undefined
  const { schema, name = 'output', description, strict } = output
  if (!schema) return { type: 'json_object' }
  const named = {
    name,
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  }
  return { type: 'json_schema', json_schema: named }
}

function encodeReasoning(reasoning: Reasoning | undefined, losses: LossList): JsonObject {
  if (!reasoning) return {}
  const { effort, budgetTokens, mode, show } = reasoning
  if (mode === 'off') return { reasoning_effort: 'none' }
  if (show && effort !== 'none') losses.dropped('thinking.display', `${dialect} cannot say what is shown of thoughts.`)
  if (budgetTokens !== undefined) {
    losses.approximated('thinking.budget_tokens', `${dialect} has degrees of effort, not a token budget.`)
  }
  if (effort) return { reasoning_effort: effort }
  if (budgetTokens !== undefined) return { reasoning_effort: effortFor(budgetTokens) }
  if (mode) losses.approximated('thinking.type', `${dialect} leaves it to the model's default effort.`)
  return {}
}

function encodeSettings(request: ModelRequest, quirks: Quirks, losses: LossList): JsonObject {
  const { maxOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, stop, seed } = request
  const sampling = { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { top_p: topP }) }
  if (topK !== undefined) losses.dropped('top_k', `${dialect} has no such field.`)
  if (quirks.rejectsSampling) {
    for (const field of Object.keys(sampling)) losses.dropped(field, 'the model rejects sampling parameters.')
  }
  return {
    ...(maxOutputTokens !== undefined && { [limitField(quirks)]: maxOutputTokens }),
    ...(!quirks.rejectsSampling && sampling),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...encodeStop(stop, losses),
    ...(seed !== undefined && { seed }),
  }
}

/** OpenAI takes no more. */
const maxStops = 4

function encodeStop(stop: readonly string[] | undefined, losses: LossList): JsonObject {
  if (!stop || stop.length === 0) return {}
  for (let i = maxStops; i < stop.length; i++) losses.dropped(`stop[${i}]`, `${dialect} takes ${maxStops} at most.`)
  return { stop: stop.slice(0, maxStops) }
}

function limitField({ maxTokensField = 'max_tokens' }: Quirks): string {
  return maxTokensField
}

function encodeStreaming(stream: boolean, options: JsonValue | undefined, { streamUsage }: Quirks): JsonObject {
  if (!stream) return {}
  const own = isJsonObject(options) ? options : {}
  const all = streamUsage === 'unasked' ? own : { ...own, include_usage: true }
  return { stream: true, ...(Object.keys(all).length > 0 && { stream_options: all }) }
}

/**
 * The client's own bytes with the model set, usage asked for where the client did not, and the output limit set where it is
 * not the client's own.
 */
export function passRequest(body: string, model: string, request: ModelRequest, quirks: Quirks): Passed {
  const options = request.extensions?.[dialect]?.stream_options
  const own = isJsonObject(options) ? options : {}
  const withholdsUsage = request.stream && own.include_usage !== true && quirks.streamUsage !== 'unasked'
  const { fields, losses } = dropSealed(body) ?? {}
  const values = {
    model: JSON.stringify(model),
    ...limitOverride(body, request.maxOutputTokens, quirks),
    ...(withholdsUsage && { stream_options: JSON.stringify({ ...own, include_usage: true }) }),
    ...fields,
  }
  return { body: spliceFields(body, values), withholdsUsage, ...(losses && { losses }) }
}

function limitOverride(body: string, limit: number | undefined, quirks: Quirks): Record<string, string> {
  if (limit === undefined) return {}
  // A parse of the whole body would cost as much as all else that is done with it.
  const said = peekFields(body, ['max_completion_tokens', 'max_tokens'])
  const [current, old] = [numberIn(said.max_completion_tokens), numberIn(said.max_tokens)]
  if ((current ?? old) === limit) return {}
  const field = current !== undefined ? 'max_completion_tokens' : old !== undefined ? 'max_tokens' : undefined
  return { [field ?? limitField(quirks)]: JSON.stringify(limit) }
}

function numberIn(text: string | undefined): number | undefined {
  const value: unknown = text === undefined ? undefined : JSON.parse(text)
  return typeof value === 'number' ? value : undefined
}
