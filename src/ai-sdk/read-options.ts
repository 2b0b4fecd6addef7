import type {
  LanguageModelV3CallOptions,
  LanguageModelV3ProviderTool,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ProviderTool,
} from '@ai-sdk/provider'
import type { JsonObject } from '../core/json.ts'
import type { CallInput } from '../core/pipeline.ts'
import type { Loss, ModelRequest, OutputFormat, Reasoning, ToolDefinition } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'
import { readCallerOptions } from './caller-options.ts'
import { takeMark, type VendorOptions } from './options.ts'
import { readPrompt } from './read-prompt.ts'

/** The call options of spec v4 or v3. */
export type AnyCallOptions = LanguageModelV4CallOptions | LanguageModelV3CallOptions

/** What a call starts from, and what of its options has no effect. */
export interface ReadOptions {
  readonly input: Pick<CallInput, 'request' | 'caller' | 'traceId' | 'timeoutMs'>
  readonly losses: readonly Loss[]
}

/** Reads the options of a call. Throws `InvalidRequest`, which names the field. */
export function readOptions(options: AnyCallOptions, stream: boolean): ReadOptions {
  const { inseam = {}, ...said } = (options.providerOptions ?? {}) as VendorOptions
  const { cache, rest: vendors } = takeMark(said)
  const { traceId, timeoutMs, reasoning, ...caller } = readCallerOptions(inseam)
  const { maxOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, seed } = options
  const request: ModelRequest = {
    messages: readPrompt(options.prompt),
    ...readTools(options),
    ...readReasoning(options, reasoning),
    maxOutputTokens,
    temperature,
    topP,
    topK,
    presencePenalty,
    frequencyPenalty,
    seed,
    stop: options.stopSequences,
    output: readOutput(options.responseFormat),
    cache,
    extensions: readVendors(vendors),
    stream,
  }
  const given = Object.entries(request).filter(([, value]) => value !== undefined)
  return {
    input: { request: Object.fromEntries(given) as unknown as ModelRequest, caller, traceId, timeoutMs },
    losses: unheard(options),
  }
}

/** Headers belong to the provider's configuration; raw chunks to no provider alone. */
function unheard({ headers, includeRawChunks }: AnyCallOptions): Loss[] {
  return [
    ...unheardHeaders(headers),
    ...(includeRawChunks ? [lost('includeRawChunks', 'The seam passes on no chunks of a provider.')] : []),
  ]
}

/** The headers of a call, but for what `ai` says of itself. */
export function unheardHeaders(headers: AnyCallOptions['headers'] = {}): Loss[] {
  const names = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name.toLowerCase() === 'user-agent' ? [] : [name],
  )
  return names.map((name) => lost(`headers.${name}`, 'Headers are set in the configuration of a provider.'))
}

const lost = (path: string, detail: string): Loss => ({ path, effect: 'dropped', detail })

function readReasoning(options: AnyCallOptions, own: Reasoning | undefined): Pick<ModelRequest, 'reasoning'> {
  const effort = 'reasoning' in options ? options.reasoning : undefined
  if (effort === undefined || effort === 'provider-default') return own ? { reasoning: own } : {}
  return { reasoning: { effort, ...own } }
}

function readOutput(format: AnyCallOptions['responseFormat']): OutputFormat | undefined {
  if (format?.type !== 'json') return undefined
  const { schema, name, description } = format
  return {
    type: 'json',
    ...(schema !== undefined && { schema: schema as JsonObject }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  }
}

function readTools({ tools = [], toolChoice }: AnyCallOptions): Partial<ModelRequest> {
  const own: ToolDefinition[] = []
  const foreign: JsonObject[] = []
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'function') own.push(readTool(tool))
    else if (tool.type === 'provider') foreign.push(plain(tool))
    else throw new InvalidRequest(`tools[${index}].type`, 'it is neither function nor provider.')
  }
  return {
    ...(own.length > 0 && { tools: own }),
    ...(foreign.length > 0 && { providerTools: foreign.map((value) => ({ dialect: 'ai-sdk' as const, value })) }),
    ...(toolChoice && {
      toolChoice: toolChoice.type === 'tool' ? { type: 'tool' as const, name: toolChoice.toolName } : toolChoice,
    }),
  }
}

type FunctionTool = Omit<LanguageModelV4FunctionTool, 'providerOptions'> & { readonly providerOptions?: object }

function readTool({ name, description, inputSchema, strict, inputExamples, providerOptions }: FunctionTool) {
  const { cache, rest } = takeMark((providerOptions ?? {}) as VendorOptions)
  const fields = {
    ...(inputExamples && { inputExamples: inputExamples as JsonObject[] }),
    ...(Object.keys(rest).length > 0 && { providerOptions: [rest] }),
  }
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema: inputSchema as JsonObject,
    ...(strict !== undefined && { strict }),
    ...(cache && { cache }),
    ...(Object.keys(fields).length > 0 && { extras: { dialect: 'ai-sdk' as const, fields } }),
  }
}

const plain = (tool: LanguageModelV4ProviderTool | LanguageModelV3ProviderTool): JsonObject =>
  JSON.parse(JSON.stringify(tool))

/** What is said to a vendor goes on to models of the AI SDK, and is named as lost for all others. */
export function readVendors(vendors: VendorOptions): ModelRequest['extensions'] {
  const entries = Object.entries(vendors).filter(([, options]) => Object.keys(options).length > 0)
  if (entries.length === 0) return undefined
  return { 'ai-sdk': Object.fromEntries(entries.map(([vendor, options]) => [`providerOptions.${vendor}`, options])) }
}
