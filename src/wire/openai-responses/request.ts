import type { ClientDialect } from '../../core/dialect.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ModelRequest, OutputFormat, Reasoning, ToolChoice, ToolDefinition } from '../../core/request.ts'
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
import { dropShown } from './drop-shown.ts'
import { encodeInput } from './encode-input.ts'
import { ownFields } from './extras.ts'
import { dialect } from './types.ts'

export { decodeRequest } from './decode-request.ts'

/**
 * The request in this dialect, fields always in the same order, and what could not be said. The answer is not stored with
 * the provider unless this dialect itself asked for that; reasoning then comes with its ciphertext, so that it can go back.
 */
export function encodeRequest(
  asked: ModelRequest,
  model: string,
  quirks: Quirks,
  spoken: ClientDialect = 'openai-chat',
): Encoded {
  refuseSeveral(asked, dialect)
  checkToolNames(asked, plainNames(128), dialect, spoken)
  const losses = collectLosses(dialect)
  const request = sayableMarks(uniqueCalls(shareFields(asked, dialect)), quirks, { spoken, losses })
  const { extensions } = request
  const own = { ...siblingCacheFields(extensions?.['openai-chat']), ...extensions?.[dialect] }
  const isHeld = namesHeld(own)
  const conversation = translateOpaque(request.messages, dialect, spoken, losses)
  const { instructions, input } = encodeInput(conversation, quirks, losses, { spoken, isHeld })
  if (input.length === 0 && !isHeld) {
    throw new InvalidRequest('input', `nothing is left of it that ${dialect} can say.`)
  }
  const { text: ownText, reasoning: ownReasoning, ...rest } = own
  const body: JsonObject = {
    model,
    ...(instructions !== undefined && { instructions }),
    ...(input.length > 0 && { input }),
    ...encodeTools(request, losses),
    ...nested('text', encodeOutput(request.output), ownText),
    ...nested('reasoning', encodeReasoning(request.reasoning, losses), ownReasoning),
    ...encodeSettings(request, quirks, losses),
    ...encodeEndUser(request.endUser, losses),
    ...encodeStorage(request.reasoning, own),
  }
  losses.foreignExtensions(withoutCacheFields(extensions, 'openai-chat'))
  return {
    body: { ...body, ...withoutFields(rest, body), ...(request.stream && { stream: true }) },
    losses: losses.list,
  }
}

function namesHeld(own: JsonObject): boolean {
  return [own.previous_response_id, own.conversation, own.prompt].some((held) => held !== undefined && held !== null)
}

/** An object that the common form and an extension say together. */
function nested(name: string, said: JsonObject, own: JsonValue | undefined): JsonObject {
  const whole = { ...said, ...withoutFields(nestedFields({ own }, 'own'), said) }
  return Object.keys(whole).length > 0 ? { [name]: whole } : {}
}

function encodeStorage(reasoning: Reasoning | undefined, own: JsonObject): JsonObject {
  if (own.store !== undefined || namesHeld(own)) return {}
  const { effort, mode, budgetTokens, show } = reasoning ?? {}
  const isAsked = effort ?? mode ?? budgetTokens ?? (show !== 'none' && show)
  const thinks = isAsked && effort !== 'none' && mode !== 'off'
  return { store: false, ...(thinks && own.include === undefined && { include: ['reasoning.encrypted_content'] }) }
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

/** The name of a tool of another dialect's own, or its type. */
/** This dialect takes a function for strict where it is not told; the others do not. */
function encodeTool(tool: ToolDefinition, index: number, losses: LossList): JsonObject {
  losses.foreignExtras(tool.extras, `tools[${index}]`)
  return {
    type: 'function',
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    parameters: encodeParameters(tool.inputSchema),
    strict: tool.strict ?? false,
    ...ownFields(tool.extras),
  }
}

function encodeToolChoice(choice: ToolChoice): JsonValue {
  return choice.type === 'tool' ? { type: 'function', name: choice.name } : choice.type
}

function encodeOutput(output: OutputFormat | undefined): JsonObject {
  if (!output) return {}
  const { schema, name = 'output', description, strict } = output
  if (!schema) return { format: { type: 'json_object' } }
  return {
    format: {
      type: 'json_schema',
      name,
      ...(description !== undefined && { description }),
      schema,
      ...(strict !== undefined && { strict }),
    },
  }
}

function encodeReasoning(reasoning: Reasoning | undefined, losses: LossList): JsonObject {
  if (!reasoning) return {}
  const { effort, budgetTokens, mode, show } = reasoning
  if (mode === 'off') return { effort: 'none' }
  if (budgetTokens !== undefined) {
    losses.approximated('thinking.budget_tokens', `${dialect} has degrees of effort, not a token budget.`)
  }
  const summary = encodeSummary(show)
  if (effort) return { effort, ...summary }
  if (budgetTokens !== undefined) return { effort: effortFor(budgetTokens), ...summary }
  if (mode) losses.approximated('thinking.type', `${dialect} leaves it to the model's default effort.`)
  return summary
}

/** Nothing is shown here unless it is asked for. */
function encodeSummary(show: Reasoning['show']): JsonObject {
  if (show === undefined || show === 'none') return {}
  return { summary: show === 'summary' ? 'auto' : show }
}

function encodeSettings(request: ModelRequest, quirks: Quirks, losses: LossList): JsonObject {
  const { maxOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, stop, seed } = request
  const sampling = { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { top_p: topP }) }
  const unknown = {
    top_k: topK,
    seed,
    stop: stop?.length ? stop : undefined,
    presence_penalty: presencePenalty || undefined,
    frequency_penalty: frequencyPenalty || undefined,
  }
  for (const [field, value] of Object.entries(unknown)) {
    if (value !== undefined) losses.dropped(field, `${dialect} has no such field.`)
  }
  if (quirks.rejectsSampling) {
    for (const field of Object.keys(sampling)) losses.dropped(field, 'the model rejects sampling parameters.')
  }
  return {
    ...encodeLimit(maxOutputTokens, losses),
    ...(!quirks.rejectsSampling && sampling),
  }
}

/** OpenAI rejects a lower limit. */
const minOutputTokens = 16

function encodeLimit(limit: number | undefined, losses: LossList): JsonObject {
  if (limit === undefined) return {}
  if (limit >= minOutputTokens) return { max_output_tokens: limit }
  losses.approximated('max_tokens', `${dialect} takes no limit below ${minOutputTokens}; ${limit} was asked for.`)
  return { max_output_tokens: minOutputTokens }
}

/** The client's own bytes with the model set, and the output limit where it is not the client's own. Usage comes unasked. */
export function passRequest(body: string, model: string, request: ModelRequest): Passed {
  const { fields, losses } = dropShown(body, request) ?? {}
  const values = { model: JSON.stringify(model), ...limitOverride(body, request.maxOutputTokens), ...fields }
  return { body: spliceFields(body, values), withholdsUsage: false, ...(losses && { losses }) }
}

function limitOverride(body: string, limit: number | undefined): Record<string, string> {
  if (limit === undefined) return {}
  // A parse of the whole body would cost as much as all else that is done with it.
  const { max_output_tokens: said } = peekFields(body, ['max_output_tokens'])
  return said === JSON.stringify(limit) ? {} : { max_output_tokens: JSON.stringify(limit) }
}
