import type {
  LanguageModelV3CallOptions,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ProviderTool,
} from '@ai-sdk/provider'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Loss, ModelRequest, OutputFormat, ToolDefinition } from '../core/request.ts'
import { InvalidRequest } from '../errors/index.ts'
import { collectLosses, type LossList } from './loss-list.ts'
import { withMark, writeOptions } from './options.ts'
import { writePrompt } from './write-prompt.ts'
import { asPromptV3 } from './write-prompt-v3.ts'

/** What a model is called with, and what of the request it cannot be told. */
export interface WrittenOptions<Options> {
  readonly options: Options
  readonly losses: readonly Loss[]
}

/** A request as the call options of spec v4. Throws `InvalidRequest` where it cannot be said at all. */
export function writeOptionsV4(request: ModelRequest): WrittenOptions<LanguageModelV4CallOptions> {
  const losses = collectLosses()
  const options = { ...write(request, losses), ...writeReasoning(request, losses) }
  return { options, losses: losses.list }
}

/** The same of spec v3, which cannot be asked for a degree of effort. */
export function writeOptionsV3(request: ModelRequest): WrittenOptions<LanguageModelV3CallOptions> {
  const losses = collectLosses()
  const { prompt, ...settings } = write(request, losses)
  if (request.reasoning) losses.dropped('reasoning', 'Spec v3 of the AI SDK has no such setting.')
  const options = { ...settings, prompt: asPromptV3(prompt, losses) } as LanguageModelV3CallOptions
  return { options, losses: losses.list }
}

function write(request: ModelRequest, losses: LossList): LanguageModelV4CallOptions {
  const prompt = writePrompt(request.messages, losses)
  if (prompt.length === 0) throw new InvalidRequest('messages', 'nothing is left of it that the AI SDK can say.')
  const { maxOutputTokens, temperature, topP, topK, presencePenalty, frequencyPenalty, stop, seed, output } = request
  if (request.parallelToolCalls !== undefined)
    losses.dropped('parallelToolCalls', 'The AI SDK has a setting for it per vendor only.')
  if (request.endUser !== undefined) losses.dropped('endUser', 'The AI SDK has a setting for it per vendor only.')
  const providerOptions = withMark(writeExtensions(request, losses), request.cache, 'request', losses)
  return {
    prompt,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(stop && stop.length > 0 && { stopSequences: [...stop] }),
    ...(seed !== undefined && { seed }),
    ...(output && { responseFormat: writeOutput(output) }),
    ...writeTools(request, losses),
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
  }
}

function writeOutput({ schema, name, description }: OutputFormat): LanguageModelV4CallOptions['responseFormat'] {
  return {
    type: 'json',
    ...(schema && { schema: schema as object }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  }
}

function writeTools(
  { tools = [], providerTools = [], toolChoice }: ModelRequest,
  losses: LossList,
): Pick<LanguageModelV4CallOptions, 'tools' | 'toolChoice'> {
  const written: (LanguageModelV4FunctionTool | LanguageModelV4ProviderTool)[] = tools.map((tool, index) =>
    writeTool(tool, `tools[${index}]`, losses),
  )
  for (const { dialect, value } of providerTools) {
    if (dialect === 'ai-sdk') written.push(value as unknown as LanguageModelV4ProviderTool)
    else losses.dropped(`tools[${String(value.name ?? value.type)}]`, `It is a tool of ${dialect} alone.`)
  }
  if (written.length === 0) return {}
  if (!toolChoice) return { tools: written }
  const choice = toolChoice.type === 'tool' ? ({ type: 'tool', toolName: toolChoice.name } as const) : toolChoice
  return { tools: written, toolChoice: choice }
}

function writeTool(tool: ToolDefinition, path: string, losses: LossList): LanguageModelV4FunctionTool {
  const { name, description, inputSchema, strict, cache, extras } = tool
  const { inputExamples, ...fields } = extras?.dialect === 'ai-sdk' ? extras.fields : {}
  const own = extras?.dialect === 'ai-sdk' ? { dialect: extras.dialect, fields } : extras
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    inputSchema: inputSchema as object,
    ...(Array.isArray(inputExamples) && { inputExamples }),
    ...(strict !== undefined && { strict }),
    ...writeOptions(
      { ...(cache && { cache }), ...(own && Object.keys(own.fields).length > 0 && { extras: own }) },
      path,
      losses,
    ),
  }
}

function writeReasoning({ reasoning }: ModelRequest, losses: LossList): Pick<LanguageModelV4CallOptions, 'reasoning'> {
  if (!reasoning) return {}
  const { effort, budgetTokens, mode, show } = reasoning
  if (mode === 'off') return { reasoning: 'none' }
  if (show) losses.dropped('reasoning.show', 'The AI SDK leaves it to the provider.')
  if (budgetTokens !== undefined)
    losses.dropped('reasoning.budgetTokens', 'The AI SDK has degrees of effort, not a token budget.')
  if (effort) return { reasoning: effort }
  if (mode) losses.dropped('reasoning.mode', 'The AI SDK leaves it to the provider.')
  return {}
}

/** What the caller said to a vendor goes on to it; what it said in a wire format has no meaning here. */
export function writeExtensions({ extensions }: ModelRequest, losses: LossList): Record<string, JsonObject> {
  const options: Record<string, JsonObject> = {}
  for (const [tongue, fields] of Object.entries(extensions ?? {})) {
    for (const [name, value] of Object.entries(fields)) {
      if (tongue === 'ai-sdk' && isJsonObject(value)) options[name.replace(/^providerOptions\./, '')] = value
      else if (value !== null && name !== 'stream_options' && name !== 'encoding_format')
        losses.dropped(name, 'The AI SDK has no such setting.')
    }
  }
  return options
}
