import type { ClientDialect } from '../../core/dialect.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { ModelRequest, OutputFormat } from '../../core/request.ts'
import { type ChosenMarks, chooseMarks, noMarks } from '../cache-marks.ts'
import { checkToolNames, plainNames } from '../check-tool-names.ts'
import type { Encoded, Passed, Quirks } from '../codec.ts'
import { collectLosses, type LossList } from '../losses.ts'
import { refuseSeveral } from '../refuse-several.ts'
import { saidIn } from '../says-nothing.ts'
import { peekFields, spliceFields } from '../splice.ts'
import { uniqueCalls } from '../unique-calls.ts'
import { dropUnsigned } from './drop-unsigned.ts'
import { canHold, shorten } from './encode-content.ts'
import { encodeMessages } from './encode-messages.ts'
import { compact, dialect, ownFields, withMark } from './extras.ts'
import { fitThinking } from './fit-thinking.ts'
import { encodeEffort, encodeThinking, thinkingBudget } from './reasoning.ts'
import type { WireOutputConfig, WireSettings, WireTool, WireToolChoice } from './types.ts'

export { decodeRequest } from './decode-request.ts'

/** `max_tokens` where the request names no limit, for the API wants one; a thinking budget is added to it. */
const defaultMaxTokens = 4096

/**
 * Writes a request for `POST /v1/messages`, its fields always in the same order. Where no output limit is set, 4096 is (and
 * the thinking budget on top), and named as a loss. Throws `InvalidRequest` for `n` above 1, for
 * a tool call whose input is no JSON object, and where no message is left.
 */
export function encodeRequest(
  asked: ModelRequest,
  model: string,
  quirks: Quirks,
  spoken: ClientDialect = 'openai-chat',
): Encoded {
  refuseSeveral(asked, dialect)
  const request = uniqueCalls(asked)
  checkToolNames(request, plainNames(128), dialect, spoken)
  const losses = collectLosses(dialect)
  const marks = quirks.promptCache === 'automatic' ? noMarks : chooseMarks(request, { spoken, canHold, losses })
  const tools = encodeTools(request, marks, losses)
  const { system, messages } = encodeMessages(request, { model, marks, losses, spoken })
  const format = encodeOutput(request.output, losses, spoken)
  const thought = encodeThinking(request.reasoning, model, losses)
  // Who speaks this dialect is answered by the API itself.
  const thinking = spoken === dialect ? thought : fitThinking(thought, request, messages, losses)
  const effort = encodeEffort(request.reasoning?.effort, losses)
  const settings: WireSettings = compact({
    model,
    max_tokens: encodeMaxTokens(request.maxOutputTokens, thinkingBudget(thinking), losses),
    tool_choice: encodeToolChoice(request, tools.length > 0, losses),
    stop_sequences: encodeStop(request.stop, losses),
    ...encodeSampling(request, quirks, losses, { model, isForeign: spoken !== dialect, thinks: isThinking(thinking) }),
    thinking,
    output_config: effort || format ? compact({ effort, format }) : undefined,
    metadata: encodeEndUser(request),
    stream: request.stream ? (true as const) : undefined,
  })
  const { model: named, max_tokens, ...rest } = settings
  const body = {
    model: named,
    max_tokens,
    ...(system.length > 0 && { system: shorten(system) }),
    messages,
    ...(tools.length > 0 && { tools }),
    ...rest,
    ...withMark(marks.end, {}),
  }
  loseForeign(request, losses)
  return { body: merge(body, request.extensions?.[dialect] ?? {}), losses: losses.list }
}

/**
 * The client's own bytes with the model set, the output limit where it is not the client's own, and without thinking that is not the
 * API's own. Usage comes unasked in this dialect, so nothing is withheld.
 */
export function passRequest(body: string, model: string, request?: ModelRequest): Passed {
  const { fields, losses } = dropUnsigned(body, request) ?? {}
  return {
    body: spliceFields(body, {
      model: JSON.stringify(model),
      ...limitOverride(body, request?.maxOutputTokens),
      ...fields,
    }),
    withholdsUsage: false,
    ...(losses && { losses }),
  }
}

function limitOverride(body: string, limit: number | undefined): Record<string, string> {
  if (limit === undefined) return {}
  // A parse of the whole body would cost as much as all else that is done with it.
  const { max_tokens: said } = peekFields(body, ['max_tokens'])
  return said !== undefined && Number(said) === limit ? {} : { max_tokens: JSON.stringify(limit) }
}

function encodeMaxTokens(limit: number | undefined, budget: number, losses: LossList): number {
  if (limit !== undefined) return limit
  const maxTokens = defaultMaxTokens + budget
  losses.approximated(
    'max_tokens',
    `Anthropic wants a limit, and none is set here or by the alias (\`maxOutputTokens\`): ${maxTokens} was sent.`,
  )
  return maxTokens
}

function encodeTools(
  { tools = [], providerTools = [] }: ModelRequest,
  marks: ChosenMarks,
  losses: LossList,
): JsonObject[] {
  const written: JsonObject[] = tools.map((tool, index) => {
    const known: WireTool = {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      // OpenAI's functions may leave their parameters out; here the type is required, and always `object`.
      input_schema: { type: 'object', ...tool.inputSchema } as WireTool['input_schema'],
      ...(tool.strict !== undefined && { strict: tool.strict }),
    }
    return { ...known, ...withMark(marks.take(tool), ownFields(tool.extras, `tools[${index}]`, losses)) }
  })
  for (const tool of providerTools) {
    if (tool.dialect === dialect) written.push(tool.value)
    else losses.dropped(`tools[${nameOf(tool.value)}]`, `A tool of ${tool.dialect}'s own does not exist at Anthropic.`)
  }
  return written
}

/** The name of a tool of another dialect's own, or its type, or its only field. */
function nameOf(tool: JsonObject): string {
  const named = isJsonObject(tool.custom) ? tool.custom.name : tool.name
  return typeof named === 'string' ? named : String(tool.type ?? Object.keys(tool)[0])
}

function encodeToolChoice(
  { toolChoice, parallelToolCalls }: ModelRequest,
  hasTools: boolean,
  losses: LossList,
): WireToolChoice | undefined {
  const serial = parallelToolCalls === false && { disable_parallel_tool_use: true }
  if (!hasTools) {
    const matters = toolChoice && toolChoice.type !== 'auto' && toolChoice.type !== 'none'
    if (matters) losses.dropped('tool_choice', 'No tool is left to choose.')
    return undefined
  }
  switch (toolChoice?.type) {
    case undefined:
      return serial ? { type: 'auto', ...serial } : undefined
    case 'auto':
      return { type: 'auto', ...serial }
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any', ...serial }
    case 'tool':
      return { type: 'tool', name: toolChoice.name, ...serial }
  }
}

function encodeStop(stop: readonly string[] | undefined, losses: LossList): string[] | undefined {
  const kept = (stop ?? []).filter((text, index) => {
    if (text.trim() !== '') return true
    losses.dropped(`stop[${index}]`, 'Anthropic rejects a stop sequence that is nothing but white space.')
    return false
  })
  return kept.length > 0 ? kept : undefined
}

interface SamplingContext {
  readonly model: string
  readonly isForeign: boolean
  readonly thinks: boolean
}

/** Sampling as the API takes it; that of another dialect is made to fit. */
export function encodeSampling(
  { temperature, topP, topK }: ModelRequest,
  { rejectsSampling = false }: Quirks,
  losses: LossList,
  { model, isForeign, thinks }: SamplingContext,
): Pick<WireSettings, 'temperature' | 'top_p' | 'top_k'> {
  const sampling = compact({ temperature, top_p: topP, top_k: topK })
  if (rejectsSampling) {
    for (const name of Object.keys(sampling)) losses.dropped(name, 'The model takes no sampling parameters.')
    return {}
  }
  if (!isForeign) return sampling
  if (thinks) return samplingOfThought(sampling, losses)
  if (sampling.temperature !== undefined && sampling.temperature > 1) {
    losses.approximated('temperature', `Anthropic's highest temperature is 1; ${temperature} was asked for.`)
    sampling.temperature = 1
  }
  if (sampling.temperature === undefined || sampling.top_p === undefined || takesBoth.test(model)) return sampling
  // All of the distribution, at the temperature of 1, is what is drawn from anyway.
  if (sampling.temperature === 1) return compact({ ...sampling, temperature: undefined })
  const { top_p, ...others } = sampling
  if (top_p !== 1) losses.dropped('top_p', 'Models of Anthropic take a temperature or a top_p, not both.')
  return others
}

/** The models from before 4.1 take a temperature and a top_p. */
const takesBoth = /claude-(?:3|2|instant|(?:opus|sonnet)-4(?:-0|-2025|$))/

/** A model that thinks draws as it is made to: of these settings it takes a `top_p` that leaves out next to nothing. */
function samplingOfThought(
  { temperature, top_p, top_k }: Pick<WireSettings, 'temperature' | 'top_p' | 'top_k'>,
  losses: LossList,
): Pick<WireSettings, 'temperature' | 'top_p' | 'top_k'> {
  const why = 'A model that thinks does not take it.'
  if (temperature !== undefined && temperature !== 1) losses.dropped('temperature', why)
  if (top_k !== undefined) losses.dropped('top_k', why)
  if (top_p === undefined || top_p >= 0.95) return top_p === undefined || top_p === 1 ? {} : { top_p }
  losses.dropped('top_p', why)
  return {}
}

function isThinking(thinking: WireSettings['thinking']): boolean {
  return thinking !== undefined && thinking.type !== 'disabled'
}

/** The user, under whichever name OpenAI's clients have for it. */
function encodeEndUser({ endUser, extensions }: ModelRequest): WireSettings['metadata'] {
  const id = endUser ?? extensions?.['openai-chat']?.[userField] ?? extensions?.['openai-responses']?.[userField]
  return typeof id === 'string' ? { user_id: id } : undefined
}

const userField = 'safety_identifier'

type WireFormat = NonNullable<WireOutputConfig['format']>

/** There is no JSON without a schema in this dialect: whoever wants it asks in words. */
function encodeOutput(
  output: OutputFormat | undefined,
  losses: LossList,
  spoken: ClientDialect,
): WireFormat | undefined {
  if (!output) return undefined
  const isResponses = spoken === 'openai-responses'
  if (!output.schema) {
    losses.dropped(isResponses ? 'text.format' : 'response_format', 'Anthropic has no JSON mode without a schema.')
    return undefined
  }
  if (output.description !== undefined) {
    const path = isResponses ? 'text.format' : 'response_format.json_schema'
    losses.dropped(`${path}.description`, 'Anthropic has no description of the output as a whole.')
  }
  return { type: 'json_schema', schema: output.schema }
}

function loseForeign(request: ModelRequest, losses: LossList): void {
  const { seed, presencePenalty, frequencyPenalty } = request
  if (seed !== undefined) losses.dropped('seed', 'Anthropic has no seed.')
  if (presencePenalty) losses.dropped('presence_penalty', 'Anthropic has no penalties.')
  if (frequencyPenalty) losses.dropped('frequency_penalty', 'Anthropic has no penalties.')
  for (const [name, fields] of Object.entries(request.extensions ?? {})) {
    if (name === dialect) continue
    for (const [path] of saidIn(fields)) {
      if (path === userField && request.endUser === undefined) continue
      losses.dropped(path, 'Anthropic has no such field.')
    }
  }
}

/** `known` with what an extension says beside it, nested objects included. `known` wins. */
function merge(known: JsonObject, further: JsonObject): JsonObject {
  const joined = Object.entries(known).map(([key, value]): [string, JsonValue | undefined] => {
    const more = Object.hasOwn(further, key) ? further[key] : undefined
    return [key, isJsonObject(value) && isJsonObject(more) ? merge(value, more) : value]
  })
  return Object.fromEntries([...joined, ...Object.entries(further).filter(([key]) => !Object.hasOwn(known, key))])
}
